"""Pictures of a shop under attack."""

import numpy as np
import pandas as pd
import pytest

from townsquare.dashboard import figures, shilling
from townsquare.dashboard.labels import label_of

NAMES = {
    "target_exposure": [0.0, 0.2, 0.1],
    "target_exposure_without": [0.0, 0.0, 0.05],
    "opinion_shown": [4.0, 3.9, 3.8],
    "opinion_shown_without": [4.0, 4.0, 3.9],
    "noticed_popularity_profile": [np.nan, 0.5, 1.0],
    "mistaken_popularity_profile": [0.0, 0.01, 0.02],
    "noticed_group": [np.nan, 0.0, 0.0],
    "mistaken_group": [0.0, 0.0, 0.0],
    "trust_shills": [1.0, 0.5, 0.0],
    "trust_customers": [1.0, 1.0, 0.99],
    "customers_lost": [0.0, 0.0, 0.01],
}


@pytest.fixture
def measures() -> pd.DataFrame:
    rows = [(tick, name, "", value) for name, values in NAMES.items() for tick, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["tick", "measure", "group", "value"])


def told(chart) -> str:
    return str(chart.to_dict())


def test_detectors_are_found_by_their_measures(measures):
    assert shilling.detectors(measures) == ["popularity_profile", "group"]


def test_every_detector_has_a_line_on_both_sides(measures):
    text = told(shilling.noticed(measures))
    assert "popularity-profile" in text
    assert "Shills flagged" in text
    assert "Customers flagged" in text


def test_both_arms_of_exposure_are_drawn(measures):
    text = told(shilling.exposure(measures))
    assert "without shills" in text
    assert "0.05" in text


def test_the_cost_is_the_difference(measures):
    assert "-0.1" in told(shilling.honest(measures))


def test_trust_has_its_lines(measures):
    assert "customers that hardly count" in told(shilling.trust(measures))


def test_a_report_shows_what_was_measured(measures):
    class Run:
        def measures(self) -> pd.DataFrame:
            return measures[~measures["measure"].str.startswith(("trust", "customers"))]

    titles = [figure.title for figure in figures.curves(Run(), ())]
    assert titles == [
        "Targets: how many visitors were shown one",
        "Honest customers: what shills, and the defence, cost them",
        "Detectors: whom they flagged, and when",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_has_words(name):
    assert "no definition" not in label_of(name).meaning
    assert label_of(name).unit
