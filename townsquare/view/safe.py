"""Texts of a run folder, fit to be put on a page: they are data, and nothing in them is ever markup or a script."""

import unicodedata

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


def _seen(letter: str) -> str:
    if letter in "\n\t":
        return letter
    if letter in _BIDI or unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co"):
        return "⍰"
    return letter
