"""What people do to a text to get it past a filter: look-alikes, invisible signs, digits for letters, gaps (ours)."""

from collections.abc import Callable, Mapping

import numpy as np

from townsquare.protocols.errors import InputError

_LOOKALIKES = dict(zip("aceiopxyhs", "асеіорхуһѕ", strict=True))
_LEET = dict(zip("aeiost", "@31057", strict=True))
_INVISIBLE = "\u200b"


def _replaced(letters: Mapping[str, str]) -> Callable[[str, np.random.Generator, float], str]:
    def change(text: str, rng: np.random.Generator, share: float) -> str:
        draws = rng.random(len(text))
        return "".join(
            letters.get(c.lower(), c) if draw < share else c for c, draw in zip(text, draws.tolist(), strict=True)
        )

    return change


def _invisible(text: str, rng: np.random.Generator, share: float) -> str:
    draws = rng.random(len(text))
    return "".join(
        c + _INVISIBLE if draw < share and c.isalnum() else c for c, draw in zip(text, draws.tolist(), strict=True)
    )


def _apart(text: str, rng: np.random.Generator, share: float) -> str:
    pieces = text.split(" ")
    draws = rng.random(len(pieces))
    return " ".join(
        " ".join(word) if draw < share and word.isalpha() and len(word) > 3 else word
        for word, draw in zip(pieces, draws.tolist(), strict=True)
    )


def _misspelt(text: str, rng: np.random.Generator, share: float) -> str:
    letters = list(text)
    for place in np.flatnonzero(rng.random(max(0, len(letters) - 1)) < share).tolist():
        if letters[place].isalpha() and letters[place + 1].isalpha():
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters)


DISGUISES: Mapping[str, Callable[[str, np.random.Generator, float], str]] = {
    "look-alikes": _replaced(_LOOKALIKES),
    "invisible signs": _invisible,
    "digits for letters": _replaced(_LEET),
    "letters apart": _apart,
    "letters swapped": _misspelt,
}
"""By name: a function from a text, a generator and the share of letters (of words for ``letters apart``) it changes.
"""


def disguised(text: str, how: str, rng: np.random.Generator, share: float = 0.1) -> str:
    """``text`` with about ``share`` of it changed; "" stays "". Raises InputError for a disguise that is none."""
    if how not in DISGUISES:
        raise InputError(f"there is no disguise {how!r}; there are {', '.join(DISGUISES)}.")
    return DISGUISES[how](text, rng, share)
