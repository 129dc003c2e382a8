"""Runs of words: what texts that were copied from one another share."""

import re

RUN = 3
"""Words in a row."""
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, letters made small, all but letters, digits and underscores left out."""
    return _WORD.findall(text.lower())


def word_runs(found: list[str], run: int = RUN) -> set[tuple[str, ...]]:
    """All runs of ``run`` words (three); of fewer words the one run that there is, of none none."""
    if len(found) < run:
        return {tuple(found)} if found else set()
    return {tuple(found[i : i + run]) for i in range(len(found) - run + 1)}
