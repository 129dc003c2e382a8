"""What is loaded stays loaded: told to the garbage collector, which Streamlit calls after every run of a page."""

import gc
from functools import lru_cache


@lru_cache(maxsize=64)
def settle(page: str) -> None:
    """Leave everything that is there now out of later collections; once for each page, as each loads its own modules.

    Otherwise a page that follows a run spends ten times as long each second on looking through a million objects of
    imported libraries as on what it shows.
    """
    gc.collect()
    gc.freeze()
