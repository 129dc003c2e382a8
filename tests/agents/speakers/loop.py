"""A group held in one process: the real state machine, with every member's own view of the conversation."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Conversation, Speaker, Turn
from townsquare.protocols.ioa.effects import Assign, Effect, GiveFloor, Tell
from townsquare.protocols.ioa.flow import Flow
from townsquare.protocols.ioa.messages import Match, Say
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.tasks import TaskRecord
from townsquare.protocols.ioa.vocabulary import TaskStatus

Does = Callable[[TaskRecord], Any]


class Held:
    """``speakers`` speak, ``agents`` work: synchronous tasks at once, others when nobody has the floor."""

    def __init__(
        self,
        cards: list[Card],
        speakers: Mapping[str, Speaker],
        agents: Mapping[str, Does],
        *,
        goal: str = "find out",
        max_turns: int = 12,
        first: str | None = None,
    ) -> None:
        numbers = count(1)
        self.flow = Flow(
            "g", goal, cards, rules=Rules(), max_turns=max_turns, team_up_depth=1, task_ids=lambda: f"t{next(numbers)}"
        )  # fmt: skip
        self.speakers, self.agents, self.first = speakers, agents, first
        self.views = {
            card.name: Conversation("g", goal, tuple(cards), max_turns, 1) for card in cards
        }  # fmt: skip
        self.said: list[Say] = []
        self.states: list[str] = []
        self.refused: list[str] = []
        self.now, self._number = 0.0, count(1)
        self._later: list[TaskRecord] = []

    async def run(self) -> "Held":
        await self._do(self.flow.start(self.first, self.now))
        while not self.flow.ended:
            if self._later and self.flow.floor is None:
                await self._finish(self._later.pop(0))
            else:
                assert self.flow.deadline is not None
                self.now = self.flow.deadline
                await self._do(self.flow.tick(self.now))
        return self

    @property
    def spoken(self) -> list[tuple[str, str]]:
        return [(say.sender, str(say.type)) for say in self.said]

    async def _do(self, effects: list[Effect]) -> None:
        self.states.append(str(self.flow.state))
        for effect in effects:
            if isinstance(effect, Tell):
                self.said.append(effect.say)
                for name, view in self.views.items():
                    if name != effect.say.sender:
                        view.hear(effect.say)
        for effect in effects:
            if isinstance(effect, Assign):
                task = effect.task
                if not task.sync:
                    self._later.append(task)
                await self._do(self.flow.progress(task.task_id, task.assignee, self.now))
                if task.sync:
                    await self._finish(task)
            elif isinstance(effect, GiveFloor):
                await self._speak(effect)

    async def _speak(self, floor: GiveFloor) -> None:
        view = self.views[floor.member]
        turn = Turn(floor.member, view, floor.must_conclude, self.flow.turns, None)  # type: ignore[arg-type]
        try:
            move = await self.speakers[floor.member].speak(turn)
        except ValueError as error:
            self.refused.append(str(error))
            return
        fields = {name: getattr(move, name) for name in move.__slots__ if name != "usage"}
        say = Say(id=f"{floor.member}:1:{next(self._number)}", sender=floor.member, comm_id="g", **fields)
        view.said.append(say)
        try:
            effects = self.flow.say(say, self.now)
        except OutOfTurn as error:
            self.refused.append(str(error))
            return
        await self._do(effects)

    async def _finish(self, task: TaskRecord) -> None:
        try:
            status, output, error = TaskStatus.COMPLETED, self.agents[task.assignee](task), ""
        except ValueError as wrong:
            status, output, error = TaskStatus.FAILED, None, str(wrong)
        await self._do(self.flow.result(task.task_id, task.assignee, status, output, error, self.now))


class Voice:
    """What ``Member`` offers to those who form teams; whoever is asked for must be in ``cards``."""

    def __init__(self, card: Card, others: list[Card], away: tuple[str, ...] = ()) -> None:
        self.card, self.others, self.away = card, others, away
        self.asked: list[tuple[str, ...]] = []

    async def discover(self, queries: tuple[str, ...], top: int = 3) -> tuple[tuple[Match, ...], ...]:
        """Cards by the share of the query's words in them, best first."""
        self.asked.append(tuple(queries))
        return tuple(self._one(query, top) for query in queries)

    def _one(self, query: str, top: int) -> tuple[Match, ...]:
        wanted = query.casefold().split()
        scored = [(sum(word in card.text().casefold() for word in wanted) / len(wanted), card) for card in self.others]
        best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].name))[:top]
        return tuple(Match(card=card, score=score, here=card.name not in self.away) for score, card in best)
