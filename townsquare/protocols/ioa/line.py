"""One agent's connection in a thread of its own: for those who do not await, and whose own loop may be busy."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.host import Agent, Host
from townsquare.protocols.ioa.member import Member
from townsquare.protocols.ioa.messages import Match, Result
from townsquare.protocols.ioa.topics import ROOT
from townsquare.protocols.ioa.uplink import Refusal
from townsquare.protocols.transports.transport import TransportError

if TYPE_CHECKING:
    from townsquare.protocols.transports.in_process import InProcess

T = TypeVar("T")
_GOODBYE = 10.0
"""Seconds that leaving may take."""


class Line:
    """A host with one member that asks others and does no tasks itself; open from ``open`` to ``close``.

    The broker is answered, and the connection kept, while the program computes. ``wait`` may be called from any thread
    but the line's own; ``run`` is for those who await.
    """

    def __init__(self, broker: "str | InProcess", card: Card, *, root: str = ROOT, patience: float = 10.0) -> None:
        """``patience`` is how many seconds broker and server have to let the member in."""
        self.broker, self.card, self.root, self.patience = broker, card, root, patience
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._host: Host | None = None
        self._member: Member | None = None

    @property
    def where(self) -> str:
        """The broker, as messages call it."""
        return self.broker if isinstance(self.broker, str) else "this process"

    def open(self) -> None:
        """Connect and join. Raises InputError, in one sentence, when that cannot be done."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="townsquare-line", daemon=True)
        self._thread.start()
        try:
            self.wait(self._join(), self.patience)
        except TimeoutError:
            self.close()
            raise InputError(
                f"nobody answers on {self.where} (root {self.root!r}) within {self.patience:g} s; is "
                "`townsquare serve` running on this broker?"
            ) from None
        except (TransportError, Refusal) as error:
            self.close()
            raise InputError(str(error)) from error
        except BaseException:
            self.close()
            raise

    def join(self, card: Card, agent: Agent) -> Member:
        """Let another agent live on this line; its owner is that of the line's card. Raises InputError."""
        assert self._host is not None, "open the line first"
        try:
            return self.wait(self._host.join(card, agent), self.patience)
        except Refusal as error:
            raise InputError(str(error)) from error

    def close(self) -> None:
        """Leave and let go of the thread; calls that still wait are cancelled. Closing twice is fine."""
        if self._thread is None or self._loop is None:
            return
        for last in (self._leave(), _clear()):
            with suppress(Exception):
                self.wait(last, _GOODBYE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._thread = self._loop = None

    def wait(self, what: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
        """The result of ``what``, run on the line's own loop; after ``seconds`` it is cancelled: TimeoutError."""
        future = self._soon(what)
        try:
            return future.result(seconds)
        finally:
            future.cancel()

    async def run(self, what: Coroutine[Any, Any, T]) -> T:
        """The same for those who await on a loop of their own."""
        return await asyncio.wrap_future(self._soon(what))

    async def assign(self, to: str, description: str = "", *, capability: str, input: Any, seconds: float) -> Result:
        """``Member.assign``, for those who await on a loop of their own."""
        return await self.run(self.member.assign(to, description, capability=capability, input=input, seconds=seconds))

    async def lookup(self, names: Sequence[str] = (), seconds: float = 10.0) -> tuple[Match, ...] | None:
        """The cards of ``names``, of all without any; None when no answer came within ``seconds``."""

        async def ask() -> tuple[Match, ...] | None:
            try:
                async with asyncio.timeout(seconds):
                    return await self.member.lookup(tuple(names))
            except TimeoutError:
                return None

        return await self.run(ask())

    @property
    def max_bytes(self) -> int:
        """The largest message that the server takes."""
        return self.member.max_bytes

    @property
    def member(self) -> Member:
        """Who asks; only to be used on the line's own loop."""
        assert self._member is not None, "open the line first"
        return self._member

    def _soon(self, what: Coroutine[Any, Any, T]) -> "Future[T]":
        assert self._loop is not None, "open the line first"
        return asyncio.run_coroutine_threadsafe(what, self._loop)

    async def _join(self) -> None:
        host = Host(self.broker, self.card.name, owner=self.card.owner, root=self.root)
        await host.__aenter__()
        self._host = host
        self._member = await host.join(self.card)

    async def _leave(self) -> None:
        host, self._host = self._host, None
        if host is None:
            return
        with suppress(Exception):
            async with asyncio.timeout(2.0):
                await host.leave(self.card.name)
        await host.__aexit__(None, None, None)


async def _clear() -> None:
    """Call off whatever is still under way."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
