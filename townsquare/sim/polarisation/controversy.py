"""How hard it is to get from one side to the heart of the other: random-walk controversy, exactly."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg, spsolve

from townsquare.protocols import BoolArray, FloatArray, IntArray, steady
from townsquare.sim.polarisation.sides import sizes
from townsquare.sim.polarisation.ties import Ties

Convention: TypeAlias = Literal["start|end", "end|start"]
_DIRECT = 300
"""Unknowns up to which the equations are solved directly."""


def influencers(ties: Ties, sides: IntArray, k: int) -> tuple[IntArray, IntArray]:
    """The k nodes of either side with most ties, of equals the lower number; all of a side that has fewer than k."""
    degrees = ties.degrees()
    order = np.argsort(-degrees, kind="stable")
    lower, upper = (order[sides[order] == side][:k] for side in (0, 1))
    return lower, upper


def usual_k(sides: IntArray) -> int:
    """10 on each side, as is usual, but no more than a tenth of the smaller side (our choice), and at least 1."""
    return max(1, min(10, min(sizes(sides)) // 10))


@dataclass(frozen=True, slots=True)
class Ends:
    """Where random walks end that stop at the first influencer they come to."""

    upper: FloatArray
    """(n,) probability that it is one of side 1, for a walk that stands at this node, influencers included."""
    reached: BoolArray
    """(n,) whether a walk from there ends at all: whether an influencer is in the same connected part."""
    absorbing: BoolArray
    """(n,) the influencers of both sides."""


def ends(ties: Ties, adjacency: sp.csr_array, influential: tuple[IntArray, IntArray]) -> Ends:
    """Solve for the harmonic function that is 0 at the influencers of side 0 and 1 at those of side 1."""
    upper, absorbing = np.zeros(ties.n), np.zeros(ties.n, bool)
    upper[influential[1]] = 1.0
    absorbing[np.concatenate(influential)] = True
    parts = connected_components(adjacency, directed=False)[1]
    with_end = np.zeros(int(parts.max(initial=0)) + 1, bool)
    with_end[parts[absorbing]] = True
    reached = with_end[parts]
    inner = np.flatnonzero(reached & ~absorbing)
    if len(inner):
        rows = adjacency[inner]
        degrees = ties.degrees()[inner].astype(np.float64)
        upper[inner] = _solved(sp.csr_array(rows[:, inner]), degrees, rows @ upper)
    return Ends(upper, reached, absorbing)


def controversy(ties: Ties, sides: IntArray, k: int | None = None, convention: Convention = "start|end") -> float:
    """``P_00 P_11 - P_01 P_10``: 1, nobody gets across, to -1; near 0 where sides do not matter.

    A walk goes from neighbour to neighbour, each as likely, until it stands at an influencer: one of the k nodes of
    either side with most ties. Two conventions are in use, and their figures differ:

    * ``start|end`` (Garimella et al., "Quantifying controversy on social media", 2018): P_AB is the probability that a
      walk began in A, given that it ended in B. Walks begin at any node of a side with equal probability, influencers
      included, take at least one step, and either side begins half of them.
    * ``end|start`` (the exact function of Salloum, Chen and Kivelä's normalised-polarisation code, 2022): P_AB is the
      probability that a walk ends in B, given that it began in A, at any node of A that is no influencer.

    Nodes from which no influencer can be reached, isolated ones among them, begin no walks. NaN where a side has
    nobody to begin one, or where no walk ends on one of the sides.

    Args:
        ties: m ties of n nodes.
        sides: (n,) 0 or 1.
        k: influencers of either side; None: see ``usual_k``.
        convention: which of the two.
    """
    return controversies(ties, sides, k)[convention]


def controversies(ties: Ties, sides: IntArray, k: int | None = None) -> dict[Convention, float]:
    """``controversy`` in both conventions, for the price of one."""
    adjacency, degrees = ties.adjacency(), ties.degrees()
    there = ends(ties, adjacency, influencers(ties, sides, usual_k(sides) if k is None else k))
    stepped = np.where(there.absorbing, (adjacency @ there.upper) / np.maximum(degrees, 1), there.upper)
    across = _from_sides(stepped, there.reached & (degrees > 0), sides)
    ended = across.sum(axis=0)  # either side begins half of the walks
    backwards = np.divide(across, ended, out=np.full((2, 2), np.nan), where=ended > 0)
    forwards = _from_sides(there.upper, there.reached & ~there.absorbing, sides)
    return {"start|end": _score(backwards), "end|start": _score(forwards)}


def _from_sides(upper: FloatArray, begins: BoolArray, sides: IntArray) -> FloatArray:
    """(2, 2) probability that a walk from the side of the row ends on the side of the column."""
    found = np.full((2, 2), np.nan)
    for side in (0, 1):
        here = begins & (sides == side)
        if here.any():
            found[side, 1] = upper[here].mean()
            found[side, 0] = 1 - found[side, 1]
    return found


def _score(p: FloatArray) -> float:
    return float(steady(np.atleast_1d(p[0, 0] * p[1, 1] - p[0, 1] * p[1, 0]))[0])


def _solved(between: sp.csr_array, degrees: FloatArray, given: FloatArray) -> FloatArray:
    """X with ``(D - A) x = given``; D - A is symmetric and positive definite, because every part has an end."""
    matrix = sp.csc_array(sp.diags_array(degrees) - between)
    if len(degrees) > _DIRECT:
        # direct methods drown in what they fill in where a graph has no good cut; conjugate gradients like such graphs
        found, failed = cg(matrix, given, rtol=1e-12, maxiter=10_000, M=sp.diags_array(1 / degrees))
        if not failed:
            return np.asarray(found)
    return np.atleast_1d(np.asarray(spsolve(matrix, given)))
