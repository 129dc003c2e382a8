"""Runs of words: what texts that were copied from one another share."""

import re

RUN = 3
"""Words in a row."""
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, letters made small, all but letters, digits and underscores left out."""
    return _WORD.findall(text.lower())


def word_runs(found: list[str]) -> set[tuple[str, ...]]:
    """All runs of three words; of fewer words the one run that there is, of none none."""
    if len(found) < RUN:
        return {tuple(found)} if found else set()
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}
