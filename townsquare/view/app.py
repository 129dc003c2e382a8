"""The page that Streamlit runs: a token where one is asked for, and the pages."""

import hmac
import os

import streamlit as st

from townsquare.view import place, queries, starting, ways
from townsquare.view.screens import (
    agent,
    compare,
    conversations,
    feed,
    moderation,
    network,
    overview,
    runs,
    square,
    why,
)
from townsquare.view.settled import settle

# Charts of the report have a width of their own: on a narrow page they are moved sideways, not cut off. No string says
# so, because Streamlit puts a bare string of its main script on the page.
_NARROW = "<style>div:has(> [data-testid=stVegaLiteChart]) { max-width: 100%; overflow-x: auto; }</style>"


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Townsquare", page_icon="🏘️", layout="wide")
    st.html(_NARROW)
    token = os.environ.get(place.TOKEN, "")
    entered = not token or _let_in(token)
    front = st.Page(_front, title="Townsquare", url_path="front", default=True, visibility="hidden")
    town = st.Page(square.page, title="Town square", url_path="square", icon=":material/groups:")
    table = st.Page(runs.page, title="Runs", url_path="runs", icon=":material/list:")
    one = [
        st.Page(overview.page, title="Overview", url_path="overview", icon=":material/show_chart:"),
        st.Page(feed.page, title="Feed", url_path="feed", icon=":material/article:"),
        st.Page(why.page, title="Why", url_path="why", icon=":material/help:"),
        st.Page(agent.page, title="Agent", url_path="agent", icon=":material/person:"),
        st.Page(network.page, title="Network", url_path="network", icon=":material/hub:"),
        st.Page(moderation.page, title="Moderation", url_path="moderation", icon=":material/gavel:"),
        st.Page(conversations.page, title="Conversations", url_path="conversations", icon=":material/forum:"),
        st.Page(compare.page, title="Compare", url_path="compare", icon=":material/compare_arrows:"),
    ]
    pages = [town, table, *one] if _square_first() else [table, town, *one]
    ways.lay(pages)
    page = st.navigation([front, *pages], position="sidebar" if entered else "hidden")
    if not entered:  # only now: without pages Streamlit would forget which one the address names
        _ask(token)
        return
    page.run()
    settle(page.url_path)


def _square_first() -> bool:
    """Whether visitors land on the town square: where one run is given, or the newest one is live."""
    folder = place.Root.given().folder
    found = [run for run in queries.runs_below(folder) if not run.problem]
    if not found:
        return False
    first = found[0]
    return first.name == "." or starting.status(folder / first.name, first.info["status"]) == "running"


def _front() -> None:
    """Nobody stays here: every page keeps an address of its own, whichever of them is first."""
    first = "square" if _square_first() else "runs"
    st.switch_page(st.session_state[ways.PAGES][first], query_params=st.query_params.to_dict())


def _let_in(token: str) -> bool:
    """Whether the visitor has shown the token, in the address or in the box, once in this session."""
    if not st.session_state.get("let-in") and _fits(place.asked("token"), token):
        st.session_state["let-in"] = True
        place.keep(token=None)
    return bool(st.session_state.get("let-in"))


def _ask(token: str) -> None:
    """The box, instead of a page; the page as soon as the token stands in it."""
    given = st.text_input("Token", type="password")
    if _fits(given, token):
        st.session_state["let-in"] = True
        st.rerun()
    if given:
        st.error("That is not the token.")


def _fits(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


if __name__ == "__main__":
    main()
