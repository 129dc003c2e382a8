"""What became of posts, and the reviewer's queue."""

import numpy as np
import pytest

from townsquare.protocols.moderator import ACTION
from townsquare.protocols.post_kinds import KIND
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.moderated_docket import APPEAL, GRANTED, HELD, UPHELD, Docket
from townsquare.sim.scenarios.moderation import Review

BREAKS = np.array([False, False, True, True])


def made(kinds: list[str]) -> Docket:
    docket, n = Docket(1), len(kinds)
    codes = np.array([KIND[name] for name in kinds])
    docket.add(codes, codes, np.zeros(n, bool), np.zeros(n, int))
    return docket


def keys(docket: Docket) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    return np.arange(len(docket)).astype(np.uint64)


def test_held_posts_and_appeals_are_decided_in_their_order() -> None:
    docket = made(["benign", "spam", "benign", "toxic"])  # posts 1 to 4
    docket.rule(np.array([1, 2]), np.full(2, ACTION["hold"]), np.ones(2))
    docket.rule(np.array([3, 4]), np.full(2, ACTION["remove"]), np.ones(2))
    docket.wait(np.array([1, 2]), HELD)
    docket.wait(np.array([3, 4]), APPEAL)
    first = docket.decide(keys(docket), BREAKS, Review(capacity=3), Streams(0))
    assert first.items.tolist() == [1, 2, 3]
    assert first.matter.tolist() == [HELD, HELD, APPEAL]
    assert first.broken.tolist() == [False, True, False]
    assert docket["standing"][1:].tolist() == [ACTION[name] for name in ("show", "remove", "show", "remove")]
    rest = docket.decide(keys(docket), BREAKS, Review(capacity=3), Streams(0))
    assert rest.items.tolist() == [4]
    assert docket["settled"][1:].tolist() == [0, 0, GRANTED, UPHELD]
    assert docket["standing"][4] == ACTION["remove"]
    assert len(docket.decide(keys(docket), BREAKS, Review(), Streams(0)).items) == 0


def test_without_capacity_everything_waits() -> None:
    docket = made(["benign"])
    docket.wait(np.array([1]), HELD)
    assert len(docket.decide(keys(docket), BREAKS, Review(capacity=0), Streams(0)).items) == 0
    assert docket.queue.tolist() == [[1], [HELD]]


@pytest.mark.parametrize("accuracy", [0.0, 0.7, 1.0])
def test_the_reviewer_is_as_often_right_as_the_setting_says(accuracy: float) -> None:
    docket = made(["benign", "toxic"] * 500)
    docket.wait(np.arange(1, 1001), HELD)
    done = docket.decide(keys(docket), BREAKS, Review(capacity=1000, accuracy=accuracy), Streams(0))
    right = done.broken == BREAKS[docket["kind"][done.items]]
    assert right.mean() == pytest.approx(accuracy, abs=0.05)


def test_its_state_comes_back() -> None:
    docket, other = made(["spam", "benign"]), Docket(1)
    docket.hidden[0, 2] = True
    docket.rule(np.array([1]), np.array([ACTION["blur"]]), np.array([0.7]))
    docket.wait(np.array([1]), APPEAL)
    other.load(docket.state())
    assert all((other[name] == docket[name]).all() for name in docket.columns)
    assert (other.hidden == docket.hidden).all()
    assert (other.queue == docket.queue).all()
    assert docket.held(np.array([1, 2])).tolist() == []
