"""Rumours, disputes and verdicts in a news town."""

import asyncio
import re
from typing import Any

import numpy as np
import pytest

from townsquare import build
from townsquare.protocols.events import REASON, Events
from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.protocols.scenario import load
from townsquare.sim import engine
from townsquare.sim.environments.rumour_feed import RumourFeed

TOWN = {"users.count": 60, "creators.count": 5, "creators.articles": 4, "slate.length": 10, "ticks": 8, "window": 3}


class Knows:
    """Removes what is false; it looks it up, which no real moderator can."""

    def __init__(self, environment: RumourFeed) -> None:
        self.environment, self.seen = environment, []

    async def review(self, posts: Posts) -> Verdicts:
        self.seen.append(posts)
        false = self.environment.false(posts.items)
        return Verdicts(np.where(false, ACTION["remove"], ACTION["show"]).astype(np.int8), false.astype(np.float64))


def town(moderated: bool = True, **values: Any) -> tuple[Any, build.Built, Knows]:
    scenario = load("team", TOWN | {key.replace("__", "."): value for key, value in values.items()})
    built = build.build(scenario)
    assert isinstance(built.environment, RumourFeed)
    knows = Knows(built.environment)
    built.town.moderator = knows if moderated else None
    return scenario, built, knows


def live(scenario: Any, built: build.Built, ticks: range) -> list[Events]:
    found = []
    for t in ticks:
        build.retune(built, scenario, t)
        found.append(asyncio.run(engine.tick(t, built.town)))
    return found


def test_true_articles_of_one_event_agree_and_false_ones_stand_alone() -> None:
    scenario, built, _ = town(moderated=False)
    live(scenario, built, range(3))
    environment = built.environment
    every = np.arange(len(environment.articles))
    false = environment.false(every)
    assert 0.05 < false.mean() < 0.4
    by_event: dict[str, set[str]] = {}
    wrong: dict[str, list[str]] = {}
    for item in every.tolist():
        figure, about = re.fullmatch(
            r"([\d,]+) (people came to the .+ event of week 1)", environment.statement(item)
        ).groups()
        if false[item]:
            wrong.setdefault(about, []).append(figure)
        else:
            by_event.setdefault(about, set()).add(figure)
    assert all(len(figures) == 1 for figures in by_event.values())
    assert all(not by_event.get(about, set()) & set(figures) for about, figures in wrong.items())


def test_what_is_reviewed_is_disputed_enough_most_first_and_only_once() -> None:
    scenario, built, knows = town(team__disputes=2, team__posts=3)
    events = live(scenario, built, range(8))
    assert knows.seen
    disputes = np.zeros(len(built.environment.articles), int)
    before: set[int] = set()
    for t, happened in enumerate(events):
        posts = next((one for one in knows.seen if one.tick == t), None)
        if posts is not None:
            assert 1 <= len(posts) <= 3
            assert disputes[posts.items].tolist() == posts.disputes.tolist() == sorted(posts.disputes, reverse=True)
            assert posts.disputes.min() >= 2
            assert not before & set(posts.items.tolist())
            assert set(posts.items.tolist()) <= set(posts.archive.tolist())
            before |= set(posts.items.tolist())
        assert happened.only("verdict").item.tolist() == ([] if posts is None else posts.items.tolist())
        disputes += np.bincount(happened.only("dispute").item, minlength=len(disputes))


def test_what_is_removed_is_shown_to_nobody_any_more() -> None:
    scenario, built, _ = town(team__disputes=1)
    gone: set[int] = set()
    for happened in live(scenario, built, range(8)):
        verdicts = happened.only("verdict")
        gone |= set(verdicts.item[verdicts.why == REASON["remove"]].tolist())
        assert not gone & set(happened.only("shown").item.tolist())
    assert gone
    assert built.environment.false(np.array(sorted(gone))).all()


def test_a_moderator_moves_only_what_hangs_on_its_verdicts() -> None:
    checked, alone = town(team__disputes=1), town(moderated=False)
    with_team, without = (live(*one[:2], range(8)) for one in (checked, alone))
    first = next(t for t, happened in enumerate(with_team) if len(happened.only("verdict")))
    assert first > 0
    assert [e.digest() for e in with_team[:first]] == [e.digest() for e in without[:first]]


def test_nobody_is_asked_where_nothing_is_to_be_checked() -> None:
    scenario, built, knows = town(team__posts=0)
    live(scenario, built, range(4))
    assert knows.seen == []


def test_going_on_from_a_state() -> None:
    scenario, built, _ = town(team__disputes=1)
    live(scenario, built, range(4))
    state = build.state_of(built)
    rest = live(scenario, built, range(4, 8))
    _, again, _ = town(team__disputes=1)
    asyncio.run(build.restore(again, scenario, 4, state))
    assert [e.digest() for e in live(scenario, again, range(4, 8))] == [e.digest() for e in rest]


@pytest.mark.parametrize(("share", "expected"), [(0.0, set()), (1.0, {1.0})])
def test_all_true_or_all_false(share: float, expected: set[float]) -> None:
    scenario, built, _ = town(moderated=False, rumours__share=share, rumours__mistaken=0.0)
    events = live(scenario, built, range(3))
    false = built.environment.false(np.arange(len(built.environment.articles)))
    assert false.all() if share else not false.any()
    assert any(len(e.only("dispute")) for e in events) == bool(share)
