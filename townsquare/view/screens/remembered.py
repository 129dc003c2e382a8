"""Memories on the page Agent: what a decision recalled, what was kept of a tick, and layers with all versions."""

import pandas as pd
import streamlit as st

from townsquare.protocols.runfolder import RunFolder
from townsquare.view import memories, place
from townsquare.view.decisions import Turn
from townsquare.view.drawing import numbers, shown
from townsquare.view.safe import visible

_LAYERS = {
    "episode": "episode: what happened, one entry each",
    "separated": "separated: what is known of one domain on its own",
    "fused": "fused: what is known of one domain with what the others say about it",
    "group": "group: what is shared with a circle of agents",
}


def recalled(run: RunFolder, agent: int, group: str, tick: int, number: int, turn: Turn, items: list[int]) -> None:
    """The memories that stood in a prompt, and how all that could be recalled scored."""
    st.subheader("Memories recalled")
    told = turn.block("memories")
    st.text(visible("\n".join(told), 4_000) if told else "None: there is no block of memories in the prompt.")
    scored = memories.recalled(run, agent, group, tick, memories.of_items(turn.block("items")), items)
    if scored is not None and len(scored):
        shown(scored, f"scores of memories {number + 1}")
        st.caption(
            "Scores are computed again from the newest checkpoint, best first: likeness to what lay before it, how "
            "recent, how important, and about the same item. What found no room in the prompt is here too."
        )
    elif told:
        st.caption(
            "How they scored cannot be computed again: the newest checkpoint no longer holds them, or a language "
            "model's embedder found them."
        )


def kept(run: RunFolder, agent: int, group: str, tick: int) -> None:
    """What was written into memory at the end of a tick."""
    found = memories.held(run, agent, group)
    if found is None:
        return
    st.subheader("What it kept of it")
    mine = found[found["tick"] == tick]
    if mine.empty:
        st.text("Nothing was written into its memory in this tick, or nothing that is still held.")
    else:
        shown(_told(mine), "kept of the tick")


def section(run: RunFolder, agent: int, group: str, tick: int) -> None:
    """Layers and their versions over time, as far as the folder keeps them."""
    st.header("What it remembers", divider="grey")
    found = memories.held(run, agent, group)
    if found is None:
        st.text(
            f"Nothing is kept: agents of the group {visible(group, 40)} have no memory in this run. Agents that a "
            "language model decides for have one where their scenario gives it."
        )
        return
    if found.empty:
        st.text("It has a memory, and nothing in it yet.")
        return
    left, right = st.columns(2)
    layer = _chosen(left, "Layer", "layer", [one for one in _LAYERS if (found["layer"] == one).any()])
    mine = found[found["layer"] == layer]
    domain = _chosen(right, "Domain", "domain", mine["domain"].drop_duplicates().tolist())
    mine = mine[mine["domain"] == domain]
    if layer == "episode":
        shown(_told(mine), "memories")
    else:
        _versions(mine, tick)
    st.caption(
        "From the newest checkpoint: every version of a text with the tick that wrote it; of episodes the newest, as "
        "many as the store's ring holds. What a tick wrote is read from the next one on."
    )
    count = pd.crosstab(found["tick"], found["layer"]).reset_index().rename_axis(None, axis=1)
    numbers(count, "entries written, by tick and layer")


def _chosen(box: "st.delta_generator.DeltaGenerator", label: str, parameter: str, there: list[str]) -> str:
    """One of ``there``, which stands in the address where there is more than one."""
    if len(there) < 2:
        place.keep(**{parameter: None})
        return there[0]
    given, key = place.asked(parameter), f"memory-{parameter}"
    place.settled(key, parameter, given if given in there else there[0])
    if st.session_state[key] not in there:  # of another layer or agent
        st.session_state[key] = there[0]
    one = str(box.selectbox(label, there, format_func=_option, key=key))
    place.told(key, parameter, one)
    return one


def _option(one: str) -> str:
    return visible(_LAYERS.get(one, one) or "(no domain)", 100)


def _versions(mine: pd.DataFrame, tick: int) -> None:
    """The version that was in force at a tick, or another one, beside the one before it; and all of them."""
    texts, written = mine["text"].tolist(), mine["tick"].tolist()
    force = sum(when < tick for when in written)
    st.text(
        f"At tick {tick} version {force} of {len(texts)} was in force."
        if force
        else f"At tick {tick} there was nothing here yet."
    )
    at = max(force, 1)
    if len(texts) > 1:
        at = int(st.slider("Version", 1, len(texts), at, key=f"memory-version-{tick}-{len(texts)}"))
    for version in (at - 1, at):
        if version:
            st.text(f"Version {version}, written at tick {written[version - 1]}:")
            st.code(visible(texts[version - 1]), language=None, wrap_lines=True)
    shown(_told(mine), "memories")


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that say something."""
    columns = ["tick", "layer", "domain", "version", "importance", "item", "text"]
    rows = rows.assign(item=rows["item"].astype("Int64").where(rows["item"] >= 0))
    return rows[[name for name in columns if name != "domain" or rows[name].astype(bool).any()]]
