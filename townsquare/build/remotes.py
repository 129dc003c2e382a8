"""The agents elsewhere that a run asks: where they are, who does what, and that what they said is on record."""

import asyncio
import json
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from townsquare.agents.chat.cassette import Record
from townsquare.agents.chat.tape import Call, Place
from townsquare.agents.minds.remote import CAPABILITY, Remote
from townsquare.agents.remote.pool import Pool
from townsquare.agents.remote.recorded import Recorded, request_of
from townsquare.build.moderators import APART
from townsquare.protocols.asking import Outcome
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.line import Line
from townsquare.protocols.ioa.messages import Match, TaskStatus
from townsquare.protocols.moderator import Moderator
from townsquare.protocols.town import Mind
from townsquare.sim.moderators.inside import agents
from townsquare.sim.moderators.remote import CAPABILITY as MODERATE
from townsquare.sim.recommenders.remote import CAPABILITY as RECOMMEND
from townsquare.sim.recommenders.remote import Garbled, Unanswered
from townsquare.sim.recommenders.remote import Remote as RemoteRecommender
from townsquare.sim.scenarios.feed import FeedScenario
from townsquare.sim.scenarios.moderated_feed import ModeratedFeed
from townsquare.sim.scenarios.team import Team
from townsquare.sim.scenarios.town import TownScenario

_POLL = 0.2
"""Seconds between two looks at who is there."""
_LARGEST = 268_435_456
"""Bytes: whatever an agent may answer."""


