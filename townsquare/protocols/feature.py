"""What scorers of texts promise: one number per text that says how much of something it has."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from townsquare.protocols.columns import FloatArray


@runtime_checkable
class Feature(Protocol):
    """Built as ``Class(config, streams)``, config being its own nested ``Config``. Kind ``feature``.

    A feature says something of a text, and nothing of what is to become of it; moderators, measures and tables make of
    it what they like.
    """

    def __call__(self, texts: Sequence[str], /) -> FloatArray:
        """(n,) float64 in [0, 1], in the order of ``texts``: 0 nothing of it, 1 as much as can be; NaN where the
        question does not arise. The same texts give the same numbers; () gives an empty array; nothing is raised for
        any text.
        """
