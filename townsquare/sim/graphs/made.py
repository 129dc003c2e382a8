"""Graphs that are made up, and the settings that say which graph a town has."""

from collections.abc import Callable
from typing import Literal, Self, TypeAlias

import numpy as np
from pydantic import Field, model_validator

from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.joined import joined
from townsquare.sim.graphs.labelled import LabelledGraph

_COMPLETE = 4000
"""Nodes of the largest graph that may be dense: edges grow as the square."""
_STREAM = "graph"
_Allowed: TypeAlias = Callable[[IntArray, IntArray], BoolArray]
_Draw: TypeAlias = Callable[[int], tuple[IntArray, IntArray]]


class GraphSettings(Settings):
    """Who listens to whom."""

    kind: Literal["complete", "erdos-renyi", "small-world", "scale-free", "blocks", "ring", "karate", "file"] = (
        "small-world"
    )
    "How the graph is made: by a rule, Zachary's karate club, or read from a file."
    nodes: int = Field(default=200, ge=2)
    "How many nodes a made-up graph has."
    degree: float = Field(default=8, gt=0)
    "Neighbours of a node of a made-up graph, on average; of a small world, a ring and scale-free an even number."
    rewire: float = Field(default=0.1, ge=0, le=1)
    "Small world: share of the edges of the ring that lead somewhere else."
    blocks: int = Field(default=2, ge=1, le=100)
    "Blocks: how many groups of equal size there are."
    crossing: float = Field(default=0.1, ge=0, le=1)
    "Blocks: share of the edges that lead from one group to another."
    path: str | None = Field(default=None, min_length=1)
    "File: a list of edges (CSV, TSV, separated by spaces, Parquet), GraphML or GEXF."
    table: str | None = Field(default=None, min_length=1)
    "File: a table of the nodes (id, and where known opinion, side), CSV, TSV or Parquet; it names all there are."
    directed: bool = False
    "File: whether an edge holds one way only, so that its first end listens to its second."

    @model_validator(mode="after")
    def _the_graph_is_possible(self) -> Self:
        if (self.kind == "file") != (self.path is not None):
            raise ValueError("kind = 'file' and path go together: give both or neither")
        if self.table is not None and self.path is None:
            raise ValueError("table goes with path, the file of edges")
        if self.kind in ("karate", "file"):
            return self
        if self.kind == "complete" and self.nodes > _COMPLETE:
            raise ValueError(f"a complete graph may have {_COMPLETE:,} nodes at most (got nodes = {self.nodes:,})")
        if self.kind != "complete" and self.degree > self.nodes - 1:
            raise ValueError(f"degree ({self.degree:g}) may not be more than the other nodes there are, nodes - 1")
        if self.kind in ("small-world", "ring", "scale-free") and self.degree % 2:
            raise ValueError(f"degree must be an even number for kind = {self.kind!r} (got {self.degree:g})")
        if self.kind != "complete" and self.nodes > _COMPLETE and self.degree > self.nodes / 4:
            raise ValueError(f"degree may be a quarter of nodes at most where there are more than {_COMPLETE:,} nodes")
        if self.kind == "blocks":
            self._blocks_have_room()
        return self

    def _blocks_have_room(self) -> None:
        if self.blocks > self.nodes:
            raise ValueError(f"blocks ({self.blocks}) may not be more than nodes ({self.nodes})")
        inside, across = _room(self.nodes, self.blocks)
        edges = self.nodes * self.degree / 2
        if edges * (1 - self.crossing) > inside or edges * self.crossing > across:
            raise ValueError("degree and crossing ask for more edges within or between blocks than there is room for")


def make_graph(settings: GraphSettings, streams: Streams) -> Graph:
    """The graph that ``settings`` describe; a pure function of them and of the run's seed."""
    return make_labelled(settings, streams).graph


