"""Texts of a run folder, fit to be put on a page: they are data, and nothing in them is ever markup or a script."""

import unicodedata
from collections.abc import Sequence
from html import escape

import pandas as pd

MOST = 2_000
"""Letters that are shown of one text."""
_BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
_MARKUP = set("\\`*_{}[]()<>#+-.!|~:$&@^=")
"""What Streamlit's markdown could take for markup, a colour, a formula or an emoji."""


def visible(text: object, most: int = MOST) -> str:
    """``text`` on its lines, at most ``most`` letters of it; what cannot be seen, or turns a line round, becomes ⍰.

    For ``st.text``, ``st.code`` and tables, which take no markup. Tabs and line breaks stay.
    """
    given = str(text)
    shown = "".join(_seen(letter) for letter in given[:most])
    left = len(given) - most
    return shown if left <= 0 else f"{shown}… ({left:,} letters more)"


def frame(table: pd.DataFrame, most: int = 300) -> pd.DataFrame:
    """``table`` with every cell of words made ``visible``; numbers stay numbers."""
    shown = table.copy()
    for name in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[name]) and not pd.api.types.is_bool_dtype(shown[name]):
            shown[name] = [cell if cell is None else visible(cell, most) for cell in shown[name]]
    shown.columns = [visible(name, 100) for name in shown.columns]
    return shown


def plain(text: object, most: int = 200) -> str:
    """``text`` on one line with every sign of markup escaped: for the few places where Streamlit reads markdown."""
    line = " ".join(visible(text, most).split())
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in line)


def marked(text: str, spans: Sequence[tuple[int, int]], most: int = MOST) -> str:
    """``text`` as HTML with the parts between ``spans`` highlighted, for ``st.html``: ours are a paragraph and marks,
    and every letter of the text is ``visible`` and escaped. Spans may touch, overlap, and lie beyond the text.
    """
    style = "background-color: rgba(230, 159, 0, 0.35); color: inherit; text-decoration: underline"
    made, reached = [], 0
    for start, end in _apart(spans, min(len(text), most)):
        made.append(escape(visible(text[reached:start], most)))
        made.append(f'<mark style="{style}">{escape(visible(text[start:end], most))}</mark>')
        reached = end
    made.append(escape(visible(text[reached:], most - reached)))
    return f'<p style="white-space: pre-wrap; overflow-wrap: anywhere; margin: 0">{"".join(made)}</p>'


def _apart(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The same parts of the first ``length`` letters, in order, none empty, no two of which touch."""
    made: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _seen(letter: str) -> str:
    if letter in "\n\t":
        return letter
    if letter in _BIDI or unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co"):
        return "⍰"
    return letter
