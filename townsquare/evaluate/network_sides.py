"""Who is on which side of a network, and what they think: from columns, files, opinions, or the graph itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from townsquare.protocols import DataError, FloatArray, InputError, IntArray
from townsquare.protocols.errors import did_you_mean
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.polarisation.sides import of_labels, of_opinions

OPINION = "opinion"
_SIDE = "side"
_RULES = ("fiedler", "opinions")


@dataclass(frozen=True, slots=True)
class Cut:
    """Two sides."""

    sides: IntArray | None
    """(n,) 0 or 1; None: to be found by the graph's own cut."""
    names: tuple[str, str]
    how: str
    """Where they come from, as it stands after the word Sides."""


def opinions_of(labelled: LabelledGraph) -> FloatArray | None:
    """(n,) the column ``opinion``; None where there is none. Raises InputError for a cell that is none in [0, 1]."""
    if OPINION not in labelled.labels:
        return None
    values = labelled.numbers(OPINION)
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(wrong):
        node = int(wrong[0])
        raise InputError(
            f"column {OPINION!r}: the opinion of node {labelled.graph.ids[node]!r} must be a number from 0 to 1 "
            f"(got {str(labelled.labels[OPINION][node])!r})."
        )
    return values


def cut_of(
    labelled: LabelledGraph, sides: str | Path | Sequence[int] | IntArray | None, opinions: FloatArray | None
) -> Cut:
    """The sides that are asked for, see ``evaluate_polarisation``. Sizes are not looked at. Raises InputError."""
    if sides is None:
        sides = _SIDE if _SIDE in labelled.labels else "opinions" if opinions is not None else "fiedler"
    if not isinstance(sides, str | Path):
        given = np.asarray(sides)
        if given.shape != (len(labelled.graph),):
            raise InputError(
                f"sides must be 0 or 1 for each of the {len(labelled.graph):,} nodes (got {len(given):,})."
            )
        return _labelled(given, "sides", "as given")
    name = str(sides)
    if name in labelled.labels:
        return _labelled(labelled.labels[name], f"column {name!r}", f"by column {name!r}")
    if name == "fiedler":
        return Cut(None, ("0", "1"), "by the sign of the Fiedler vector")
    if name == "opinions":
        if opinions is None:
            raise InputError(f"--sides opinions needs a column {OPINION!r} in the table of nodes (--nodes).")
        return Cut(of_opinions(opinions), ("below .5", ".5 and above"), "by opinion")
    if Path(name).is_file():
        return _from_file(labelled, Path(name))
    choices = [*_RULES, *labelled.labels]
    raise InputError(
        f"--sides {name!r} is neither a rule, nor a column of the nodes, nor a file{did_you_mean(name, choices)} "
        f"Known here: {', '.join(choices)}."
    )


def _labelled(labels: Sequence[str] | IntArray, what: str, how: str) -> Cut:
    sides, names = of_labels(labels, what)
    return Cut(sides, names, how)


def _from_file(labelled: LabelledGraph, path: Path) -> Cut:
    """A table with a row for every node."""
    from townsquare.sim.data.sheet import Sheet

    sheet = Sheet.read(path, ("id", _SIDE)).ids("id")
    sheet.refuse_empty(_SIDE)
    ids = sheet.columns["id"].to_pylist()
    place = {name: i for i, name in enumerate(labelled.graph.ids)}
    said: dict[str, str] = {}
    for row, (node, side) in enumerate(zip(ids, sheet.columns[_SIDE].to_pylist(), strict=True)):
        if node not in place:
            raise DataError(f"{path}, {sheet.place(row)}: node {node!r} is not in the graph.")
        if said.setdefault(node, side) != side:
            raise DataError(f"{path}, {sheet.place(row)}: node {node!r} is on another side in an earlier row.")
    missing = next((node for node in labelled.graph.ids if node not in said), None)
    if missing is not None:
        raise DataError(f"{path} says no side for node {missing!r}; every node of the graph needs one.")
    return _labelled([said[node] for node in labelled.graph.ids], str(path), f"by {path.name}")
