"""What members are shown, and where it came from."""

import numpy as np
import scipy.sparse as sp

from townsquare.protocols import Streams, make
from townsquare.protocols.events import REASONS
from townsquare.sim.environments.timeline_posts import TimelinePosts
from townsquare.sim.environments.timeline_slates import Places, TimelineSlates

N = 4


def posts(*authors_by_tick):
    made = TimelinePosts("?", 5)
    for tick, authors in enumerate(authors_by_tick):
        n = len(authors)
        half, none = np.full(n, 0.5), np.full(n, -1)
        made.add(tick, np.array(authors), half, half, none, [""] * n, seat=np.array(authors))
    return made


def filler(of, tick, *, length=4, followed=2, first=1, seen=None):
    active = of.going_round(0, tick + 1)
    seen = np.zeros((N, 0), np.int32) if seen is None else np.array(seen)
    return TimelineSlates(Streams(1), tick, of, active, Places(length, followed, first), seen)


def follows(*pairs):
    row, column = zip(*pairs, strict=True)
    return sp.csr_array((np.ones(len(row), np.float32), (row, column)), shape=(N, 6))


NONE = np.zeros((N, 0), np.int32)


def test_followed_posts_are_the_newest_first():
    of = posts([1, 2], [1], [2, 2])
    newest = filler(of, 2).newest(follows((0, 1), (0, 2), (3, 1)), 3, NONE)
    assert set(newest[0].tolist()) == {3, 4, 5}
    assert newest[0, 2] == 3  # of tick 1, after the two of tick 2
    assert newest[3].tolist() == [3, 1, -1]
    assert newest[1].tolist() == [-1, -1, -1]


def test_what_was_shown_or_is_taken_is_not_shown_again():
    of = posts([1, 2], [1])
    seen = [[3], [-1], [-1], [-1]]
    newest = filler(of, 1, seen=seen).newest(follows((0, 1), (0, 2)), 3, np.array([[1]] + [[-1]] * 3))
    assert newest[0].tolist() == [2, -1, -1]


def popular():
    from townsquare.protocols import Catalogue, Interactions

    made = make("recommender", "popular", {}, Streams(0))
    likes = Interactions(np.arange(3), np.array([5, 5, 6]), np.ones(3), np.zeros(3, np.int32), N, 9)
    made.fit(likes, Catalogue.bare(9))
    return made


def test_sources_share_the_places_and_nobody_sees_their_own():
    of = posts([0, 1, 2, 3, 5, 0, 1, 2])
    agents = np.arange(N)
    mix = filler(of, 0)
    followed = mix.newest(follows((0, 1), (0, 2)), 2, NONE)
    pushed = mix.newest(follows((0, 5)), 1, followed)
    items, sources = mix.fill(agents, followed, pushed, popular())
    assert items.shape == (N, 4)
    told = [REASONS[code] for code in sources[0].tolist()]
    assert sorted(told) == ["first audience", "followed", "followed", "match"]
    assert all(len(set(row.tolist())) == 4 for row in items)
    author = of["author"][items]
    assert (author != agents[:, None]).all()
    assert items[0, told.index("first audience")] == 5


def test_places_that_nothing_fills_stay_empty_at_the_end():
    of = posts([0, 1])
    items, sources = filler(of, 0).fill(np.arange(N), NONE, NONE, make("recommender", "random", {}, Streams(0)))
    assert (items[2] >= 0).tolist() == [True, True, False, False]
    assert (sources[2] > 0).tolist() == [True, True, False, False]
    assert items[0].tolist() == [2, -1, -1, -1]


def test_before_anybody_posts_there_is_nothing():
    items, _ = filler(posts(), 0).fill(np.arange(N), NONE, NONE, make("recommender", "random", {}, Streams(0)))
    assert (items == -1).all()
