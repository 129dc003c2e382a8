"""Several asks at a time, and what to do when the run has to stop among them."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def together(tasks: Iterable[Awaitable[T]]) -> list[T]:
    """All results in order. When some raise, the rest is waited for (what is paid is kept), then the first raises."""
    found = await asyncio.gather(*tasks, return_exceptions=True)
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return [result for result in found if not isinstance(result, BaseException)]
