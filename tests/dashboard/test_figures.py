from townsquare.dashboard import figures
from townsquare.dashboard.phases import phases_of


def test_every_figure_has_words_and_numbers(run, control, comparison):
    found = [
        *figures.curves(run, phases_of(run.measures())),
        figures.map_of_topics(run),
        *figures.against(run, control, comparison),
    ]
    assert len(found) == 8
    for figure in found:
        assert figure.look.endswith(".")
        assert any(letter.isdigit() for letter in figure.words)
        assert len(figure.table)


def test_only_what_was_measured_is_drawn(fake_run, measured):
    run = fake_run(measured({"jaccard_exposure": [0.1, 0.2]}), snapshots=[])
    assert [figure.measures for figure in figures.curves(run, [])] == [("jaccard_exposure",)]
    assert figures.map_of_topics(run) is None
    assert figures.against(run, None, None) == []


def test_a_control_that_measured_nothing_adds_no_figure(fake_run, measured):
    empty = fake_run(measured({}))
    assert figures.against(empty, empty, []) == []


def test_a_row_without_interval_has_no_ends():
    row = figures.forest_row({"measure": "likes_per_user", "difference": 1, "interval": None})
    assert row["low"] != row["low"]


def test_the_forest_shows_the_main_measures_and_says_how_many_are_left(run, comparison):
    more = [comparison[0] | {"measure": f"other_{i}"} for i in range(20)]
    forest = figures.against(run, None, [*more, *comparison])[0]
    assert list(forest.table["measure"]) == [row["measure"] for row in comparison]
    assert "The table below has 20 more." in forest.look
    assert len(figures.against(run, None, more)[0].table) == 12
