"""Being written."""

import streamlit as st


def page() -> None:
    """Nothing yet."""
    st.title("network")
