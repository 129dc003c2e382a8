"""Several language models that share one cassette, one budget, and one list of what was asked."""

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd
import pyarrow as pa

from townsquare.agents.chat.asked import SCHEMA, Asked
from townsquare.agents.chat.asker import Asker
from townsquare.agents.chat.budget import Meter
from townsquare.agents.chat.cassette import Cassette
from townsquare.agents.chat.connect import connect, model_name
from townsquare.agents.chat.prices import Prices
from townsquare.evaluate.session import RUN
from townsquare.protocols.chat_settings import Budget, ChatSettings


class Models:
    """Used as ``async with``; a ``Session`` for more than one model. Models are reached when they are first asked for.

    The cassette is ``settings.tape``, else ``folder/cassette.sqlite``; without a folder it is thrown away at the end.
    """

    def __init__(
        self, settings: ChatSettings | None = None, budget: Budget | None = None, folder: Path | None = None
    ) -> None:
        self.settings, self._budget, self._folder = settings or ChatSettings(), budget or Budget(), folder
        self._asked, self._tables = Asked(), list[pa.Table]()
        self._askers: dict[tuple[str, float], Asker] = {}
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        folder = self._folder or Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="townsquare-")))
        folder.mkdir(parents=True, exist_ok=True)
        tape = Path(self.settings.tape) if self.settings.tape else folder / "cassette.sqlite"
        self._cassette = self._opened.enter_context(Cassette(tape, self.settings.cassette, run=RUN))
        self._meter = Meter(self._budget, Prices.load(), self._cassette.spent())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    def ask(self, model: Any, temperature: float | None = None) -> Asker:
        """The path to ``model`` (what ``connect`` takes), at ``settings.temperature`` where none is given.

        Raises InputError when it cannot be reached by its name.
        """
        settings = self.settings
        if temperature is not None:
            settings = settings.model_copy(update={"temperature": temperature})
        name = model_name(model)
        key = (name, settings.temperature)
        if key not in self._askers:
            chat = None if settings.cassette == "replay" else connect(model, settings)
            if chat is not None:
                self._opened.push_async_callback(chat.close)
            self._askers[key] = Asker(chat, name, settings, self._cassette, self._meter, self._asked)
        return self._askers[key]

    def settle(self) -> None:
        """What was asked since the last time is taken into account and on the disk; TooManyFailures when due."""
        if self._cassette.mode != "replay":
            self._cassette.sync()
        try:
            self._asked.check_failures(self.settings.failures)
        finally:
            self._tables.append(self._asked.take())

    def asks(self) -> pd.DataFrame:
        """Everything that was asked, one row each; ``ledger`` has views of it."""
        return pa.concat_tables([SCHEMA.empty_table(), *self._tables]).to_pandas()
