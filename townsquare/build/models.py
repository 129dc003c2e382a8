"""The language models of one run: who is asked for whom, and everything they share."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from townsquare.agents.chat.asked import Asked
from townsquare.agents.chat.asker import Asker
from townsquare.agents.chat.budget import Meter
from townsquare.agents.chat.cassette import Cassette, Mode, Shelf
from townsquare.agents.chat.connect import connect, model_name
from townsquare.agents.chat.patience import Gate
from townsquare.agents.chat.prices import Prices
from townsquare.agents.remote.recorded import Recorded
from townsquare.protocols.asking import A, Answer, Ask, AskModel
from townsquare.protocols.chat import Chat
from townsquare.protocols.errors import RunFolderError
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import Use
from townsquare.sim.scenarios.town import TownScenario

CASSETTE = "cassette.sqlite"
"""Name of a run folder's own cassette."""


class Models:
    """One cassette, one budget, one list of asks, and one chat per model, for all groups of a run.

    A group's model may change at a tick (``changes``), so an ask goes to the model that the scenario names at its tick.
    Nothing can be asked before ``open``.
    """

    def __init__(self, scenario: TownScenario, given: object | None = None, *, offline: bool = False) -> None:
        """``given`` is a model of the user's own, used where the scenario names it (``model_name(given)``);
        ``offline``: everything will be read from a cassette.

        Raises InputError when a model cannot be reached by its name: an unknown provider, a missing package or key.
        """
        self.scenario, self.settings, self.asked = scenario, scenario.chat, Asked()
        self.recorded = Recorded(self.asked)
        self.prices = Prices.load()
        self.cassette: Cassette | None = None
        self.meter: Meter | None = None
        self._given = {model_name(given): given} if given is not None else {}
        self._gates: dict[str, Gate] = {}
        self._chats: dict[str, Chat] = {}
        self._askers: dict[tuple[str, str], Asker] = {}
        self._settled = 0
        self._at = cache(scenario.at)
        self.offline = offline
        self._scratch: TemporaryDirectory[str] | None = None
        if self.settings.cassette != "replay" and not offline:
            for name in self.names():
                self._chats[name] = self._connect(name)
                Meter(scenario.budget, self.prices).admit(name)

    def names(self) -> list[str]:
        """Every model that the run may ask, in the order of their first ticks."""
        ticks = [0, *sorted(change.tick for change in self.scenario.changes)]
        found = {self._named(group, tick): None for tick in ticks for group in self.scenario.asking()}
        return [name for name in found if name]

    def ask(self, group: str) -> AskModel:
        """The path to the model of ``group``."""

        async def ask(question: Ask[A]) -> Answer[A]:
            return await self._asker(group, question.tick)(question)

        return ask

    def open(
        self, folder: Path, run: str, *, shelves: Sequence[Shelf] = (), settled: int = 0, replay: bool = False
    ) -> None:
        """Take the cassette of a run folder, or the tape that the scenario names instead.

        Asks of ticks before ``settled`` are answered from it and from ``shelves`` alone; with ``replay`` all are.
        """
        mode: Mode = "replay" if replay else self.settings.cassette
        tape = Path(self.settings.tape) if self.settings.tape else folder / CASSETTE
        self.use(Cassette(tape, mode, run=run, shelves=shelves), settled)

    def memory_settings(self, group: str, store: Use) -> dict[str, Any]:
        """Settings of the store of a group; where nobody is asked it never is the run's own file."""
        settings = dict(store.settings())
        if self.offline and "path" in settings:
            self._scratch = self._scratch or TemporaryDirectory()
            settings["path"] = str(Path(self._scratch.name) / group)
        return settings

    def use(self, cassette: Cassette, settled: int = 0) -> None:
        """Take a cassette in place of the one there was."""
        if self.cassette is not None:
            self.cassette.close()
        self.cassette, self._settled = cassette, settled
        self.recorded.use(cassette, settled)
        self.meter = Meter(self.scenario.budget, self.prices, cassette.spent())
        self._askers.clear()

    async def close(self) -> None:
        """Let go of connections and files."""
        for chat in self._chats.values():
            await chat.close()
        if self.cassette is not None:
            self.cassette.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _asker(self, group: str, tick: int) -> Asker:
        name, now = self._named(group, tick), self._at(tick).chat
        place = name, now.model_dump_json(include={"temperature", "max_tokens", "draw"})
        if place not in self._askers:
            assert self.cassette is not None, "open the models before the first tick"
            assert self.meter is not None
            chat = None if self.cassette.mode == "replay" else self._chats.get(name) or self._connect(name)
            self._askers[place] = Asker(chat, name, now, self.cassette, self.meter, self.asked, settled=self._settled)
        return self._askers[place]

    def _named(self, group: str, tick: int) -> str:
        return self._at(tick).model_of(group)

    def _connect(self, name: str) -> Chat:
        model: Any = self._given.get(name, name)
        gate = self._gates.setdefault(name.partition(":")[0], Gate(self.settings))
        return connect(model, self.settings, gate)


def alone(scenario: TownScenario, group: str, tick: int, model: str | None = None) -> TownScenario:
    """The scenario as it stands at ``tick``, nobody but ``group`` asking, and asking ``model`` (by default its own).

    Raises InputError for a model that is not named in full.
    """
    now = scenario.at(tick)
    name = model_name(model or now.model_of(group))
    quiet = {
        other: of.model_copy(update={"mind": "behavioural"})
        for other, of in now.populations().items()
        if other != group
    }
    own = getattr(now, group)
    if "model" in type(own).model_fields:
        own = own.model_copy(update={"model": name})
    return now.model_copy(update={**quiet, group: own, "chat": now.chat.model_copy(update={"model": name})})


def as_shelf(folder: RunFolder, before: int) -> Shelf:
    """The cassette of a run whose ticks before ``before`` another run shares."""
    tape = folder.info.scenario.get("chat", {}).get("tape")
    return Shelf(Path(tape) if tape else folder.path / CASSETTE, folder.info.id, before)


def ancestors(folder: RunFolder, *, whole: bool = False) -> list[Shelf]:
    """The cassettes of the runs that a fork goes back to, the nearest first; those that there are.

    Raises RunFolderError when ``whole`` and one is missing. A run that only replayed needs none of its own.
    """
    shelves = []
    while folder.parent is not None and folder.info.parent is not None:
        parent, shelf = folder.parent, as_shelf(folder.parent, folder.info.parent.at)
        if shelf.path.exists():
            shelves.append(shelf)
        elif whole and shelf.before and parent.info.scenario.get("chat", {}).get("cassette") != "replay":
            raise RunFolderError(
                f"the ticks of {folder.path} before {shelf.before} were asked by the run it was forked from, whose "
                f"cassette {shelf.path} is not there."
            )
        folder = parent
    return shelves
