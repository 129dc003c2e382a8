"""The page that Streamlit runs: a token where one is asked for, and the pages."""

import hmac
import os

import streamlit as st

from townsquare.view import place, queries, ways
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


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Townsquare", page_icon="🏘️", layout="wide")
    token = os.environ.get(place.TOKEN, "")
    if token and not _let_in(token):
        return
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
    page = st.navigation([front, *pages])
    page.run()
    settle(page.url_path)


def _square_first() -> bool:
    """Whether visitors land on the town square: where one run is given, or the newest one is live."""
    found = [run for run in queries.runs_below(place.Root.given().folder) if not run.problem]
    return bool(found) and (found[0].name == "." or found[0].info["status"] == "running")


def _front() -> None:
    """Nobody stays here: every page keeps an address of its own, whichever of them is first."""
    first = "square" if _square_first() else "runs"
    st.switch_page(st.session_state[ways.PAGES][first], query_params=st.query_params.to_dict())


def _let_in(token: str) -> bool:
    """Whether the visitor has shown the token, in the address or in the box, once in this session."""
    if st.session_state.get("let-in"):
        return True
    given = place.asked("token") or st.text_input("Token", type="password")
    if given and hmac.compare_digest(given.encode(), token.encode()):
        st.session_state["let-in"] = True
        place.keep(token=None)
        return True
    return False


if __name__ == "__main__":
    main()
