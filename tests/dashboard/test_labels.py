import pytest

from townsquare.dashboard.charts import BESIDE, HOMOGENISATION, INEQUALITY, LIFE, QUALITY, RUMOURS, SPREAD
from townsquare.dashboard.labels import LABELS, label_of
from townsquare.dashboard.summary import MAIN


@pytest.mark.parametrize(
    "measure", sorted({*BESIDE, *HOMOGENISATION, *INEQUALITY, *LIFE, *QUALITY, *RUMOURS, *SPREAD, *MAIN})
)
def test_whatever_is_shown_has_a_label(measure):
    assert measure in LABELS


def test_labels_are_one_line_each_and_told_apart():
    assert len({label.label for label in LABELS.values()}) == len(LABELS)
    for label in LABELS.values():
        assert label.meaning.endswith(".")
        assert "\n" not in label.meaning
        assert label.unit


def test_the_value_of_the_last_tick_is_called_like_its_measure():
    of, end = label_of("jaccard_like"), label_of("jaccard_like@end")
    assert (end.label, end.unit) == (f"{of.label}, last tick", of.unit)


def test_an_unknown_measure_speaks_for_itself():
    assert label_of("my_own_measure").label == "my own measure"
    assert label_of("my_own_measure").ours
