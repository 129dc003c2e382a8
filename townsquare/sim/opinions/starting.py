"""What is thought before the first tick."""

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import DataError, ScenarioError, did_you_mean
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.scenarios.network import Opinions


def starting(settings: Opinions, drawn: LabelledGraph, dimensions: int, streams: Streams) -> FloatArray:
    """(n,) opinions, or (n, dimensions) for more than one; each node draws numbers of its own, whoever else is there.

    Raises DataError for a column with cells outside [0, 1], ScenarioError for a column or sides that are not there.
    """
    n = len(drawn.graph)
    if settings.start == "column":
        names = [settings.column] if dimensions == 1 else [f"{settings.column}_{k + 1}" for k in range(dimensions)]
        made = np.stack([_column(drawn, name) for name in names], axis=1)
        return made[:, 0] if dimensions == 1 else made
    nodes, columns = np.arange(n)[:, None], np.arange(dimensions)[None, :]
    luck = streams.uniform("opinions", 0, nodes, columns)
    if settings.start == "uniform":
        made = luck
    elif settings.start == "two-point":
        made = np.where(luck < settings.share, settings.high, settings.low)
    else:
        centre = np.full(n, settings.mean) if settings.start == "normal" else _centres(settings, drawn)
        spread = settings.sd * streams.normal("opinions.spread", 0, nodes, columns)
        made = steady(np.clip(centre[:, None] + spread, 0.0, 1.0))
    return made[:, 0] if dimensions == 1 else made


def stubborn_nodes(share: float, named: tuple[str | int, ...], drawn: LabelledGraph, streams: Streams) -> IntArray:
    """Node numbers, ascending: a share at random, and those named. ScenarioError for an id that is not there."""
    ids = drawn.graph.ids
    place = {name: number for number, name in enumerate(ids)} if named else {}
    missing = [str(one) for one in named if str(one) not in place]
    if missing:
        hint = did_you_mean(missing[0], list(place)[:10_000])
        raise ScenarioError(f"stubborn.nodes: the graph has no node {missing[0]!r}{hint}")
    order = np.argsort(streams.uniform("stubborn", 0, np.arange(len(ids)), np.zeros(1, np.int64)), kind="stable")
    chosen = order[: round(share * len(ids))]
    return np.unique(np.concatenate([chosen, np.array([place[str(one)] for one in named], np.int64)]))


def _centres(settings: Opinions, drawn: LabelledGraph) -> FloatArray:
    """Each side's place between the lower and the upper opinion."""
    if "side" not in drawn.labels:
        raise ScenarioError(
            "opinions.start = 'sides': the graph has no sides; blocks and karate have, and a file with a column 'side'."
        )
    names, side = np.unique(drawn.labels["side"].astype(str), return_inverse=True)
    steps = np.linspace(settings.low, settings.high, len(names)) if len(names) > 1 else np.array([settings.low])
    return np.asarray(steps[side])


def _column(drawn: LabelledGraph, name: str) -> FloatArray:
    if name not in drawn.labels:
        known = list(drawn.labels)
        there = ", ".join(known) or "none"
        raise ScenarioError(f"opinions: the graph has no column {name!r}{did_you_mean(name, known)} Columns: {there}.")
    values = drawn.numbers(name)
    bad = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(bad):
        node = int(bad[0])
        more = f"; {len(bad):,} nodes are outside" if len(bad) > 1 else ""
        raise DataError(
            f"opinions: column {name!r} gives node {drawn.graph.ids[node]!r} the opinion {drawn.labels[name][node]!r}, "
            f"and opinions lie from 0 to 1{more}."
        )
    return values
