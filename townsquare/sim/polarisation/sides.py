"""Who is on which of two sides, however that is known."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols import FloatArray, InputError, IntArray

LEAST = 0.05
"""Share of the nodes below which a side is too small to compare: a cut that splits off a handful of nodes has an E-I
index near -1 and next to no modularity, whatever the network is like.
"""


def sizes(sides: IntArray) -> tuple[int, int]:
    """How many nodes are on side 0 and on side 1."""
    upper = int(np.count_nonzero(sides))
    return len(sides) - upper, upper


def tiny(sides: IntArray, least: float = LEAST) -> bool:
    """Whether the smaller side has less than ``least`` of the nodes, or none."""
    smaller = min(sizes(sides))
    return smaller == 0 or smaller < least * len(sides)


def checked(sides: NDArray[Any], n: int, names: tuple[str, str] = ("0", "1"), *, least: float = LEAST) -> IntArray:
    """(n,) int8 of 0 and 1.

    Args:
        sides: 0 or 1 for each node.
        n: how many nodes there are.
        names: what the sides are called.
        least: the smallest share of the nodes that the smaller side may have.

    Raises:
        InputError: another length, another value, or a side that is too small.
    """
    sides = np.asarray(sides)
    if sides.shape != (n,):
        raise InputError(f"sides must hold 0 or 1 for each of the {n:,} nodes (got an array of shape {sides.shape}).")
    wrong = ~np.isin(sides, (0, 1))
    if wrong.any():
        node = int(np.flatnonzero(wrong)[0])
        raise InputError(f"sides must hold 0 or 1 for each node (got {sides[node]!s} for node {node}).")
    found = sides.astype(np.int8)
    if tiny(found, least):
        first, second = sizes(found)
        raise InputError(
            f"side {names[0]!r} has {first:,} of {n:,} nodes and side {names[1]!r} {second:,}; "
            f"the smaller side must have at least {least:.0%} of them for scores of sides to mean anything."
        )
    return found


def of_labels(labels: Sequence[str] | NDArray[Any], what: str = "sides") -> tuple[IntArray, tuple[str, str]]:
    """(n,) 0 or 1 by a label with two values, and the two in the order of their text. Sizes are not looked at.

    Raises:
        InputError: an empty cell, or not exactly two values.
    """
    cells = np.array([str(label) for label in labels], object)
    if (cells == "").any():
        row = int(np.flatnonzero(cells == "")[0])
        raise InputError(f"{what} must say a side for each node (node {row + 1} of {len(cells):,} has none).")
    values, codes = np.unique(cells.astype(str), return_inverse=True)
    if len(values) != 2:
        shown = ", ".join(map(str, values[:5])) + (", ..." if len(values) > 5 else "")
        raise InputError(f"{what} must have two values, one for each side (got {len(values):,}: {shown}).")
    return codes.astype(np.int8), (str(values[0]), str(values[1]))


def of_opinions(opinions: FloatArray, middle: float = 0.5) -> IntArray:
    """(n,) 1 where an opinion is ``middle`` or more, else 0. Sizes are not looked at."""
    return (np.asarray(opinions) >= middle).astype(np.int8)
