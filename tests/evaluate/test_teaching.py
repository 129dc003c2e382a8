"""Lessons that follow from lists."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.lists_of import real, shop
from townsquare.evaluate.teaching import by_time, taking_turns
from townsquare.protocols import DataError, Streams


def test_users_take_turns() -> None:
    lists = real("dense")
    lessons = taking_turns(lists, Streams(0))
    assert [lesson.tick for lesson in lessons] == list(range(1, 501))
    assert [lesson.user for lesson in lessons] == list(range(100)) * 5
    for lesson in lessons:
        turn = (lesson.tick - 1) // 100 + 1
        assert lesson.positive == lists.history[lesson.user][turn]
        assert lesson.negative not in lists.history[lesson.user][:-1]


def test_negatives_go_by_popularity_and_know_no_future() -> None:
    lists = real("dense")
    seen = Counter(np.concatenate([had[:-1] for had in lists.history]).tolist())
    drawn = Counter(lesson.negative for seed in range(20) for lesson in taking_turns(lists, Streams(seed)))
    assert set(drawn) <= set(seen)
    often = [item for item, _ in seen.most_common(10)]
    expected = sum(seen[item] for item in often) / 600
    assert sum(drawn[item] for item in often) / 10_000 == pytest.approx(expected, rel=0.15)
    # what a user takes in the end is drawn like anything else
    hits = sum(
        lesson.negative == lists.targets[lesson.user] for s in range(20) for lesson in taking_turns(lists, Streams(s))
    )
    assert hits > 0


def test_another_seed_draws_others() -> None:
    lists = real("sparse")
    one, again, other = (taking_turns(lists, Streams(seed)) for seed in (0, 0, 1))
    assert one == again
    assert sum(a.negative != b.negative for a, b in zip(one, other, strict=True)) > 0


def test_by_time_and_from_the_users_own_list(tmp_path: Path) -> None:
    lists = shop(tmp_path, users=10, kinds=6, items=60, per_user=6)
    lessons = by_time(lists, Streams(0))
    times = {(u, item): t for u, item, t in lists.taught()}
    assert [times[x.user, x.positive] for x in lessons] == sorted(times.values())
    listed = replace(lists, negatives=tuple(np.array([u, u + 1, 30]) for u in range(10)))
    for lesson in by_time(listed, Streams(0)):
        own = set(listed.negatives[lesson.user].tolist()) - set(listed.history[lesson.user][:-1].tolist())
        assert lesson.negative in own or not own


def test_negatives_are_of_the_positives_domain(tmp_path: Path) -> None:
    lists = shop(tmp_path)
    domains = tuple("ab"[i % 2] for i in range(len(lists.goods)))
    lists = replace(lists, goods=replace(lists.goods, domains=domains))
    for lesson in [*taking_turns(lists, Streams(0)), *by_time(lists, Streams(0))]:
        assert domains[lesson.positive] == domains[lesson.negative]


def test_a_user_who_has_everything(tmp_path: Path) -> None:
    lists = shop(tmp_path, users=1, kinds=2, items=6, per_user=6)
    whole = replace(lists, history=(np.append(np.arange(len(lists.goods)), 0),), times=None)
    with pytest.raises(DataError, match="nothing is left"):
        taking_turns(whole, Streams(0))
