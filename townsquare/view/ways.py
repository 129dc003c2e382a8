"""Ways from one page to another that stay in the visitor's session, so that a token is shown once."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from townsquare.view import place

PAGES = "ways"
"""Where a session keeps its pages, by their address."""


def lay(pages: Sequence[Any]) -> None:
    """Say which pages there are: every run of the app does."""
    st.session_state[PAGES] = {page.url_path: page for page in pages}


def way(page: str, label: str, *, icon: str | None = None, within: Any = st, **values: Any) -> None:
    """A link to ``page`` with ``values`` in its address, a list for several of a kind.

    ``label`` is ours, or ``plain``: Streamlit reads markdown. A page shown alone, as in a test, has plain links.
    """
    pages = st.session_state.get(PAGES, {})
    kept = {
        key: [str(one) for one in value] if isinstance(value, list) else str(value)
        for key, value in values.items()
        if value is not None
    }
    if page in pages:
        within.page_link(pages[page], label=label, icon=icon, query_params=kept)
    else:
        within.link_button(label, place.link(page, **kept), icon=icon)
