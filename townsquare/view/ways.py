"""Ways from one page to another that stay in the visitor's session, so that a token is shown once."""

from collections.abc import Mapping, Sequence
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


def column(title: str, key: str, help: str) -> Any:
    """A column of a table whose cells lead elsewhere: their text is a button, and ``follow`` says where to.

    A column of links would open another tab, which knows nothing of this session and asks for the token again.
    """
    return st.column_config.ButtonColumn(title, help=help, key=key)


def follow(key: str, page: str, places: Sequence[Mapping[str, Any]]) -> None:
    """Go where the button that was pressed leads: ``places`` has what stands in the address of ``page``, row by row.

    A press counts for the rows that were on the page when it was made; those of a live table may have moved since.
    """
    seen = st.session_state.get(f"{key}-ways", places)
    st.session_state[f"{key}-ways"] = places
    pressed = st.session_state.get(key)
    pages = st.session_state.get(PAGES, {})
    if pressed is not None and page in pages and pressed["row"] < len(seen):
        st.switch_page(pages[page], query_params={name: str(value) for name, value in seen[pressed["row"]].items()})
