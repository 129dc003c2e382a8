"""Whom a mind of its own writes for, and who has yet to say what it makes of a verdict."""

import numpy as np

from townsquare.protocols.actions import Actions
from townsquare.protocols.events import KIND, REASON
from townsquare.protocols.observations import Observations
from townsquare.protocols.post_kinds import WAY
from townsquare.sim.environments.moderated_docket import Docket
from townsquare.sim.environments.moderated_writers import Writers
from townsquare.sim.environments.timeline_posts import TimelinePosts


def posts(authors: list[int], tick: int = 0) -> tuple[TimelinePosts, Docket]:
    made, docket = TimelinePosts("What of it?", 4), Docket(0)
    n = len(authors)
    made.add(tick, np.array(authors), np.full(n, 0.5), np.zeros(n), np.full(n, -1), [f"by {a}" for a in authors],
             seat=np.array(authors))  # fmt: skip
    docket.add(np.zeros(n, int), np.zeros(n, int), np.zeros(n, bool), np.zeros(n, int))
    return made, docket


def turn(agents: list[int], tick: int = 1) -> Observations:
    n, none = len(agents), np.zeros((len(agents), 0))
    return Observations(tick, "members", "post", np.array(agents), 1, none.astype(np.int32), {"kind": np.zeros(n)},
                        keys=none.astype(np.uint64))  # fmt: skip


def test_authors_see_their_own_posts_and_others_an_empty_page() -> None:
    of, (made, docket) = Writers(np.array([2, 5]), 8), posts([2, 3, 5, 2])
    members, authors = of.split(turn([1, 2, 3, 5]), made, docket)
    assert (members.group, members.agents.tolist(), members.items.shape) == ("members", [1, 3], (2, 0))
    assert (authors.group, authors.agents.tolist(), authors.traits["kind"].shape) == ("authors", [2, 5], (2,))
    assert authors.row(0).texts == ("by 2", "by 2")
    assert authors.row(1).items == (3,)
    assert [one.group for one in of.split(turn([2, 5]), made, docket)] == ["authors"]
    plain = turn([1, 3])
    assert of.split(plain, made, docket)[0] is plain


def test_each_is_asked_once_about_the_last_verdict() -> None:
    of = Writers(np.array([2, 5]), 8)
    assert of.felt(np.array([2, 3, 5, 2]), np.array([1, 2, 3, 4])).tolist() == [True, False, True, True]
    again = Writers(np.array([2, 5]), 8)
    again.load(of.state())
    assert again.about.tolist() == [4, 3]


def actions(rows: list[tuple[int, int, float]]) -> Actions:
    agents, items, values = zip(*rows, strict=True)
    return Actions.of("adapt", np.array(agents), np.array(items), value=np.array(values))


class Cast:
    @staticmethod
    def seats(agents: object) -> object:
        return agents


def test_only_what_was_asked_is_taken_and_only_once() -> None:
    made, docket = posts([2, 5])
    of = Writers(np.array([2, 5]), 8)
    of.felt(np.array([2]), np.array([1]))
    (seen,) = of.asked(1, made, docket, Cast)  # type: ignore[arg-type]
    assert (seen.agents.tolist(), seen.row(0).texts) == ([2], ("by 2",))
    click = Actions.of("click", np.array([1]), np.array([1]))
    bad = [(2, 1, 0), (5, 2, 1), (2, 2, 1), (2, 1, 9), (6, -1, 1)]
    given = Actions.concat([click, actions([(2, 1, WAY["less"]), *bad])])
    events, agents, ways, rest = of.made_up(given)
    assert (agents.tolist(), ways.tolist()) == ([2], [WAY["less"]])
    assert len(rest) == 1
    refused = events.why[events.kind == KIND["refused"]].tolist()
    assert refused == [REASON["twice"], *[REASON["not allowed"]] * 4]
    assert of.asked(2, made, docket, Cast) == []  # type: ignore[arg-type]
    assert len(of.made_up(actions([(2, 1, 0)]))[1]) == 0
