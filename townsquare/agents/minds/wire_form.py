"""What the agents of a town see and do, as the JSON of a `decide` task: for agents in other processes and languages.

The input of a task, which is for some agents of one cohort (docs/remote-towns.md has it with examples)::

    {"tick": 3, "group": "users", "task": "read", "limit": 10, "seed": 7, "width": 50,
     "types": {"match": "float64", "position": "float64", ...},
     "rows": [{"agent": 17, "seat": 17, "traits": {"threshold": 0.31, "position": [0.02, ...]},
               "items": [{"item": 311, "key": "1302...", "text": "politics, by ...", "features": {"match": 0.4}}]}],
     "elsewhere": [{"item": 12, "text": "...", "features": {"content": [0.1, ...]}}]}

and its answer::

    {"actions": [{"agent": 17, "kind": "click", "item": 311, "value": 0.4}, {"agent": 17, "kind": "like", "item": 311}]}

Numbers are written so that they come back bit for bit: floats with the digits that tell them from all others, 64-bit
keys as decimal strings (a JavaScript number has 53 bits), and what is not finite as "Infinity", "-Infinity" or "NaN".
``types`` names, per column, the numpy types that bring it back, to be applied in turn; whoever needs no exact equality
with a mind in the town's own process can pass it over. An empty place among the items is null, and those at the end are
left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import KINDS, Actions
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.json_columns import column_of, listed, type_of
from townsquare.protocols.observations import Observations

Row = dict[str, Any]


def rows_of(seen: Observations) -> list[Row]:
    """The rows of a task, one per agent of the cohort in its order."""
    about = set(seen.about_elsewhere)
    traits = {name: listed(column) for name, column in seen.traits.items()}
    features = {name: listed(column) for name, column in seen.features.items() if name not in about}
    keys = seen.keys.tolist() if seen.keys.shape == seen.items.shape else None
    rows = []
    for i, items in enumerate(seen.items.tolist()):
        while items and items[-1] < 0:
            items.pop()
        rows.append(
            {
                "agent": int(seen.agents[i]),
                "seat": int(seen.seats[i]),
                "traits": {name: column[i] for name, column in traits.items()},
                "items": [
                    None
                    if item < 0
                    else _item(
                        item,
                        seen.text(item),
                        {name: column[i][place] for name, column in features.items()},
                        None if keys is None else keys[i][place],
                    )
                    for place, item in enumerate(items)
                ],
            }
        )
    return rows


def frame_of(seen: Observations, seed: int) -> Row:
    """Everything of a task's input but its rows: the same for all agents of the cohort."""
    about = {name: listed(seen.features[name]) for name in seen.about_elsewhere}
    return {
        "tick": seen.tick,
        "group": seen.group,
        "task": seen.task,
        "limit": seen.limit,
        "seed": seed,
        "width": seen.items.shape[1],
        "types": {name: type_of(column) for name, column in {**seen.traits, **seen.features}.items()},
        "elsewhere": [
            _item(item, seen.text(item), {name: column[place] for name, column in about.items()}, None)
            for place, item in enumerate(seen.elsewhere.tolist())
        ],
    }


def observations(task: Mapping[str, Any]) -> Observations:
    """The cohort that the input of a task tells of: what a mind that lives elsewhere is given.

    Places without an item have the features 0. Raises KeyError, TypeError or ValueError where the input is none.
    """
    rows, elsewhere, types = task["rows"], task["elsewhere"], task["types"]
    n, width = len(rows), int(task["width"])
    items = np.full((n, width), NOBODY, np.int32)
    keys = np.zeros((n, width), np.uint64)
    texts: dict[int, str] = {}
    places = [(i, place, one) for i, row in enumerate(rows) for place, one in enumerate(row["items"]) if one]
    for i, place, one in places:
        items[i, place] = one["item"]
        keys[i, place] = int(one.get("key", 0))
    for one in (*(one for _, _, one in places), *elsewhere):
        texts[one["item"]] = one.get("text", "")
    traits = {name: column_of([row["traits"][name] for row in rows], types[name]) for name in _names(rows, "traits")}
    about = {
        name: column_of([one["features"][name] for one in elsewhere], types[name])
        for name in _names(elsewhere, "features")
    }
    told = _names([one for _, _, one in places], "features")
    features = about | {
        name: _placed([(i, p, one["features"][name]) for i, p, one in places], types[name], (n, width))
        for name in types
        if name in told or (name not in traits and name not in about)
    }
    return Observations(
        int(task["tick"]),
        task["group"],
        task["task"],
        np.array([row["agent"] for row in rows], np.int64),
        int(task["limit"]),
        items,
        traits,
        features,
        keys,
        np.array([one["item"] for one in elsewhere], np.int64),
        lambda item: texts.get(item, ""),
        np.array([row["seat"] for row in rows], np.int64),
        tuple(about),
    )


def answer_of(actions: Actions) -> dict[str, Any]:
    """The output of a task: what a mind that lives elsewhere wants its agents to do."""
    rows = []
    for i in range(len(actions)):
        row: Row = {"agent": int(actions.agent[i]), "kind": KINDS[actions.kind[i]], "item": int(actions.item[i])}
        if np.isfinite(actions.value[i]) and (actions.value[i] or row["kind"] == "guess"):
            row["value"] = float(actions.value[i])
        if row["kind"] == "post" and np.isfinite(actions.vector[i]).all():
            row["vector"] = np.asarray(actions.vector[i], np.float64).tolist()
        if actions.text[i]:
            row["text"] = str(actions.text[i])
        rows.append(row)
    return {"actions": rows}


def _item(item: int, text: str, features: Mapping[str, Any], key: int | None) -> Row:
    told: Row = {"item": item}
    if key is not None:
        told["key"] = str(key)
    if text:
        told["text"] = text
    return told | {"features": dict(features)}


def _placed(values: Sequence[tuple[int, int, Any]], types: str, shape: tuple[int, int]) -> NDArray[Any]:
    told = column_of([value for _, _, value in values], types)
    column = np.zeros((*shape, *told.shape[1:]), told.dtype)
    if values:
        column[[i for i, _, _ in values], [place for _, place, _ in values]] = told
    return column


def _names(rows: Sequence[Mapping[str, Any]], key: str) -> list[str]:
    return list(rows[0][key]) if rows else []
