"""Who listens to whom, and who dealt with whom: communities, what they think, seeds, and what was passed on."""

from hashlib import sha256

import numpy as np
import pandas as pd
import streamlit as st

from townsquare.dashboard import graphs
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import communities as grouping
from townsquare.view import graph_queries, place, queries, square_queries
from townsquare.view.chosen import opened, when
from townsquare.view.drawing import numbers, shown
from townsquare.view.graph_queries import Ties
from townsquare.view.safe import plain, visible
from townsquare.view.ways import way

MOST_AGENTS, MOST_COMMUNITIES = 250, 24
"""What a picture holds: agents one by one, or communities."""
_FOLLOWS = "follows"
_WINDOW = 10


def page() -> None:
    """Choose the ties; communities with what they think, their picture, seeds, and the largest cascades."""
    opened("Network", _body)


def _body(name: str, run: RunFolder) -> None:
    agents = run.agents()
    tick = when(run)
    found = _ties(run, agents, tick)
    if found is not None:
        ties, told = found
        groups = _grouped(ties)
        if groups.count == 0:
            st.info("Nobody has such a tie with anybody else.")
        else:
            _network(run, agents, tick, ties, groups, told)
    _seeds(agents)
    _cascades(name, run, agents)


def _digest(ties: Ties) -> str:
    parts = (ties.source, ties.target, ties.weight, np.array([ties.agents]))
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@st.cache_data(max_entries=8, show_spinner="Looking for communities", hash_funcs={Ties: _digest})
def _grouped(ties: Ties) -> grouping.Communities:
    """Communities, found once for the same ties."""
    return grouping.communities(ties)


def _ties(run: RunFolder, agents: pd.DataFrame, tick: int) -> tuple[Ties, str] | None:
    """The ties that are asked for, and in words which they are; None, and a sentence, where there are none."""
    ticks = range(max(0, tick - _WINDOW + 1), tick + 1)
    problem = ""
    try:
        follows = graph_queries.follows(run, agents)
    except TownsquareError as error:
        follows, problem = None, str(error)
    offered = {
        **({_FOLLOWS: "follows: from who listens to who is listened to"} if follows is not None else {}),
        **{kind: graph_queries.DEALINGS[kind] for kind in graph_queries.kinds_there(run, ticks)},
    }
    if problem:
        st.warning(plain(problem, 500))
    if not offered:
        st.info("In this town nobody follows, likes or answers anybody, at least not in these ticks.")
        return None
    given = place.asked("ties", next(iter(offered)))
    kinds = list(offered)
    kind = st.selectbox(
        "Ties", kinds, index=kinds.index(given) if given in kinds else 0, format_func=offered.__getitem__
    )
    place.keep(ties=kind)
    if kind == _FOLLOWS:
        assert follows is not None
        return follows, "who follows whom, which does not change during the run"
    ties = graph_queries.dealings(run, kind, ticks, len(agents))
    return ties, f"ticks {ticks[0]} to {ticks[-1]}" if len(ticks) > 1 else f"tick {ticks[0]}"


def _network(
    run: RunFolder, agents: pd.DataFrame, tick: int, ties: Ties, groups: grouping.Communities, told: str
) -> None:
    tied = np.flatnonzero(groups.of >= 0)
    inside = groups.of[ties.source] == groups.of[ties.target]
    columns = st.columns(4)
    facts = {
        f"Agents with ties, of {len(agents):,}": f"{len(tied):,}",
        "Ties": f"{len(ties):,}",
        "Communities": f"{groups.count:,}",
        "Weight inside communities": f"{ties.weight[inside].sum() / max(1.0, ties.weight.sum()):.0%}",
    }
    for column, (label, value) in zip(columns, facts.items(), strict=True):
        column.metric(label, value)
    opinions = square_queries.thought(run, agents, tick) if square_queries.has_opinions(run, agents) else None
    ways = ["agents", "communities"]
    given = place.asked("draw", ways[0] if len(tied) <= MOST_AGENTS else ways[1])
    draw = st.radio("Draw", ways, index=ways.index(given) if given in ways else 0, horizontal=True)
    place.keep(draw=draw)
    if draw == "agents":
        nodes, edges, words = _agents(agents, ties, opinions)
    else:
        nodes, edges, words = _communities(agents, ties, groups, opinions)
    picture = graphs.ties(nodes, edges, stance=opinions is not None, sized="ties" if draw == "agents" else "members")
    st.altair_chart(picture, width="stretch", theme=None, key="network-picture")
    st.caption(
        f"Ties: {told}. {words} Near means tied; places mean nothing else, and are the same every time. Communities: "
        f"{groups.method}." + (" Grey: without an opinion." if opinions is not None else "")
    )
    table = _table(agents, groups, opinions)
    st.subheader("Communities")
    shown(table.head(200), "communities")


