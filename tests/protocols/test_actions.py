"""Actions as columns."""

from dataclasses import fields

import numpy as np
import pytest

from townsquare.protocols import Actions
from townsquare.protocols.actions import KIND, KINDS


def test_of_spreads_scalars_and_fixes_types() -> None:
    clicks = Actions.of("click", np.array([4, 5]), np.array([7, 8]), value=0.5)
    assert clicks.agent.dtype == clicks.item.dtype == np.int32
    assert clicks.kind.tolist() == [KIND["click"]] * 2
    assert clicks.value.tolist() == [0.5, 0.5]
    assert clicks.vector.shape == (2, 0)


def test_concat_keeps_rows_in_order() -> None:
    likes = Actions.of("like", np.array([1]), np.array([7]))
    both = Actions.concat(iter([Actions.of("click", np.array([4, 5]), np.array([7, 8])), likes]))
    assert (both.agent.tolist(), both.kind.tolist(), both.item.tolist()) == ([4, 5, 1], [0, 0, 1], [7, 8, 7])


def test_concat_of_nothing_is_nothing() -> None:
    nothing = Actions.concat([])
    assert len(nothing) == 0
    assert {len(getattr(nothing, f.name)) for f in fields(nothing)} == {0}


def test_posts_carry_their_content() -> None:
    post = Actions.of("post", np.array([3]), np.array([-1]), vector=np.array([[1.0, 2.0]]))
    assert Actions.concat([post, post]).vector.tolist() == [[1.0, 2.0], [1.0, 2.0]]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        Actions.of("shout", np.array([1]), np.array([1]))
    assert KINDS == ("click", "like", "post", "no_answer", "rate", "say", "opinion", "guess", "code", "adapt")
