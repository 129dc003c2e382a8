"""How a page follows a run that goes on without taking the machine from it.

Every second one line says how far the run is, which takes a look at run.json and nothing else. The whole page is drawn
again when the run has moved on, but no sooner than the last drawing was worth: what it took of a core, here and in the
browser, is at most ``SHARE`` of the time until the next. When the run ends the page is drawn once more, and rests.
`python -m benchmarks.following` measures what that comes to.

The pace is the browser's: of a page that it does not show it may ask less often, and misses nothing by that. The server
takes no lower priority than the run: of so little nothing would be gained, and runs that are started from the page
would inherit it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.view import starting
from townsquare.view.safe import plain, visible

SHARE = 0.06
"""Of a core, for drawing the page again: server and browser together."""
LEAST = 2.0
"""Seconds between two drawings, however cheap they are."""
BROWSER, PAGE = 0.5, 0.2
"""What a browser takes to show a page: so many seconds for each that the server took, and so many in any case. Measured
with Chromium on the pages Town square and Overview."""
STILL = "<style>[data-testid=stProgress] * { transition: none !important; }</style>"
"""A bar that glides to its new place is drawn sixty times a second, which takes more than all else together."""
_FIRST = 0.1
"""Seconds that the first drawing of a page counts for at most: it loads what later ones find loaded."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn last, when, and what it took."""

    state: object
    at: float
    """Seconds of a clock that only goes forward."""
    cost: float
    """Seconds of a core, here and in the browser."""

    def due(self, state: object, now: float) -> bool:
        """Whether to draw again: not before something has changed, nor before the last drawing has paid off."""
        return state != self.state and now - self.at >= max(LEAST, self.cost / SHARE)


def going(run: RunFolder) -> bool:
    """Whether a process is at work on the run; one that was killed says that it runs, and does not."""
    return starting.status(run.path, run.info.status) == "running"


def look(path: Path) -> RunFolder:
    """The run as it is now; run.json is read again only when it was written again. RunFolderError as RunFolder."""
    try:
        held = (path / "run.json").stat()
    except OSError:
        return RunFolder(path)  # which says what is wrong
    return _look(path, (held.st_mtime_ns, held.st_size, held.st_ino))


@lru_cache(maxsize=256)
def _look(path: Path, stamp: tuple[int, int, int]) -> RunFolder:
    return RunFolder(path)


def line(run: RunFolder) -> None:
    """How far a run is, what it took, and what it was paid."""
    info = run.info
    status = starting.status(run.path, info.status)
    paid = f", {info.tokens:,} tokens, {info.cost:.4f} USD" if info.tokens or info.cost else ""
    told = f"{info.ticks_done} of {info.ticks} ticks, {status}, {info.seconds:.1f} s{paid}"
    st.text(visible(told, 300))
    st.progress(min(1.0, info.ticks_done / max(1, info.ticks)))


def ticks(run: RunFolder) -> object:
    """What changes with every tick."""
    return run.info.ticks_done


def paced(key: str, state: object, make: Callable[[], Any], shown: float) -> Any:
    """What ``make`` gives, kept in the session under ``key``: for a part of what is drawn every second.

    It is made again when ``state`` has changed and the last time has paid off; ``shown`` are the seconds that the
    browser takes over it when it is new.
    """
    last, made = st.session_state.get(key, (None, None))
    if last is None or last.due(state, time.monotonic()):
        began = time.process_time()
        made = make()
        last = Drawn(state, time.monotonic(), time.process_time() - began + shown)
        st.session_state[key] = last, made
    return made


def follow(
    page: str,
    run: RunFolder,
    draw: Callable[[RunFolder], None],
    *,
    glance: Callable[[RunFolder, bool], None] | None = None,
    state: Callable[[RunFolder], object] = ticks,
    busy: Callable[[], bool] = lambda: False,
) -> None:
    """The line of a run, and below it what ``draw`` draws, both kept up to date while the run goes on.

    Args:
        page: its name, by which the session remembers what drawing it takes.
        run: as it was when the page was opened.
        draw: the page below the line; called again, with the rest of the page, when ``state`` has changed and the
            pace allows it.
        glance: what belongs to the line: drawn every second, hence something light. It is told whether the run goes on.
        state: of a run, what the page depends on.
        busy: while this is so the page is not drawn again: somebody plays it.
    """
    live = going(run)
    began, shown, key = time.process_time(), state(run), f"live-{page}"
    first = key not in st.session_state
    st.session_state[key] = None
    if live:
        st.html(STILL)

    @st.fragment(run_every=1.0 if live else None)
    def now() -> None:
        try:
            seen = look(run.path)
            line(seen)
            if glance is not None:
                glance(seen, live)
        except TownsquareError as error:
            st.error(plain(error, 600))
            return
        last = st.session_state.get(key)
        if not live or last is None or busy():
            return
        if not going(seen) or last.due(state(seen), time.monotonic()):
            st.rerun()

    now()
    try:
        draw(run)
    except TownsquareError as error:
        st.error(plain(error, 600))
    took = time.process_time() - began
    cost = PAGE + (1 + BROWSER) * (min(took, _FIRST) if first else took)
    st.session_state[key] = Drawn(shown, time.monotonic(), cost)
