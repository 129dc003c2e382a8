"""Calls under way: whoever needs the same one waits for it instead of making it again."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Runs one call per key at a time."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[T]] = {}

    async def once(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> T:
        """The result of ``call``, or of the one that is under way for ``key``; its error likewise.

        When the one who made the call is cancelled, the next one who waits makes it.
        """
        while (flight := self._under_way.get(key)) is not None:
            await asyncio.wait([flight])
            if not flight.cancelled():
                return flight.result()
        flight = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            result = await call()
        except asyncio.CancelledError:
            flight.cancel()
            raise
        except BaseException as error:
            flight.set_exception(error)
            flight.exception()  # nobody else may be waiting; asyncio complains of errors that nobody looked at
            raise
        else:
            flight.set_result(result)
            return result
        finally:
            del self._under_way[key]
