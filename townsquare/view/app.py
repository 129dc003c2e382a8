"""The page that Streamlit runs: a token where one is asked for, and the pages."""

import hmac
import os

import streamlit as st

from townsquare.view import place
from townsquare.view.screens import agent, feed, overview, runs, why


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Townsquare", page_icon="🏘️", layout="wide")
    token = os.environ.get(place.TOKEN, "")
    if token and not _let_in(token):
        return
    pages = [
        st.Page(runs.page, title="Runs", url_path="runs", default=True),
        st.Page(overview.page, title="Overview", url_path="overview"),
        st.Page(feed.page, title="Feed", url_path="feed"),
        st.Page(agent.page, title="Agent", url_path="agent"),
        st.Page(why.page, title="Why", url_path="why"),
    ]
    st.navigation(pages).run()


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
