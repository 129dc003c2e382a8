"""Who gets which list: quotas, cold start, nothing twice; by hand, and in small towns that live for a while."""

import asyncio
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from townsquare import build
from townsquare.protocols import ContractError, IntArray, Settings, Slates, Streams
from townsquare.protocols.events import REASON
from townsquare.protocols.scenario import load
from townsquare.sim import engine
from townsquare.sim.environments.articles import Articles
from townsquare.sim.environments.slate_policy import SlatePolicy, Supply
from townsquare.sim.recommenders.random import Random

# ---- by hand -------------------------------------------------------------------------------------------------------


class Fixed:
    """Answers the same ids to everybody, as far as they are candidates and not excluded."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        items = np.full((len(agents), k), -1, np.int32)
        for row, seen in enumerate(np.zeros((len(agents), 0)) if exclude is None else exclude):
            good = [i for i in self.ids if i in candidates and i not in seen][:k]
            items[row, : len(good)] = good
        return Slates(items, np.zeros(items.shape))


def policy(
    active: int, new: int, places: dict[str, int], likes: dict[int, int] | None = None,
    promoted: dict[int, float] | None = None, affinity: Any = None, seed: int = 0,
) -> SlatePolicy:  # fmt: skip
    """A tick 1 with articles 0 .. active-1 of tick 0 and ``new`` ones after them, the n-th new one by author n."""
    articles = Articles(2, 5)
    for tick, n in enumerate((active, new)):
        articles.add(tick, np.arange(n), np.zeros(n, int), np.zeros(n), np.zeros((n, 2)))
    for item, n in (likes or {}).items():
        articles.columns["likes"][item] = n
    ids = np.arange(active)
    popular = ids[np.argsort(-articles["likes"][:active].astype(int), kind="stable")]
    weights = np.array([(promoted or {}).get(i, 0.0) for i in range(active)])
    supply = Supply(1, ids, active + np.arange(new), np.arange(new), popular, weights)
    quota = {"cold_start": 0, "hot": 0, "promoted": 0, "match": 0} | places
    return SlatePolicy(Streams(seed), articles, supply, quota, affinity)


NOTHING_SEEN = np.full((1, 0), -1)


def words(sources: IntArray) -> list[str]:
    names = {code: name for name, code in REASON.items()}
    return [names[int(code)] for code in sources]


def test_one_list_by_hand() -> None:
    """Hot first, then match without the hot, new ones, promoted ones that were not taken."""
    made = policy(
        8, 3, {"hot": 2, "match": 2, "cold_start": 3, "promoted": 2}, likes={5: 9, 2: 4}, promoted={2: 1, 6: 1, 7: 1}
    )
    items, sources = made.fill(np.array([0]), NOTHING_SEEN, Fixed([5, 7, 0, 1]))
    assert items[0, :4].tolist() == [5, 2, 7, 0]
    assert sorted(items[0, 4:7]) == [8, 9, 10]
    assert words(sources[0]) == ["hot"] * 2 + ["match"] * 2 + ["cold_start"] * 3 + ["promoted", "fill"]
    assert items[0, 7] == 6  # 2 and 7 are promoted too, but already there
    assert items[0, 8] in {1, 3, 4}  # nothing promoted is left, so the place is filled with something unseen


def test_what_was_seen_is_not_hot_nor_matched_nor_promoted() -> None:
    made = policy(6, 0, {"hot": 1, "match": 1, "promoted": 1}, likes={5: 9, 2: 4}, promoted={0: 1, 3: 1})
    items, sources = made.fill(np.array([0]), np.array([[5, 3, -1]]), Fixed([5, 2, 4]))
    assert items.tolist() == [[2, 4, 0]]
    assert words(sources[0]) == ["hot", "match", "promoted"]


def test_hot_is_found_however_much_was_seen() -> None:
    likes = {i: 100 - i for i in range(50)}
    made = policy(50, 0, {"hot": 3}, likes=likes)
    assert made.fill(np.array([0]), np.arange(40)[None, :], Fixed([]))[0].tolist() == [[40, 41, 42]]


def test_when_all_was_seen_lists_hold_what_goes_round_and_nothing_twice() -> None:
    made = policy(4, 1, {"match": 3, "cold_start": 1, "hot": 2})
    items, sources = made.fill(np.array([0]), np.array([[0, 1, 2, 3]]), Fixed([0, 1]))
    assert sorted(items[0, :5]) == [0, 1, 2, 3, 4]
    assert items[0, 5] == -1
    assert words(sources[0]).count("fill") == 4
    assert words(sources[0])[5] == ""


def test_unseen_articles_are_filled_in_before_seen_ones() -> None:
    made = policy(5, 0, {"match": 3})
    for agent in range(20):
        items, _ = made.fill(np.array([agent]), np.array([[0, 1, 2]]), Fixed([]))
        assert sorted(items[0, :3].tolist())[-2:] == [3, 4]


def test_what_is_barred_comes_from_no_source_however_little_is_left() -> None:
    """Reader 0 is barred from 5, 7 and 9; the list of reader 1 is what it is where nobody is barred from anything."""
    places = {"hot": 2, "match": 2, "cold_start": 3, "promoted": 2}
    for seen in (np.full((2, 0), -1), np.tile(np.arange(8), (2, 1))):
        made = policy(8, 3, places, likes={5: 9, 2: 4}, promoted={2: 1, 6: 1, 7: 1})
        free, _ = made.fill(np.arange(2), seen, Fixed([5, 7, 0, 1]))
        items, sources = made.fill(np.arange(2), seen, Fixed([5, 7, 0, 1]), np.array([[5, 7, 9], [-1, -1, -1]]))
        assert not np.isin([5, 7, 9], items[0]).any()
        assert items[1].tolist() == free[1].tolist()
        assert sorted(items[0, :8]) == [0, 1, 2, 3, 4, 6, 8, 10]
        assert (items[0, 8], words(sources[0])[8]) == (-1, "")
    first, _ = policy(0, 5, {"match": 5}).fill(np.arange(2), np.full((2, 0), -1), Fixed([]), np.array([[3], [-1]]))
    assert sorted(first[0]) == [-1, 0, 1, 2, 4]
    assert sorted(first[1]) == [0, 1, 2, 3, 4]


def test_the_first_tick_is_all_new() -> None:
    made = policy(0, 5, {"match": 4, "cold_start": 3})
    items, sources = made.fill(np.arange(3), np.zeros((3, 0), int), Fixed([]))
    assert [sorted(row) for row in items.tolist()] == [[-1, -1, 0, 1, 2, 3, 4]] * 3
    assert (items[:, 5:] == -1).all()
    assert words(sources[0]) == ["first"] * 5 + ["", ""]


def test_cold_start_at_random_is_uniform_over_the_new() -> None:
    n = 6000
    made = policy(1, 5, {"cold_start": 2})
    items, _ = made.fill(np.arange(n), np.zeros((n, 0), int), Fixed([]))
    assert chisquare(np.bincount(items[:, 0] - 1, minlength=5)).pvalue > 0.001
    assert chisquare(np.bincount(items[:, 1] - 1, minlength=5)).pvalue > 0.001


def test_cold_start_by_likes_goes_by_past_likes_with_the_author() -> None:
    """One place; weights 1, 0, 3 and the floor of 1e-8, which never wins against a like."""
    n = 6000
    made = policy(1, 3, {"cold_start": 1}, affinity=np.tile([1, 0, 3], (n, 1)))
    items, _ = made.fill(np.arange(n), np.zeros((n, 0), int), Fixed([]))
    found = np.bincount(items[:, 0] - 1, minlength=3)
    assert found[1] == 0
    assert chisquare(found[[0, 2]], [n / 4, 3 * n / 4]).pvalue > 0.001


def test_cold_start_by_likes_is_uniform_for_whoever_liked_nobody() -> None:
    n = 6000
    made = policy(1, 3, {"cold_start": 1}, affinity=np.zeros((n, 3), int))
    items, _ = made.fill(np.arange(n), np.zeros((n, 0), int), Fixed([]))
    assert chisquare(np.bincount(items[:, 0] - 1, minlength=3)).pvalue > 0.001


def test_promotion_goes_by_weight() -> None:
    n = 6000
    made = policy(4, 0, {"promoted": 1}, promoted={1: 0.2, 3: 0.6})
    items, _ = made.fill(np.arange(n), np.zeros((n, 0), int), Fixed([]))
    found = np.bincount(items[:, 0], minlength=4)
    assert found[0] == found[2] == 0
    assert chisquare(found[[1, 3]], [n / 4, 3 * n / 4]).pvalue > 0.001


PLACES = st.fixed_dictionaries({name: st.integers(0, 4) for name in ("cold_start", "hot", "promoted", "match")})


@given(PLACES, st.integers(0, 9), st.integers(0, 5), st.integers(0, 12), st.integers(0, 99))
def test_whatever_there_is_lists_are_sound(places: dict[str, int], active: int, new: int, seen: int, seed: int) -> None:
    rng = Streams(seed).get("case")
    made = policy(
        active, new, places, likes={i: int(rng.integers(3)) for i in range(active)},
        promoted={i: 1.0 for i in range(active) if rng.random() < 0.4}, seed=seed,
    )  # fmt: skip
    before = rng.integers(-1, max(active, 1), (3, seen))
    items, sources = made.fill(np.arange(3), before, Random(Settings(), Streams(seed)))  # type: ignore[arg-type]
    assert items.shape == sources.shape == (3, sum(places.values()))
    for row, why, old in zip(items.tolist(), sources.tolist(), before.tolist(), strict=True):
        held = [i for i in row if i >= 0]
        assert row == held + [-1] * (len(row) - len(held))
        assert len(set(held)) == len(held)
        assert all((i < 0) == (w == 0) for i, w in zip(row, why, strict=True))
        if not active:
            assert len(held) == min(new, len(row))
            continue
        for item, w in zip(row, words(np.array(why)), strict=True):
            assert (item >= active) == (w == "cold_start")
        unseen = set(range(active)) - set(old)
        if any(i in old for i in held):
            assert unseen <= set(held)
        assert words(np.array(why)).count("cold_start") == min(places["cold_start"], new)
        old_places = len(row) - min(places["cold_start"], new)
        assert len(held) - words(np.array(why)).count("cold_start") == min(old_places, active)


# ---- in towns ------------------------------------------------------------------------------------------------------

TOWN = {
    "users.count": 24, "creators.count": 6, "creators.articles": 3, "slate.length": 10, "clicks": 4, "ticks": 12,
    "window": 4, "recommender.name": "popular",
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "by likes": {"slate.cold_start_by": "likes", "slate.cold_start": 0.3},
    "by clicks": {"slate.cold_start_by": "clicks", "recommender.name": "random"},
    "hot": {"slate.hot": 0.3, "recommender.name": "item-knn"},
    "promoted authors": {"slate.promoted": 0.3, "slate.promoted_authors": 2, "slate.promote_every": 3},
    "promoted content": {"slate.promoted": 0.2, "slate.promote_by": "content", "slate.hot": 0.1},
    "all at once": {"slate.promoted": 0.2, "slate.hot": 0.2, "slate.cold_start": 0.6, "recommender.name": "random"},
    "no cold start": {"slate.cold_start": 0.0},
    "only cold start": {"slate.cold_start": 1.0},
    "everything seen": {"creators.count": 2, "creators.articles": 1, "window": 3, "slate.promoted": 0.3,
                        "slate.hot": 0.2},
    "one of each": {"users.count": 1, "creators.count": 1, "creators.articles": 1, "slate.length": 1, "clicks": 1,
                    "window": 1},
    "breaking news": {"interruptions": [{"tick": 5, "topic": 1, "quality": 8.0, "count": 9}]},
    "retrained seldom": {"retrain": 4, "recommender.name": "recent"},
}  # fmt: skip


def by_tick(values: dict[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    """The scenario, and per tick: lists, sources, and the ids of new and active articles."""
    scenario = load("news", TOWN | values)
    built = build.build(scenario)  # type: ignore[arg-type]
    ticks = []
    for t in range(scenario.ticks):
        build.retune(built, scenario, t)  # type: ignore[arg-type]
        events = asyncio.run(engine.tick(t, built.town))
        posts, shown = events.only("post"), events.only("shown")
        items = np.full((scenario.users.count, scenario.slate.length), -1)  # type: ignore[attr-defined]
        sources = np.zeros(items.shape, int)
        items[shown.agent, shown.rank], sources[shown.agent, shown.rank] = shown.item, shown.why
        before = ticks[-1]["end"] if ticks else 0
        ticks.append({"items": items, "sources": sources, "end": before + len(posts), "start": before})
    return scenario, ticks


@pytest.mark.parametrize("name", list(SETTINGS))
def test_in_a_living_town(name: str) -> None:
    scenario, ticks = by_tick(SETTINGS[name])
    window, places = scenario.window, scenario.slate.places()
    length = scenario.slate.length
    for t, now in enumerate(ticks):
        first = ticks[max(0, t - window)]["start"]
        n_new = now["end"] - now["start"]
        recent = [tick["items"] for tick in ticks[max(0, t - window) : t]]
        for agent in range(len(now["items"])):
            row, why = now["items"][agent].tolist(), words(now["sources"][agent])
            held = [i for i in row if i >= 0]
            assert row == held + [-1] * (length - len(held))  # empty places come last
            assert len(set(held)) == len(held)  # nothing twice in a list
            assert all(first <= i < now["end"] for i in held)  # nothing too old, nothing unborn
            if t == 0:
                assert why[: len(held)] == ["first"] * min(length, n_new)
                continue
            assert all((i >= now["start"]) == (w == "cold_start") for i, w in zip(held, why, strict=False))
            assert why.count("cold_start") == min(places["cold_start"], n_new)
            assert why.count("hot") <= places["hot"]
            assert why.count("match") <= places["match"]
            assert why.count("promoted") <= places["promoted"]
            active, seen = set(range(first, now["start"])), {i for shown in recent for i in shown[agent].tolist()}
            if seen & set(held):  # somebody sees something again only when nothing unseen is left
                assert active - seen <= set(held)
            wanted = length - why.count("cold_start")
            assert len([i for i in held if i < now["start"]]) == min(wanted, len(active))


def test_quotas_are_kept_to_the_place_when_there_is_enough() -> None:
    """Ten places: 2 cold, 3 hot, 2 promoted by content, 3 match; a list never lacks anything here."""
    values = {"slate.hot": 0.3, "slate.promoted": 0.2, "slate.promote_by": "content", "slate.length": 10, "window": 4,
              "creators.count": 20, "recommender.name": "random"}  # fmt: skip
    _, ticks = by_tick(values | {"ticks": 6})
    for now in ticks[1:]:
        for row in now["sources"]:
            assert words(row) == ["hot"] * 3 + ["match"] * 3 + ["cold_start"] * 2 + ["promoted"] * 2


# ---- plug-ins that break the contract ------------------------------------------------------------------------------


class Answers(Fixed):
    """Gives what a function makes of the candidates."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Any:
        return self.answer(candidates)


