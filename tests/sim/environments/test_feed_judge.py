"""What the news town allows, judged action by action against the rules read aloud."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from townsquare.protocols import Actions
from townsquare.protocols.events import REASON, REASONS
from townsquare.sim.environments import feed_judge
from townsquare.sim.environments.articles import Articles

LISTS = np.array([[4, 0, 7, -1], [0, 1, 2, 3], [-1, -1, -1, -1]])
ACTION = st.tuples(st.integers(-1, 3), st.sampled_from([0, 1, 2, 9]), st.integers(-1, 8))


def actions(rows: list[tuple[int, int, int]]) -> Actions:
    agent, kind, item = (np.array([row[i] for row in rows], np.int32) for i in range(3))
    return Actions(agent, kind.astype(np.int8), item, np.zeros(len(rows)), np.zeros((len(rows), 0)))


def by_hand(rows: list[tuple[int, int, int]], limit: int) -> list[str]:
    """The rules one after the other, row by row."""
    said = [""] * len(rows)
    clicked: set[tuple[int, int]] = set()
    for kind in (0, 1):
        met: set[tuple[int, int]] = set()
        used: dict[int, int] = {}
        for n, (agent, what, item) in enumerate(rows):
            if not 0 <= agent < len(LISTS) or what not in (0, 1):
                said[n] = "not allowed"
            elif item < 0 or item not in LISTS[agent]:
                said[n] = "not shown"
            elif what != kind:
                continue
            elif (agent, item) in met:
                said[n] = "twice"
            else:
                met.add((agent, item))
                if kind == 1:
                    said[n] = "" if (agent, item) in clicked else "not allowed"
                elif used.get(agent, 0) >= limit:
                    said[n] = "over the limit"
                else:
                    used[agent] = used.get(agent, 0) + 1
                    clicked.add((agent, item))
    return said


@given(st.lists(ACTION, max_size=25), st.integers(1, 4))
def test_agrees_with_the_rules_read_aloud(rows: list[tuple[int, int, int]], limit: int) -> None:
    verdict = feed_judge.reading(actions(rows), LISTS, limit)
    assert [REASONS[code] for code in verdict.reason] == by_hand(rows, limit)
    good = [row for row, why in zip(rows, verdict.reason, strict=True) if not why]
    clicks = [(a, i) for a, kind, i in good if kind == 0]
    assert list(zip(verdict.clicks.agent.tolist(), verdict.clicks.item.tolist(), strict=True)) == clicks
    assert (LISTS[verdict.clicks.agent, verdict.clicks.slot] == verdict.clicks.item).all()
    events = verdict.events(actions(rows))
    assert len(events) == len(rows)
    assert (events.only("refused").why > 0).all()
    assert len(events.only("refused")) == (verdict.reason > 0).sum()


def test_one_number_per_reader_and_place() -> None:
    touched = feed_judge.Touched(np.array([0, 1, 1]), np.array([4, 0, 3]), np.array([0, 0, 3]))
    assert touched.key(4).tolist() == [0, 4, 7]


def test_posts_by_hand() -> None:
    articles = Articles(2, 5)
    articles.add(0, np.array([3]), np.zeros(1, int), np.zeros(1), np.zeros((1, 2)))
    posted = Actions.of(
        "post", np.array([3, 2, 3, 4, 4, 3]), np.array([0, 0, -1, 1, -1, 0]),
        vector=np.array([[1.0, 1], [1, 1], [np.nan, 1], [1, 1], [1, 1], [1, 1]]),
    )  # fmt: skip
    refused, good = feed_judge.posts(posted, 3, np.array([1, 1]), articles)
    # readers are 0 to 2, creators 3 and 4, one post each, and article 0 is the only one there is
    assert good.tolist() == [True, False, False, False, True, False]
    assert refused.agent.tolist() == [2, 3, 4, 3]
    words = ["not allowed", "not allowed", "unknown item", "over the limit"]
    assert refused.why.tolist() == [REASON[word] for word in words]
