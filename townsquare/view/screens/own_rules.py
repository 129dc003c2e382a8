"""Readers' own rules on the page Moderation: everybody may look, each may change their own, and everything back."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph
from townsquare.sim.preferences.policy import Policy
from townsquare.view import place, policies
from townsquare.view.drawing import shown
from townsquare.view.safe import plain, visible

_SEEN = "rules-seen"


def section(run: RunFolder) -> None:
    """Whose rules there are, and those of the reader that the visitor says to be."""
    st.subheader("Readers' own rules")
    there = policies.kept(run)
    if there:
        st.text(f"Readers of this run with rules of their own: {len(there):,}.")
        rows = [{"reader": one.reader, "rules": _count(one), "what": _kind(one)} for one in there]
        shown(pd.DataFrame(rows), "readers with rules")
    else:
        st.text("No reader of this run has written rules of their own. Policies of groups are settings of the run.")
    names = set(run.agents()["name"].astype(str)) | {one.reader for one in there}
    typed = st.text_input("I am the reader", value=place.asked("reader"), placeholder="name of a reader").strip()
    place.keep(reader=typed or None)
    if not typed:
        st.caption("Give a name to see that reader's rules. They are kept beside the run and change nothing in it.")
        return
    if typed not in names:
        st.warning(plain(f"There is no reader {typed!r} in this run.", 200))
        return
    one = policies.read(run, typed)
    if one.problem:
        st.error(plain(one.problem, 500))
        return
    _rules(one)
    if place.Root.given().read_only:
        st.caption("This dashboard only looks (--read-only): rules cannot be changed here.")
        _log(run, one, editable=False)
        return
    st.caption(
        "The dashboard does not know who you are: whoever may open it can change these rules. Start it with "
        "--read-only to have them looked at only."
    )
    if isinstance(one.rules, PreferenceGraph):
        _change_graph(run, one, one.rules)
    elif one.rules is not None:
        _change_policy(run, one, one.rules)
    _log(run, one, editable=True)
    st.session_state[_SEEN] = (str(run.path), one.reader, one.stamp)


def _kind(one: policies.Kept) -> str:
    if one.rules is None:
        return one.problem
    return "concerns and their facets" if isinstance(one.rules, PreferenceGraph) else "categories in words and examples"


def _count(one: policies.Kept) -> int:
    if isinstance(one.rules, PreferenceGraph):
        return len(one.rules.nodes)
    return 0 if one.rules is None else len(one.rules.categories())


def _rules(one: policies.Kept) -> None:
    """What the log comes to."""
    if isinstance(one.rules, PreferenceGraph):
        rows = [
            {
                "id": node.id,
                "is": "facet of " + node.what.concern if isinstance(node.what, Facet) else node.what.polarity,
                "in words": node.what.description if isinstance(node.what, Facet) else node.what.name,
                "weight": round(node.weight, 3),
                "not meant": "; ".join(node.exceptions),
            }
            for node in one.rules.nodes.values()
        ]
    elif one.rules is not None:
        rows = [
            {
                "category": category.name,
                "is": "blocked" if category.status == "block" else "allowed",
                "in words": category.definition,
                "examples": "; ".join(category.examples),
            }
            for category in one.rules.categories().values()
        ]
    else:
        rows = []
    if rows:
        shown(pd.DataFrame(rows), "rules")
    else:
        st.text("This reader blocks nothing and protects nothing.")


def _change_policy(run: RunFolder, one: policies.Kept, rules: Policy) -> None:
    with st.form("rules-block", clear_on_submit=True):
        st.text("Block a kind of text")
        name = st.text_input("Category")
        definition = st.text_input("What it is, in a sentence")
        examples = st.text_area("Examples, one a line")
        if st.form_submit_button("Block"):
            lines = [line.strip() for line in examples.splitlines() if line.strip()]
            _do(run, one, lambda: rules.block(name.strip(), definition.strip(), lines))
    blocked = [category.name for category in rules.categories().values() if category.status == "block"]
    if blocked:
        with st.form("rules-allow"):
            allowed = st.selectbox("Allow again", blocked, format_func=lambda text: visible(text, 80))
            if st.form_submit_button("Allow"):
                _do(run, one, lambda: rules.unblock(str(allowed)))


def _change_graph(run: RunFolder, one: policies.Kept, graph: PreferenceGraph) -> None:
    ids = list(graph.nodes)
    if ids:
        with st.form("rules-weigh"):
            target = str(st.selectbox("Rule", ids, format_func=lambda text: visible(text, 80)))
            op = str(st.selectbox("Change", ["strengthen", "weaken", "add_exception", "remove"], format_func=_words))
            amount = st.number_input("By how much", 0.0, 1.0, 0.1, 0.05)
            value = st.text_input("What is not meant, in words (for an exception)")
            if st.form_submit_button("Change"):
                more: dict[str, Any] = {"strengthen": {"amount": amount}, "weaken": {"amount": amount}}.get(op, {})
                if op == "add_exception":
                    more = {"value": value}
                _do(run, one, lambda: graph.change(target, op, **more))
    with st.form("rules-add", clear_on_submit=True):
        st.text("Add a rule")
        id = st.text_input("Short name")
        owner = st.selectbox("It is", ["a concern", *(node.id for node in graph.concerns())], format_func=_owner)
        words = st.text_input("In words")
        found = st.text_input("Found by these words, with blanks between")
        if st.form_submit_button("Add"):
            _do(run, one, lambda: graph.change(id.strip(), "add", value=_rule(str(owner), words, tuple(found.split()))))


def _rule(owner: str, words: str, found: tuple[str, ...]) -> Concern | Facet:
    if not words.strip():
        raise InputError("say in words what the rule is about.")
    if owner == "a concern":
        return Concern(name=words.strip(), words=found)
    return Facet(concern=owner, description=words.strip(), words=found)


def _words(op: str) -> str:
    return op.replace("_", " ")


def _owner(id: str) -> str:
    return id if id == "a concern" else visible(f"a facet of {id}", 80)


def _log(run: RunFolder, one: policies.Kept, *, editable: bool) -> None:
    """Every change there was, newest first; nothing is taken out, and each can be taken back."""
    if one.rules is None or not len(one.rules.log):
        return
    st.text("Changes, newest first; each can be taken back, and none is lost.")
    for delta in list(one.rules.log)[::-1][:50]:
        left, right = st.columns([8, 2], vertical_alignment="center")
        state = "taken back" if delta.undone else "" if delta.accepted else "proposed, not accepted"
        left.text(visible(f"{delta.id}. {policies.told(delta)}" + (f" [{state}]" if state else ""), 400))
        if not editable:
            continue
        act, label = _flip(one.rules, delta.id, delta.undone, delta.accepted)
        if right.button(label, key=f"rules-{one.reader}-{delta.id}-{label}"):
            _do(run, one, act)


def _flip(rules: Policy | PreferenceGraph, id: int, undone: bool, accepted: bool) -> tuple[Callable[[], Any], str]:
    if isinstance(rules, PreferenceGraph):
        if not accepted:
            return (lambda: rules.accept(id)), "Accept"
        return (lambda: rules.redo(id) if undone else rules.undo(id)), "Redo" if undone else "Undo"
    if not accepted:
        return (lambda: rules.log.accept(id)), "Accept"
    return (lambda: rules.log.redo(id) if undone else rules.log.undo(id)), "Redo" if undone else "Undo"


def _do(run: RunFolder, one: policies.Kept, act: Callable[[], Any]) -> None:
    """Make a change and keep it, if the rules are still those that the visitor saw."""
    seen = st.session_state.get(_SEEN)
    try:
        if seen is not None and seen[:2] == (str(run.path), one.reader) and seen[2] != one.stamp:
            raise InputError("these rules were changed elsewhere meanwhile; look again, and repeat it.")
        act()
        policies.save(run, one)
    except InputError as error:
        st.error(plain(error, 500))
        return
    st.rerun()
