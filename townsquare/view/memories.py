"""What an agent remembers, from the checkpoints of a run: every version that is held, and what a decision recalled.

Checkpoints are the only place where a run folder keeps memories (docs/run-folder.md). No Streamlit here.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.memory import Scope
from townsquare.protocols.registry import make
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.streams import Streams

_LEXICAL = "hashing"
"""The embedder that can be asked again for nothing: no network, no download."""


def held(run: RunFolder, agent: int, group: str) -> pd.DataFrame | None:
    """Everything that the newest checkpoint holds of an agent, oldest first: tick, layer, domain, version, text,
    importance, item. None where its group keeps no memories in the folder.
    """
    store = _store(run, group)
    if store is None:
        return None
    rows: list[dict[str, Any]] = []
    count: dict[Scope, int] = {}
    for entry in store.entries():
        if entry.scope.owner == agent and entry.scope.kind == "agent":
            version = count[entry.scope] = count.get(entry.scope, 0) + 1
            rows.append(
                {
                    "tick": entry.tick,
                    "layer": entry.scope.layer,
                    "domain": entry.scope.domain,
                    "version": version,
                    "text": entry.text,
                    "importance": round(entry.importance, 3),
                    "item": entry.item,
                }
            )
    columns = ["tick", "layer", "domain", "version", "text", "importance", "item"]
    return pd.DataFrame(rows, columns=columns).sort_values("tick", kind="stable", ignore_index=True)


def recalled(
    run: RunFolder, agent: int, group: str, tick: int, texts: Sequence[str], items: Sequence[int]
) -> pd.DataFrame | None:
    """The memories that lie nearest to what lay before an agent, best first: score, tick, text.

    Found again from what the newest checkpoint holds, as the mind itself did: the query is the mean of the vectors of
    ``texts``, and only what was written before ``tick`` counts. None where that cannot be done here: no memories in
    the folder, or an embedder that is a language model's.
    """
    settings = run.info.scenario.get(group)
    told = settings.get("embedder") if isinstance(settings, dict) else None
    if not isinstance(told, dict) or told.get("name") != _LEXICAL or not texts:
        return None
    store = _store(run, group)
    if store is None:
        return None
    try:
        embedder = make("embedder", _LEXICAL, {k: v for k, v in told.items() if k != "name"}, Streams(run.info.seed))
        query = np.asarray(embedder.embed(list(texts)), np.float64).mean(axis=0)[None]
        k = int(settings.get("recall", 5)) if isinstance(settings, dict) else 5
        found = store.recall(np.array([agent]), query, k, tick=tick, before=tick, items=[list(items)])
    except (TownsquareError, ValueError, TypeError):
        return None
    entries = [
        (round(float(score), 3), store.entry(int(serial)))
        for serial, score in zip(found.entry[0], found.score[0], strict=True)
        if serial >= 0
    ]
    rows = [{"score": score, "tick": entry.tick, "text": entry.text} for score, entry in entries]
    return pd.DataFrame(rows, columns=["score", "tick", "text"])


def _store(run: RunFolder, group: str) -> Arrays | None:
    return _loaded(run.path, run.info.ticks_done, run.info.digest, group)


@lru_cache(maxsize=4)
def _loaded(path: Path, ticks: int, digest: str, group: str) -> Arrays | None:
    """The memories of one group as a store; only its own arrays are read from the checkpoint."""
    for checkpoint in _checkpoints(RunFolder(path)):
        try:
            with np.load(checkpoint, allow_pickle=False) as arrays:
                before = f"mind.{group}."
                state = {name.removeprefix(before): arrays[name] for name in arrays.files if name.startswith(before)}
                if not {"vector", "text", "scope_owner"} <= set(state):
                    return None
                store = Arrays(Arrays.Config(), state["vector"].shape[1])
                store.load(state)
                return store
        except (OSError, ValueError, EOFError, KeyError, IndexError, BadZipFile):
            continue  # torn: an older one then serves
    return None


def _checkpoints(run: RunFolder) -> Iterator[Path]:
    """Those of finished ticks, newest first; those of a fork's parent after its own."""
    own = [path for path in (run.path / "checkpoints").glob("*.npz") if path.stem.isdecimal()]
    yield from sorted((path for path in own if int(path.stem) < run.info.ticks_done), reverse=True)
    fork = run.info.parent
    if fork is not None and run.parent is not None:
        yield from (path for path in _checkpoints(run.parent) if int(path.stem) < fork.at)


def of_items(lines: Sequence[str]) -> list[str]:
    """The texts of an ``items`` block without the places before them."""
    return [line.partition(" ")[2] if line.partition(" ")[0].isdigit() else line for line in lines]


def persona(run: RunFolder, group: str, agent: int = -1) -> str:
    """Where an agent's persona comes from, in a sentence; of one whose posts alone a model writes, that too."""
    settings, agents = run.info.scenario.get(group), run.agents()
    if not isinstance(settings, dict):
        return "What sets it apart stands in the table above."
    mind = str(settings.get("mind", ""))
    if "by_model" in agents and agents.loc[agents["agent"] == agent, "by_model"].any():
        where = "from a file" if settings.get("personas") else "drawn"
        return f"Mind {mind}, and a language model that writes its posts; its persona is {where}, and in its prompts."
    if settings.get("personas"):
        told = settings["personas"]
        where = told if isinstance(told, str) else f"the scenario ({len(json.dumps(told)):,} letters of it)"
        return f"Mind {mind}; its persona is from {where}, and stands in its prompts."
    if mind.startswith("llm"):
        return f"Mind {mind}; its persona was drawn, and stands in its prompts."
    return f"Mind {mind}: no language model, and no persona beyond the traits above."