def slates(ids: Any) -> Slates:
    return Slates(np.array(ids), np.zeros(np.shape(ids)))


def zeroed(candidates: IntArray) -> None:
    candidates[:] = 0


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda c: None, "gave NoneType, not Slates"),
        (lambda c: slates([[0, 1, 2]]), r"gave slates of shape \(1, 3\), not \(1, 2\)"),
        (lambda c: slates([[0.5, 1.0]]), "gave ids of type float64, not integers"),
        (lambda c: slates([[np.nan, 1.0]]), "gave ids of type float64, not integers"),
        (lambda c: slates([[0, -5]]), "gave the id -5; an empty place is -1"),
        (lambda c: slates([[0, 4]]), "chose items that are not among the candidates"),
        (lambda c: slates([[1, 1]]), "gave one agent the same item twice"),
        (lambda c: slates([[0, 3]]), "chose items that it was told to exclude"),
        (lambda c: 1 // 0, "failed in recommend at tick 1: ZeroDivisionError: .* by zero"),
        (zeroed, "failed in recommend at tick 1: ValueError: .*read-only"),
    ],
)
def test_a_broken_promise_is_a_sentence_that_names_the_plug_in(answer: Any, says: str) -> None:
    with pytest.raises(ContractError, match=rf"^recommender .*\.Answers {says}\.$"):
        policy(4, 2, {"match": 2}).fill(np.zeros(1, int), np.array([[3]]), Answers(answer))
