"""All runs below the folder: what they are, how far they are, what they cost."""

import pandas as pd
import streamlit as st

from townsquare.view import place, queries
from townsquare.view.safe import visible


def page() -> None:
    """The table, with a filter; broken folders are named below it, a sentence each."""
    st.title("Runs")
    root = place.Root.given()
    st.caption(f"Below `{root.folder}`, newest first.")
    found = queries.runs_below(root.folder)
    wanted = st.text_input("Show runs with", value=place.asked("filter"), placeholder="news, finished, ease")
    place.keep(filter=wanted or None)
    rows = [{"run": one.name, **one.info} for one in found if not one.problem]
    words = wanted.lower().split()
    shown = [row for row in rows if all(any(word in str(cell).lower() for cell in row.values()) for word in words)]
    if shown:
        table = pd.DataFrame(shown)
        for column in ("run", "scenario", "status", "forked from"):
            table[column] = [visible(cell, 200) for cell in table[column]]
        st.dataframe(table, hide_index=True, width="stretch")
    else:
        st.info("There is no run here yet." if not rows else "No run has all of these words.")
    for one in found:
        if one.problem:
            st.warning(visible(one.problem, 500), icon="⚠️")
