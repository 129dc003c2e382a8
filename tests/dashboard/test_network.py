import pandas as pd
import pytest

pytest.importorskip("altair")
from townsquare.dashboard.labels import LABELS
from townsquare.dashboard.network import OPINIONS, opinions


def measures(*names):
    rows = [(tick, name, "", tick / 10) for tick in range(5) for name in names]
    return pd.DataFrame(rows, columns=["tick", "measure", "group", "value"])


def test_a_panel_has_lines_of_its_own():
    drawn = str(opinions(measures(*OPINIONS)).to_dict())
    assert "the panel" in drawn
    assert "Mean opinion" in drawn
    assert "the panel" not in str(opinions(measures("opinion_mean", "opinion_variance", "opinion_groups")).to_dict())


def test_every_measure_has_a_label():
    assert set(OPINIONS) <= set(LABELS)
