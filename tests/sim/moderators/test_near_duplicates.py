"""The moderator that removes what was said before."""

import asyncio

import numpy as np
import pytest

from townsquare.protocols.moderator import ACTIONS, Posts
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams

TEXTS = {
    1: "The finest kettle I have ever had in my kitchen.",
    2: "Broke after a week, and nobody answers my letters.",
    3: "the FINEST kettle I have ever had, in my kitchen!",
    4: "A fine thing.",
    5: "A fine thing.",
    6: "Quiet, quick and easy to clean; we use it every morning.",
}


def judged(new, archive, **settings):
    posts = Posts(
        0,
        np.array(new, int),
        np.zeros(len(new), int),
        np.zeros(len(new), int),
        np.array(archive, int),
        TEXTS.__getitem__,
    )
    moderator = make("moderator", "near-duplicates", settings, Streams(0))
    found = asyncio.run(moderator.review(posts))
    return [ACTIONS[code] for code in found.action], found


def test_a_copy_of_an_earlier_text_is_removed():
    actions, found = judged([2, 3], [1, 2, 3])
    assert actions == ["show", "remove"]
    assert found.score[1] == 1.0
    assert found.rationale[1] == "100% of its phrases are those of 1"


def test_of_two_today_the_second_is_removed():
    assert judged([1, 3], [1, 3])[0] == ["show", "remove"]


def test_short_texts_are_left_alone():
    assert judged([4, 5], [4, 5])[0] == ["show", "show"]


def test_nothing_to_look_at():
    assert judged([], [1, 2])[0] == []


@pytest.mark.parametrize(("alike", "action"), [(0.3, "remove"), (0.9, "show")])
def test_how_much_alike_is_too_much(alike, action):
    TEXTS[7] = "The finest kettle I have ever had, says my neighbour who bakes."
    assert judged([7], [1, 7], alike=alike)[0] == [action]
