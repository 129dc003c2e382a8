"""Lists of recommenders for people."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.evaluate.histories_of import write_tables
from townsquare.evaluate.histories import Split
from townsquare.evaluate.history_files import read
from townsquare.evaluate.recommended import recommended, usable
from townsquare.protocols import ContractError, InputError, Scorer, Streams, UnknownComponent, registry

AGENTS = np.array([3, 59, 20])


@pytest.fixture
def split(tmp_path: Path) -> Split:
    return read(write_tables(tmp_path))[0].split("random", 0.25, Streams(0))


@pytest.mark.parametrize("name", ["random", "popular", "ease", "item-knn"])
def test_nobody_is_shown_what_they_had(name: str, split: Split) -> None:
    lists = recommended(name, {}, split, AGENTS, 60, 0)
    known = split.interactions().matrix()
    for agent, row in zip(AGENTS, lists, strict=True):
        shown = row[row >= 0]
        assert len(np.unique(shown)) == len(shown) > 10
        assert not known[[agent]].toarray()[0, shown].any()


def test_company_and_threads_change_nothing(split: Split) -> None:
    everybody = recommended("ease", {}, split, np.arange(60), 10, 0)
    assert np.array_equal(recommended("ease", {}, split, AGENTS, 10, 0), everybody[AGENTS])
    many = np.tile(np.arange(60), 3)
    assert np.array_equal(recommended("random", {}, split, many, 10, 0, workers=3)[:60], everybody_random(split))


def everybody_random(split: Split) -> Any:
    return recommended("random", {}, split, np.arange(60), 10, 0)


def test_settings_reach_the_recommender(split: Split) -> None:
    strong = recommended("ease", {"regularisation": 1e6}, split, AGENTS, 30, 0)
    assert not np.array_equal(strong, recommended("ease", {"regularisation": 1.0}, split, AGENTS, 30, 0))
    with pytest.raises(InputError, match="regularisation"):
        recommended("ease", {"regularization": 1.0}, split, AGENTS, 30, 0)


def test_names() -> None:
    assert usable("ease") == "ease"
    with pytest.raises(UnknownComponent, match="ease"):
        usable("eaze")
    with pytest.raises(InputError, match="content vectors"):
        usable("similar")


def test_a_plug_in_that_fails_is_named(split: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Scorer):
        def fit(self, *parts: object) -> None:
            raise ValueError("no luck")

    monkeypatch.setitem(registry._REGISTERED, ("recommender", "broken"), Broken)
    with pytest.raises(ContractError, match=r"Broken failed in fit .* no luck"):
        recommended("broken", {}, split, AGENTS, 30, 0)
