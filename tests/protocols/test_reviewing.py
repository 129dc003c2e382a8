"""What a moderator said, checked before anybody acts on it."""

import asyncio
from typing import Any

import numpy as np
import pytest

from townsquare.protocols.errors import ContractError
from townsquare.protocols.moderator import ACTION, Posts, Span, Verdicts
from townsquare.protocols.reviewing import reviewed

POSTS = Posts.of_texts(["hello", "you idiot"], tick=3)


class Says:
    """A moderator that says what it is told to."""

    def __init__(self, given: Any) -> None:
        self.given = given

    async def review(self, posts: Posts) -> Any:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


def test_plain_lists_become_columns_and_all_else_stays() -> None:
    spans = [(), [Span(4, 9)]]
    found = asyncio.run(reviewed(Says(Verdicts([1, 2], [0, 0.9], spans=spans)), POSTS))  # type: ignore[arg-type]
    assert found.action.dtype == np.int8
    assert found.score.dtype == float
    assert found.action.tolist() == [ACTION["show"], ACTION["remove"]]
    assert found.spans is spans
    nothing = asyncio.run(reviewed(Says(Verdicts.abstaining(0)), Posts.of_texts([])))
    assert len(nothing.action) == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "gave NoneType, not Verdicts"),
        (Verdicts(np.ones(1, np.int8), np.ones(2)), "gave no verdict on each of 2 posts"),
        (Verdicts(np.ones(2, np.int8), np.ones(3)), "gave no score for each of 2 posts"),
        (
            Verdicts(np.full(2, 99), np.ones(2)),
            "gave an action that is none; an action is an index into ACTIONS, 0 to 9",
        ),
        (Verdicts(np.full(2, 1.0), np.ones(2)), "gave an action that is none"),
        (Verdicts(np.full(2, -1), np.ones(2)), "gave an action that is none"),
        (Verdicts(np.ones(2, np.int8), np.array([0.5, 7.0])), "gave a score that is no number from 0 to 1"),
        (Verdicts(np.ones(2, np.int8), np.array([0.5, np.nan])), "gave a score that is no number from 0 to 1"),
        (Verdicts(np.ones(2, np.int8), np.ones(2), ["why"]), "gave 1 entries of rationale for 2 posts"),
        (
            Verdicts(np.ones(2, np.int8), np.ones(2), spans=[(), [Span(4, 10)]]),
            "pointed at a place outside the text of post 1",
        ),
        (ValueError("oh no"), "failed in review at tick 3: ValueError: oh no"),
    ],
)
def test_what_cannot_be_acted_on_is_one_sentence_that_names_the_moderator(given: Any, said: str) -> None:
    with pytest.raises(ContractError) as caught:
        asyncio.run(reviewed(Says(given), POSTS))
    assert str(caught.value).startswith(f"moderator {__name__}.Says {said}")