def make_labelled(settings: GraphSettings, streams: Streams) -> LabelledGraph:
    """The same with what is known of the nodes: ``side`` of blocks and of the karate club, all columns of a table."""
    n, kind = settings.nodes, settings.kind
    if kind == "file":
        from townsquare.sim.graphs.read import read_labelled  # made-up graphs read nothing

        assert settings.path is not None
        return read_labelled(settings.path, table=settings.table, directed=settings.directed)
    if kind == "karate":
        return _karate()
    rng = streams.get(_STREAM, kind)
    if kind == "blocks":
        source, target = _blocks(n, settings, rng)
        side = np.array([str(b) for b in block_of(n, settings.blocks)], object)
        return LabelledGraph(_named(n, source, target), {"side": side})
    if kind == "complete":
        source, target = np.triu_indices(n, 1)
    elif kind == "erdos-renyi":
        # G(n, p): the number of edges is binomial, and given the number every set of edges is as likely
        count = int(rng.binomial(n * (n - 1) // 2, settings.degree / (n - 1)))
        source, target = _pairs(n, count, rng, lambda a, b: a != b)
    elif kind == "scale-free":
        source, target = _scale_free(n, int(settings.degree) // 2, rng)
    else:
        source, target = _ring(n, int(settings.degree))
        if kind == "small-world":
            source, target = _rewired(n, source, target, settings.rewire, rng)
    return LabelledGraph(_named(n, source, target))


def block_of(n: int, blocks: int) -> IntArray:
    """(n,) the block of each node: blocks follow one another, and their sizes differ by 1 at most."""
    return np.arange(n) * blocks // n


def _named(n: int, source: IntArray, target: IntArray) -> Graph:
    return joined(source, target, tuple(map(str, range(n)))).graph


def _karate() -> LabelledGraph:
    """Zachary (1977), as networkx holds it; without its weights, as the figures that are published of it."""
    import networkx as nx  # heavy

    from townsquare.sim.graphs.exchange import from_networkx

    club = nx.karate_club_graph()
    side = np.array([club.nodes[node]["club"] for node in club], object)
    return LabelledGraph(from_networkx(club, weight=None), {"side": side})


def _ring(n: int, degree: int) -> tuple[IntArray, IntArray]:
    """Each node beside the ``degree / 2`` that come next, and hence those that came before."""
    reach = np.arange(1, degree // 2 + 1)
    source = np.repeat(np.arange(n), len(reach))
    target = (source + np.tile(reach, n)) % n
    return source, target


def _rewired(
    n: int, source: IntArray, target: IntArray, share: float, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Each edge keeps its first end and, with probability ``share``, gets another second end.

    Watts and Strogatz (1998), all edges at once: a new end that makes a loop, or an edge that is there already, is
    drawn again; an edge that finds no free place in 100 rounds stays as it was.
    """
    target = target.copy()
    loose = np.flatnonzero(rng.random(len(source)) < share)
    kept = np.ones(len(source), bool)
    kept[loose] = False
    taken = np.sort(_keys(n, source[kept], target[kept]))
    for _ in range(100):
        if not len(loose):
            break
        drawn = rng.integers(0, n, len(loose))
        keys = _keys(n, source[loose], drawn)
        first = np.zeros(len(loose), bool)
        first[np.unique(keys, return_index=True)[1]] = True
        place = np.minimum(np.searchsorted(taken, keys), max(len(taken) - 1, 0))
        free = first & (source[loose] != drawn)
        if len(taken):
            free &= taken[place] != keys
        target[loose[free]] = drawn[free]
        taken = np.sort(np.concatenate([taken, keys[free]]))
        loose = loose[~free]
    return source, target


def _scale_free(n: int, each: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Preferential attachment (Barabasi and Albert 1999): newcomers join ``each`` ends of earlier edges.

    After Batagelj and Brandes (2005), all at once: drawing an end of an earlier edge is drawing a node in proportion
    to its degree. Begins with ``each + 1`` nodes that all know one another. A newcomer that draws a node twice joins
    it once, so the mean degree falls a little short.
    """
    core = min(each + 1, n)
    first, second = np.triu_indices(core, 1)
    begun = np.stack([first, second], axis=1).ravel()
    newcomers = np.repeat(np.arange(core, n), each)
    # the ends of all edges in a row: those of the core, then (newcomer, whom it joins) for each of the others
    room = len(begun) + 2 * each * (newcomers - core)
    drawn = (rng.random(len(newcomers)) * room).astype(np.int64)
    while True:  # an odd place holds whom somebody joined, which is itself drawn: follow it back
        later = drawn >= len(begun)
        open_ = np.flatnonzero(later & ((drawn - len(begun)) % 2 == 1))
        if not len(open_):
            break
        drawn[open_] = drawn[(drawn[open_] - len(begun)) // 2]
    joins = np.where(later, newcomers[np.maximum(drawn - len(begun), 0) // 2], begun[np.minimum(drawn, len(begun) - 1)])
    return np.concatenate([first, newcomers]), np.concatenate([second, joins])


def _room(n: int, blocks: int) -> tuple[int, int]:
    """How many pairs of nodes there are within blocks, and between them."""
    sizes = np.bincount(block_of(n, blocks), minlength=blocks).astype(object)  # whole numbers of any size
    inside = int((sizes * (sizes - 1) // 2).sum())
    return inside, n * (n - 1) // 2 - inside


def _blocks(n: int, settings: GraphSettings, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """A stochastic block model: each pair within a block is an edge with one probability, each other with another."""
    inside, across = _room(n, settings.blocks)
    edges = n * settings.degree / 2
    near = rng.binomial(inside, edges * (1 - settings.crossing) / inside) if inside else 0
    far = rng.binomial(across, edges * settings.crossing / across) if across else 0
    block = block_of(n, settings.blocks)
    sizes = np.bincount(block)
    begins, chance = np.cumsum(sizes) - sizes, sizes * (sizes - 1) / max(1, (sizes * (sizes - 1)).sum())

    def within(k: int) -> tuple[IntArray, IntArray]:
        here = rng.choice(len(sizes), k, p=chance)
        return begins[here] + rng.integers(0, sizes[here]), begins[here] + rng.integers(0, sizes[here])

    ends = [
        _pairs(n, int(near), rng, lambda a, b: (a != b) & (block[a] == block[b]), within),
        _pairs(n, int(far), rng, lambda a, b: block[a] != block[b]),
    ]
    return np.concatenate([a for a, _ in ends]), np.concatenate([b for _, b in ends])


def _pairs(
    n: int, count: int, rng: np.random.Generator, allowed: _Allowed, draw: _Draw | None = None
) -> tuple[IntArray, IntArray]:
    """``count`` different pairs among those ``allowed``, every set of them as likely as any other.

    ``draw`` gives so many pairs, each of those allowed being as likely; by default any two nodes.
    """
    if n <= _COMPLETE:  # where most pairs are wanted, drawing until a new one comes would take for ever
        first, second = np.triu_indices(n, 1)
        there = np.flatnonzero(allowed(first, second))
        chosen = there[rng.permutation(len(there))[:count]]
        return first[chosen], second[chosen]
    keys = np.zeros(0, np.int64)
    while len(keys) < count:
        wanted = (count - len(keys)) * 21 // 20 + 64
        a, b = draw(wanted) if draw is not None else tuple(rng.integers(0, n, (2, wanted)))
        good = allowed(a, b)
        keys = np.concatenate([keys, _keys(n, a[good], b[good])])
        del a, b
        keys = keys[np.sort(np.unique(keys, return_index=True)[1])]  # in the order in which they were drawn
    source, target = np.divmod(keys[:count], n)
    return source, target


def _keys(n: int, a: IntArray, b: IntArray) -> IntArray:
    """One number per pair, whichever way round."""
    return np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)
