"""The one model that an evaluation asks, with its cassette, its budget, and the list of what was asked."""

import tempfile
from contextlib import ExitStack
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
from townsquare.protocols.chat_settings import Budget, ChatSettings

RUN = "evaluate"


class Session:
    """Used as ``async with``. Everything asked goes through ``ask``, or through ``test`` at temperature 0.

    The cassette is ``settings.tape``, else ``folder/cassette.sqlite``; without a folder it is thrown away at the end.
    """

    def __init__(
        self, model: Any, settings: ChatSettings | None = None, budget: Budget | None = None, folder: Path | None = None
    ) -> None:
        """``model`` is what ``connect`` takes. Raises InputError when it cannot be reached by its name."""
        self.settings, self._budget, self._folder = settings or ChatSettings(), budget or Budget(), folder
        self.model = model_name(model)
        self._chat = None if self.settings.cassette == "replay" else connect(model, self.settings)
        self._asked, self._tables = Asked(), list[pa.Table]()
        self._opened = ExitStack()

    async def __aenter__(self) -> Self:
        folder = self._folder or Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="townsquare-")))
        folder.mkdir(parents=True, exist_ok=True)
        tape = Path(self.settings.tape) if self.settings.tape else folder / "cassette.sqlite"
        self.cassette = self._opened.enter_context(Cassette(tape, self.settings.cassette, run=RUN))
        self._meter = Meter(self._budget, Prices.load(), self.cassette.spent())
        self.ask, self.test = self._asker(self.settings.temperature), self._asker(0.0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._chat is not None:
            await self._chat.close()
        self._opened.close()

    def settle(self) -> None:
        """What was asked since the last time is taken into account and on the disk; TooManyFailures when due."""
        if self.cassette.mode != "replay":
            self.cassette.sync()
        try:
            self._asked.check_failures(self.settings.failures)
        finally:
            self._tables.append(self._asked.take())

    def spent(self) -> float:
        """USD so far, what a cassette held before included."""
        return self._meter.spent.usd or 0.0

    def asks(self) -> pd.DataFrame:
        """Everything that was asked, one row each; ``ledger`` has views of it."""
        return pa.concat_tables([SCHEMA.empty_table(), *self._tables]).to_pandas()

    def _asker(self, temperature: float) -> Asker:
        settings = self.settings.model_copy(update={"temperature": temperature})
        return Asker(self._chat, self.model, settings, self.cassette, self._meter, self._asked)