class Remotes:
    """One connection for all groups, and for the recommender and the moderator, of a run."""

    def __init__(self, scenario: TownScenario, recorded: Recorded) -> None:
        self.scenario, self.recorded, self.settings = scenario, recorded, scenario.remote
        self.line: Line | None = None
        self.cards: dict[tuple[str, str], Card] = {}
        """Who recommends and who moderates, by that and the name that the scenario gives, "" for whoever can."""

    async def connect(self, run: str, minds: Mapping[str, Mind]) -> None:
        """Join as ``town-...`` and give every remote mind the agents that decide for it.

        Raises InputError, in one sentence, when the broker, the server or the agents are not there.
        """
        url = self.settings.url()
        if not url:
            raise InputError(
                f"{needing(self.scenario)}: name the broker they are on with --broker mqtt://HOST:1883 "
                "(remote.broker, or $TOWNSQUARE_BROKER)."
            )
        card = Card(
            name=f"town-{run[:8]}",
            description=f"A town of the scenario {self.scenario.scenario}, which asks and does no tasks itself.",
            owner=self.settings.user(),
            limits=Limits(bytes=_LARGEST),
            streams=True,
        )
        line = Line(url, card, root=self.settings.root, patience=self.settings.wait)
        await asyncio.to_thread(line.open)
        self.line = line
        for group, mind in minds.items():
            if isinstance(mind, Remote):
                mind.pool = Pool(
                    line,
                    await self._there(line, CAPABILITY, self.settings.named(group)),
                    CAPABILITY,
                    seconds=self.settings.seconds,
                    retries=self.settings.retries,
                )
        wanted = [(RECOMMEND, name) for name in remote_recommenders(self.scenario)]
        for what, name in [*wanted, *((MODERATE, name) for name in remote_moderators(self.scenario))]:
            self.cards[what, name] = (await self._there(line, what, (name,) if name else ()))[0]

    async def _there(self, line: Line, capability: str, names: tuple[str, ...]) -> list[Card]:
        """The cards of ``names``, of all that can when there are none, as soon as all are here."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.settings.wait
        while True:
            found = await line.lookup(names, seconds=max(1.0, until - loop.time())) or ()
            able = [match for match in found if match.here and capability in match.card.capabilities]
            free = [match for match in able if names or match.card.name not in self.settings.taken()]
            if free and len(free) >= len(names):
                return sorted((match.card for match in free), key=lambda card: card.name)
            if loop.time() >= until:
                raise InputError(self._nobody(line, capability, names, found))
            await asyncio.sleep(_POLL)

    def _nobody(self, line: Line, capability: str, names: tuple[str, ...], found: tuple[Match, ...]) -> str:
        able = {match.card.name for match in found if match.here and capability in match.card.capabilities}
        who = " and ".join(name for name in names if name not in able)
        return (
            f"{who or 'an agent'} with the capability {capability!r} was waited for on {line.where} "
            f"(root {self.settings.root!r}) for {self.settings.wait:g} s, and {'is not' if who else 'there is none'} "
            "there; `townsquare join` brings agents."
        )

    def serve(self, part: object, place: str = "moderator") -> None:
        """Let a recommender that is elsewhere, or a moderator at a place of ``APART`` that is or has one look first,
        ask through this connection, on record; nothing for any other.
        """
        if isinstance(part, RemoteRecommender):
            part.courier = _Courier(self, RECOMMEND, "recommender")
        elif isinstance(part, Moderator) and hasattr(part, "courier"):
            part.courier = _Courier(self, MODERATE, place, APART[place])

    def named(self, what: str) -> str:
        """Who does ``what``, for the record."""
        return ", ".join(sorted({card.name for (done, _), card in self.cards.items() if done == what}))

    async def close(self) -> None:
        """Leave; what is still waited for is cancelled."""
        line, self.line = self.line, None
        if line is not None:
            await asyncio.to_thread(line.close)


class _Courier:
    """How the tasks of one part of the town go and come, and that they are on record; its threads wait meanwhile."""

    def __init__(self, remotes: Remotes, what: str, who: str, first: int = 0) -> None:
        """``first``: where the numbers of questions begin, for parts that do the same in one tick."""
        self.remotes, self.what, self.who, self.first = remotes, what, who, first

    def answer(self, tick: int, number: int, sees: str, ask: Callable[[], str]) -> str | None:
        """What was answered to this question, before or now; None when nothing of use was."""
        place, request, record = self._found(tick, number, sees)
        return self._noted(place, request, record or self._kept(place, request, _asked(ask)))

    async def awaited(self, tick: int, number: int, sees: str, ask: Callable[[], str]) -> str | None:
        """``answer``, in which ``ask`` alone runs in a thread: others may write to the record meanwhile."""
        place, request, record = self._found(tick, number, sees)
        return self._noted(place, request, record or self._kept(place, request, await asyncio.to_thread(_asked, ask)))

    def _found(self, tick: int, number: int, sees: str) -> tuple[Place, Request, Record | None]:
        place = Place(tick, self.what, -1, self.first + number)
        request = request_of(place, self.who, sees)
        return place, request, self.remotes.recorded.find(place, request)

    def _kept(self, place: Place, request: Request, told: "_Told") -> Record:
        recorded, by = self.remotes.recorded, self.remotes.named(self.what)
        if told.silent:
            return recorded.fail(place, request, "unreachable", told.words, seconds=told.seconds)
        return recorded.keep(place, request, told.words, by=by, seconds=told.seconds)

    def _noted(self, place: Place, request: Request, record: Record) -> str | None:
        """What is of use in a record, which goes into the table of asks."""
        outcome: Outcome = "failed"
        why = "" if isinstance(record, Call) else record.why
        held = json.loads(record.reply.text) if isinstance(record, Call) else None
        if held is not None:
            outcome, why = ("answered", "") if isinstance(held, list) else ("invalid", held["garbled"])
        self.remotes.recorded.note(place, request, record, outcome, why)
        return record.reply.text if isinstance(record, Call) and outcome == "answered" else None

    def send(self, agent: str, capability: str, input: Any, seconds: float) -> Any:
        """The output of a task."""
        line, name = self._line(), self.remotes.cards[self.what, agent].name
        result = line.wait(line.member.assign(name, capability=capability, input=input, seconds=seconds))
        if result.status is not TaskStatus.COMPLETED:
            raise Unanswered(f"{name}: {result.error or result.status}")
        return result.output

    def most(self, agent: str) -> int:
        """Bytes of the largest message that ``agent`` takes."""
        return min(self.remotes.cards[self.what, agent].limits.bytes, self._line().max_bytes)

    def _line(self) -> Line:
        assert self.remotes.line is not None, "open the connection before the first tick"
        return self.remotes.line


class _Told(NamedTuple):
    """What came of a question: an answer, or the reason why there is none (``silent``)."""

    words: str
    seconds: float
    silent: bool = False


def _asked(ask: Callable[[], str]) -> _Told:
    began = perf_counter()
    try:
        return _Told(ask(), perf_counter() - began)
    except Garbled as error:
        return _Told(json.dumps({"garbled": str(error)}), perf_counter() - began)
    except Unanswered as error:
        return _Told(str(error), perf_counter() - began, silent=True)


def remote_groups(scenario: TownScenario) -> list[str]:
    """The groups whose mind is elsewhere."""
    return [name for name, group in scenario.populations().items() if group.count and group.mind == "remote"]


def remote_recommenders(scenario: TownScenario) -> list[str]:
    """The agents that recommend at some tick, "" for whoever can."""
    if not isinstance(scenario, FeedScenario):
        return []
    ticks = [0, *sorted(change.tick for change in scenario.changes)]
    used = [scenario.at(tick).recommender for tick in ticks]
    return list(dict.fromkeys(use.settings().get("agent", "") for use in used if use.name == "remote"))


def remote_moderators(scenario: TownScenario) -> list[str]:
    """The agents that moderate at some tick and place, "" for whoever can; nothing where all moderators are at home."""
    if not isinstance(scenario, ModeratedFeed):
        return []
    return list(dict.fromkeys(name for _, use in scenario.ever() for name in agents(use)))


def needing(scenario: TownScenario) -> str:
    """What of a scenario is done elsewhere, in words; "" where nothing is."""
    groups, recommends = remote_groups(scenario), remote_recommenders(scenario)
    minds = [f"{' and '.join(groups)} are decided for by agents elsewhere"] if groups else []
    checks = isinstance(scenario, Team) and scenario.team.agents == "remote"
    return ", and ".join(
        minds
        + (["the recommender is an agent elsewhere"] if recommends else [])
        + (["the moderator is an agent elsewhere"] if remote_moderators(scenario) else [])
        + (["disputed articles are checked by agents elsewhere"] if checks else [])
    )
