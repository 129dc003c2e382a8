"""The browser without a language model, formula by formula."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from tests.agents.browsers.pages import page
from townsquare.agents.browsers.behavioural import Behavioural
from townsquare.agents.browsers.page import CONTENT, STAYS, TIRED, Page, Reaction
from townsquare.agents.histories import Traits
from townsquare.protocols import Streams

MANY = 4000


async def react(page: Page, seed: int = 0, **config: Any) -> Reaction:
    return await Behavioural(Behavioural.Config(**config), Streams(seed)).browse(page)


async def test_what_suits_is_viewed_more() -> None:
    match = np.tile([-2.0, 0.0, 2.0], (MANY, 1))
    shares = (await react(page(MANY, match=match))).viewed.mean(axis=0)
    assert shares == pytest.approx(expit(-1.0 + 0.75 * np.array([-2, 0, 2])), abs=0.03)
    diverse = (await react(page(MANY, match=match, trait=1.0))).viewed.mean(axis=0)
    assert diverse == pytest.approx(expit(-1.0 + 0.5 * np.array([-2, 0, 2])), abs=0.03)


async def test_ratings_without_noise_are_the_formula() -> None:
    match, quality = np.tile([-3.0, 1.5, 3.0], (MANY, 1)), np.tile([3.0, 1.5, -3.0], (MANY, 1))
    seen = page(MANY, match=match, quality=quality, trait=1.0)
    for herding, expected in ((0.0, [1, 3, 5]), (0.5, [2, 3, 2]), (1.0, [5, 3, 1])):
        found = await react(seen, noise=0.0, herding=herding)
        assert np.array_equal(np.isnan(found.ratings), ~found.viewed)
        assert [set(found.ratings[found.viewed[:, i], i]) for i in range(3)] == [{float(x)} for x in expected]


async def test_what_the_person_rated_is_rated_so() -> None:
    own = np.tile([2.0, 4.4, np.nan], (MANY, 1))
    found = await react(page(MANY, own=own, match=np.full((MANY, 3), 2.5)))
    assert set(found.ratings[found.viewed[:, 0], 0]) == {2.0}
    assert set(found.ratings[found.viewed[:, 1], 1]) == {4.0}
    assert len(set(found.ratings[found.viewed[:, 2], 2])) > 2


async def test_patience_fatigue_and_mood() -> None:
    async def leaving(number: int = 1, trait: float = 0.5, match: float = 0.0, **config: Any) -> float:
        seen = page(MANY, number=number, trait=trait, match=np.full((MANY, 3), match))
        return float(((await react(seen, **config)).leaves == TIRED).mean())

    assert await leaving(readiness=-50, trait=0.0) == pytest.approx(expit(-1.0), abs=0.03)  # nothing viewed: even mood
    assert await leaving(readiness=-50, trait=1.0) == pytest.approx(expit(-3.0), abs=0.03)
    assert await leaving(readiness=-50, trait=0.0, number=6) == pytest.approx(expit(0.0), abs=0.03)
    every = {"readiness": 50.0, "noise": 0.0}
    assert await leaving(match=3.0, trait=0.0, **every) == pytest.approx(expit(-2.5), abs=0.03)
    assert await leaving(match=-3.0, trait=0.0, **every) == pytest.approx(expit(0.5), abs=0.03)


async def test_enough_is_enough() -> None:
    likes = np.array([0, 1, 2, 30])
    seen = page(4, match=np.full((4, 3), 5.0), likes=likes, trait=0.0)
    found = await react(seen, readiness=50, noise=0.0, appetite=5.0, restlessness=-50)
    assert found.leaves.tolist() == [STAYS, STAYS, CONTENT, CONTENT]
    hungry = await react(
        replace(seen, traits=Traits(np.ones(4), np.zeros(4), np.zeros(4))), readiness=50, noise=0.0, restlessness=-50
    )
    assert hungry.leaves.tolist() == [STAYS, STAYS, STAYS, CONTENT]


async def test_empty_places_are_not_seen() -> None:
    gone = {"items": np.full((MANY, 3), -1), "match": np.full((MANY, 3), np.nan), "quality": np.full((MANY, 3), np.nan)}
    found = await react(page(MANY, **gone), readiness=50)
    assert not found.viewed.any()
    assert np.isnan(found.ratings).all()
    assert found.answered.all()


async def test_an_agent_before_an_item_is_the_same_on_any_page_and_in_any_company() -> None:
    match = np.full((50, 3), 1.0)
    whole = await react(page(50, match=match))
    later = await react(page(50, match=match, number=4))
    assert np.array_equal(whole.viewed, later.viewed)
    assert np.array_equal(whole.ratings, later.ratings, equal_nan=True)
    rows = np.array([7, 3])
    few = page(2, match=match[rows], agents=rows, items=np.tile([2, 0, 1], (2, 1)))
    found = await react(few)
    assert np.array_equal(found.viewed, whole.viewed[rows][:, [2, 0, 1]])
    other = await react(page(50, match=match), seed=1)
    assert not np.array_equal(other.viewed, whole.viewed)
