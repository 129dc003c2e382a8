"""Made-up runs with the shapes of a real one; fixed seeds, nothing on disk."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from townsquare.protocols.runfolder import RunInfo

TABLE_TICKS = (0, 1, 3, 5, 8, 10, 15, 20, 50)
TABLE = {
    "likes_per_user": (1.37, 2.30, 6.00, 7.43, 8.49, 8.62, 8.63, 8.63, 8.63),
    "like_gini_articles": (0.36, 0.47, 0.61, 0.66, 0.66, 0.66, 0.66, 0.66, 0.66),
    "quality_created": (0, 2.62, 4.32, 5.24, 5.12, 5.12, 5.10, 5.10, 5.12),
    "quality_exposed": (0, 0.52, 2.45, 3.39, 4.93, 5.22, 5.11, 5.11, 5.10),
    "jaccard_exposure": (0.06, 0.10, 0.14, 0.19, 0.15, 0.14, 0.13, 0.12, 0.12),
    "users_in_training": (0, 0.26, 0.83, 0.93, 0.95, 0.94, 0.89, 0.87, 0.86),
    "cosine_click": (0.35, 0.35, 0.35, 0.40, 0.52, 0.59, 0.62, 0.61, 0.55),
    "spread_in_loop": (np.nan, 1.70, 1.62, 1.43, 1.02, 0.78, 0.36, 0.24, 0.22),
    "spread_out_loop": (1.75, 1.80, 2.07, 2.46, 3.08, 3.47, 4.21, 4.86, 8.25),
    "loop_distance": (np.nan, 0.14, 0.26, 0.53, 1.00, 1.25, 1.75, 2.12, 3.74),
}
"""Our scaled reference run, default arm."""

SCENARIO = {
    "scenario": "news",
    "seed": 7,
    "ticks": 51,
    "users": {"count": 1000, "mind": "behavioural-reader"},
    "slate": {"length": 50, "cold_start": 0.2, "cold_start_by": "random"},
    "recommender": {"name": "bpr", "epochs": 20},
    "changes": [],
    "best_quality": None,
}


def tidy(curves, group=""):
    """Measure -> values by tick (a sequence from tick 0, or a dict) as a measures table."""
    rows = [
        (tick, name, group, value)
        for name, values in curves.items()
        for tick, value in (values.items() if isinstance(values, dict) else enumerate(values))
    ]
    return pd.DataFrame(rows, columns=["tick", "measure", "group", "value"]).astype({"value": float})


def reference(ticks=51, lift=0.0):
    """The table filled in between, with what it does not hold made up from what it does."""
    at = np.arange(ticks)
    curves = {}
    for name, values in TABLE.items():
        known = [(t, v) for t, v in zip(TABLE_TICKS, values, strict=True) if v == v]
        curve = np.interp(at, *zip(*known, strict=True)) * (1 + lift)
        curves[name] = np.where(at < known[0][0], np.nan, curve)
    gini, jaccard = curves["like_gini_articles"], curves["jaccard_exposure"]
    curves |= {
        "exposure_gini_articles": gini * 0.4,
        "click_gini_articles": gini * 0.7,
        "exposure_gini_creators": gini * 0.1,
        "click_gini_creators": gini * 0.2,
        "like_gini_creators": gini * 0.32,
        "jaccard_click": jaccard * 0.5,
        "jaccard_like": jaccard * 0.6,
        "quality_liked": curves["quality_exposed"] * 1.03,
        "articles_in_training": np.minimum(0.97, at / 5),
        "corr_quality_like": -0.02 + 0 * at,
        "match_mrr@5": np.where(at == 0, np.nan, 0.1 + at / 500),
    }
    return tidy(curves)


class FakeRun:
    """A run folder as the dashboard sees it."""

    def __init__(self, measures, *, name="news", users=1000, snapshots=(0, 10, 20, 30, 40, 50), **info):
        self.path = Path("runs/news-7")
        self._measures, self._snapshots, self._users = measures, list(snapshots), users
        ticks = int(measures["tick"].max()) + 1 if len(measures) else 0
        self.info = RunInfo(
            **(
                {
                    "format": 1,
                    "townsquare": "0.1.0",
                    "name": name,
                    "scenario": SCENARIO,
                    "fingerprint": "0123abcd",
                    "seed": 7,
                    "ticks": ticks,
                    "ticks_done": ticks,
                    "status": "finished",
                    "digest": "5e" * 32,
                    "seconds": 61.2,
                    "peak_memory_mb": 480.0,
                    "versions": {"numpy": "2.4.0", "python": "3.12.1"},
                }
                | info
            )
        )

    def measures(self):
        return self._measures

    def conversations(self):
        return pd.DataFrame()

    def snapshot_ticks(self):
        return self._snapshots

    def snapshot(self, tick):
        rng = np.random.default_rng([3, tick])
        people = np.random.default_rng(3)
        n, d, settled = self._users, 16, min(1.0, tick / 25)
        scale = np.linspace(1.5, 0.3, d) / 2
        start = people.normal(size=(n, d)) * scale
        in_loop = (people.random(n) < 0.86) & (tick > 0)
        away = people.normal(size=(n, d)) * scale
        users = np.where(in_loop[:, None], start * (1 - 0.88 * settled), start + away * 0.06 * tick)
        vectors = rng.normal(size=(500, d)) * 0.2 * scale + 0.3 * settled
        return {
            "users": users,
            "in_loop": in_loop,
            "creators": vectors[:100],
            "items": np.arange(500),
            "vectors": vectors,
            "categories": np.zeros(500, int),
        }


COMPARISON = [
    {
        "measure": "likes_per_user",
        "mean_a": 8.77,
        "mean_b": 8.63,
        "difference": -0.14,
        "interval": [-0.21, -0.07],
        "unpaired_interval": [-0.4, 0.12],
        "variance_removed": 0.81,
        "unit": "agent",
        "n": 1000,
    },
    {
        "measure": "like_gini_articles",
        "mean_a": 0.31,
        "mean_b": 0.66,
        "difference": 0.35,
        "interval": [0.33, 0.37],
        "unpaired_interval": [0.31, 0.39],
        "variance_removed": 0.4,
        "unit": "tick",
        "n": 35,
    },
    {
        "measure": "jaccard_exposure",
        "mean_a": 0.05,
        "mean_b": 0.12,
        "difference": 0.07,
        "interval": [0.06, 0.08],
        "unpaired_interval": [0.05, 0.09],
        "variance_removed": 0.2,
        "unit": "tick",
        "n": 35,
    },
    {
        "measure": "corr_quality_like",
        "mean_a": 0.01,
        "mean_b": -0.02,
        "difference": -0.03,
        "interval": [-0.09, 0.03],
        "unpaired_interval": None,
        "variance_removed": None,
        "unit": "tick",
        "n": 35,
    },
    {
        "measure": "quality_created",
        "mean_a": 5.44,
        "mean_b": 5.12,
        "difference": -0.32,
        "interval": [-0.4, -0.2],
        "unpaired_interval": [-0.6, 0.0],
        "variance_removed": 0.6,
        "unit": "agent",
        "n": 100,
    },
]


@pytest.fixture(scope="session")
def run():
    return FakeRun(reference())


@pytest.fixture(scope="session")
def control():
    return FakeRun(reference(lift=0.04), scenario=SCENARIO | {"recommender": {"name": "random"}})


@pytest.fixture(scope="session")
def comparison():
    return COMPARISON


@pytest.fixture(scope="session")
def table():
    """Our reference table: the rounds it has, and a measures table of just those rounds."""
    return TABLE_TICKS, tidy({name: dict(zip(TABLE_TICKS, values, strict=True)) for name, values in TABLE.items()})


@pytest.fixture(scope="session")
def measured():
    """From measure -> values by tick to a measures table."""
    return tidy


@pytest.fixture(scope="session")
def rows_of():
    """All rows of data inside a chart's specification."""

    def rows(spec):
        return [row for text in spec["datasets"].values() for row in json.loads(text)]

    return rows


@pytest.fixture(scope="session")
def fake_run():
    """The class of made-up runs."""
    return FakeRun
