"""How things look: colours, dashes and shapes.

Colours are Okabe and Ito's, which stay apart for colour-blind readers; each comes with a dash and a shape of its own,
so that a page printed in grey says as much as the screen.
"""

from dataclasses import dataclass
from typing import Any

INK = "#222222"
"""Text and axes."""
QUIET = "#6b6b6b"
"""Secondary text; 5.3:1 against white."""
GRID = "#e3e3e3"
BAND = "#f1f1f1"
"""Every other phase of a life cycle."""
BACKGROUND_POINT = "#b8b8b8"


@dataclass(frozen=True, slots=True)
class Style:
    """What one line or one group of points looks like."""

    colour: str
    dash: tuple[int, ...]
    shape: str


STYLES = (
    Style("#0072B2", (1, 0), "circle"),
    Style("#D55E00", (7, 3), "square"),
    Style("#009E73", (2, 2), "triangle-up"),
    Style("#CC79A7", (9, 3, 2, 3), "diamond"),
    Style("#E69F00", (12, 3), "triangle-down"),
    Style("#56B4E9", (4, 2, 1, 2), "cross"),
)
"""Series in the order in which they are given out. Okabe and Ito's yellow is left out: it cannot be seen on white."""

_PAPER = ("white", "#fff", "#ffffff")
_AT_NIGHT = {INK: "#e8e8e6", QUIET: "#a5a5a0", GRID: "#3c3b38", BAND: "#262522", **dict.fromkeys(_PAPER, "#171614")}
_DATA = ("data", "datasets", "domain")


def at_night(spec: Any) -> Any:
    """The Vega-Lite ``spec`` for a dark page: text, axes and bands change places with the paper; the colours of the
    series stay, which are apart on either; data is left as it is.
    """
    if isinstance(spec, list):
        return [at_night(one) for one in spec]
    if isinstance(spec, dict):
        return {key: value if key in _DATA else at_night(value) for key, value in spec.items()}
    return _AT_NIGHT.get(spec, spec) if isinstance(spec, str) else spec