def _agents(
    agents: pd.DataFrame, ties: Ties, opinions: "np.ndarray[tuple[int], np.dtype[np.float64]] | None"
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Agents one by one: all with ties, or those with most."""
    weight = np.bincount(ties.source, weights=ties.weight, minlength=ties.agents)
    weight += np.bincount(ties.target, weights=ties.weight, minlength=ties.agents)
    named = roles(agents)
    special = (named != agents["group"].astype(str)).to_numpy() & (weight > 0)
    special &= np.cumsum(special) <= MOST_AGENTS // 5
    order = np.lexsort((np.arange(ties.agents), -weight, ~special))
    chosen = np.sort(order[: min(MOST_AGENTS, int((weight > 0).sum()))])
    kept = np.isin(ties.source, chosen) & np.isin(ties.target, chosen)
    some = Ties(ties.source[kept], ties.target[kept], ties.weight[kept], ties.agents)
    nodes = grouping.laid_out(some, chosen)
    nodes["label"] = [visible(one, 60) for one in agents["name"].iloc[chosen]]
    nodes["role"] = named.iloc[chosen].to_numpy()
    nodes["size"] = weight[chosen]
    if opinions is not None:
        nodes["stance"] = opinions[chosen]
    total = int((weight > 0).sum())
    words = (
        f"Drawn: all {total:,} agents with ties."
        if total == len(chosen)
        else f"Drawn: the {len(chosen):,} of {total:,} agents with most ties (seeds and stubborn first), and "
        "the ties between them."
    )
    return nodes, _lines(nodes, some), words


def _communities(
    agents: pd.DataFrame,
    ties: Ties,
    groups: grouping.Communities,
    opinions: "np.ndarray[tuple[int], np.dtype[np.float64]] | None",
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Communities as one node each; the smallest together."""
    most = MOST_COMMUNITIES if groups.count > MOST_COMMUNITIES + 1 else groups.count
    node, between = grouping.gathered(ties, groups.of, most)
    nodes = grouping.laid_out(between, np.arange(between.agents))
    members = np.bincount(node[node >= 0], minlength=between.agents)
    rest = groups.count - most
    nodes["label"] = [
        f"the {rest:,} smallest communities" if number == most else f"community {number}" for number in nodes["node"]
    ]
    nodes["size"] = members
    nodes["role"] = ["communities, all the smaller ones" if number == most else "community" for number in nodes["node"]]
    nodes["told"] = [f"{count:,}" for count in members]
    if opinions is not None:
        known = (node >= 0) & np.isfinite(opinions)
        total = np.bincount(node[known], weights=opinions[known], minlength=between.agents)
        count = np.bincount(node[known], minlength=between.agents)
        nodes["stance"] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    left = f", the {rest:,} smaller ones as one" if rest else ""
    words = f"Drawn: {most:,} communities with the number of their members{left}; lines are the ties between them."
    return nodes, _lines(nodes, between), words


def _lines(nodes: pd.DataFrame, ties: Ties) -> pd.DataFrame:
    """Each tie with the places of its ends, both directions together; the 2,000 heaviest."""
    low, high = np.minimum(ties.source, ties.target), np.maximum(ties.source, ties.target)
    table = pd.DataFrame({"a": low, "b": high, "weight": ties.weight}).groupby(["a", "b"], as_index=False).sum()
    table = table.sort_values(["weight", "a", "b"], ascending=[False, True, True]).head(2_000)
    spots = nodes.set_index("node")[["x", "y"]]
    ends = spots.reindex(table["a"]).reset_index(drop=True)
    others = spots.reindex(table["b"]).reset_index(drop=True)
    return pd.DataFrame(
        {"x": ends["x"], "y": ends["y"], "x2": others["x"], "y2": others["y"], "weight": table["weight"].to_numpy()}
    )


def roles(agents: pd.DataFrame) -> "pd.Series[str]":
    """What each agent is on the picture: its group, or that persuaders push their posts to it."""
    found = agents["group"].astype(str).map(lambda group: visible(group, 40))
    if "first_audience" in agents:
        found = found.mask(agents["first_audience"].astype(bool), "first audience (seeds)")
    if "stubborn" in agents:
        found = found.mask(agents["stubborn"].astype(bool), "stubborn")
    return found


def _table(
    agents: pd.DataFrame, groups: grouping.Communities, opinions: "np.ndarray[tuple[int], np.dtype[np.float64]] | None"
) -> pd.DataFrame:
    """Community, members, what they think, and of which kinds they are."""
    frame = pd.DataFrame({"community": groups.of, "role": roles(agents).to_numpy()})
    if opinions is not None:
        frame["opinion"] = opinions
    frame = frame[frame["community"] >= 0]
    table = frame.groupby("community").size().rename("members").to_frame()
    if opinions is not None:
        spread = frame.groupby("community")["opinion"]
        table["mean opinion"] = spread.mean().round(3)
        table["standard deviation"] = spread.std(ddof=0).round(3)
    kinds = pd.crosstab(frame["community"], frame["role"])
    if kinds.shape[1] > 1:
        table = table.join(kinds.add_prefix("of them: "))
    return table.reset_index()


def _seeds(agents: pd.DataFrame) -> None:
    """Who is to be reached first, and who wants to reach them."""
    if "first_audience" not in agents:
        return
    st.subheader("Seeds")
    first = agents[agents["first_audience"].astype(bool)]
    persuaders = agents[agents["group"] == "persuaders"]
    st.text(
        f"{len(persuaders):,} persuaders push their posts to a first audience of {len(first):,} members, which the "
        "rule of persuaders.first chose."
    )
    columns = [name for name in ("agent", "name", "group", "opinion", "followers") if name in agents]
    with st.expander("Who they are"):
        shown(pd.concat([persuaders, first])[columns].head(500), "seeds")


def _cascades(name: str, run: RunFolder, agents: pd.DataFrame) -> None:
    """The largest trees of posts that rest on one another; one of them drawn."""
    st.subheader("Cascades")
    made = graph_queries.posts(run)
    table = graph_queries.cascades(made)
    if table.empty:
        st.info("No post of this run rests on another: nothing was passed on, answered or taken up.")
        return
    st.caption("Posts that answer, or were inspired by, one another, over the whole run; the largest first.")
    shown(table, "cascades")
    roots = table["root"].tolist()
    about = queries.items(run, roots).set_index("item")["name"]
    given = place.number("item", 0, 2**31, roots[0])
    root = int(
        st.selectbox(
            "Cascade of",
            roots,
            index=roots.index(given) if given in roots else 0,
            format_func=lambda item: visible(f"{item}: {about.get(item, '')}", 100),
        )
    )
    place.keep(item=root)
    nodes, whole = graph_queries.tree(made, root)
    called = agents["name"].astype(str)
    nodes["author"] = [visible(one, 60) for one in called.reindex(nodes["agent"]).fillna("the town")]
    nodes["label"] = [f"item {item}" for item in nodes["item"]]
    st.altair_chart(graphs.cascade(nodes), width="stretch", theme=None, key="cascade-picture")
    part = f"the {len(nodes):,} oldest of {whole:,} posts" if len(nodes) < whole else f"all {whole:,} posts"
    st.caption(f"Drawn: {part}. Each post at its tick, with a line to what it rests on; height means nothing.")
    text = queries.items(run, [root])
    if len(text) and text["text"].iloc[0]:
        st.text(visible(text["text"].iloc[0]))
    row = nodes[nodes["item"] == root]
    if len(row):
        first = row.iloc[0]
        way("why", "What it rests on, and what came of it", icon=":material/help:", run=name,
            agent=max(0, int(first["agent"])), tick=int(first["tick"]), item=root)  # fmt: skip
    numbers(nodes.drop(columns=["label"]), "cascade")
