"""A debate trial: six stages, a tick each, and nobody sees what they should not (Salvi et al. 2024)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY, FloatArray, IntArray
from townsquare.protocols.debate import SIDES, STAGES, TURNS, against
from townsquare.protocols.events import KIND, REASON, Events
from townsquare.protocols.observations import Observations
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.protocols.texts import printable
from townsquare.sim.data.topics import Topic
from townsquare.sim.environments import feed_judge
from townsquare.sim.environments.debate_design import ARM_NAMES, Design
from townsquare.sim.environments.debate_judge import Asked, objections
from townsquare.sim.environments.debate_sight import Sight
from townsquare.sim.environments.debate_transcript import Transcript
from townsquare.sim.measures.debate_view import DebateView
from townsquare.sim.scenarios.persuasion import Persuasion

Kernel = Callable[[IntArray, IntArray, FloatArray], IntArray]
"""From opinions before (1 to 5, on the opponent's side), arms and uniforms, (n,) each, to opinions after."""
_SCREENING, _POST = STAGES.index("screening"), STAGES.index("post")
_FIRST_TURN = STAGES.index(TURNS[0])


class Debate:
    """Everybody rates their topic; only then are sides drawn; both sides write at the same time, three times; everybody
    rates again.

    What lies before a debater when a turn is due is in ``Sight``. A statement that did not come is missing,
    counted, and told to the other side as such. Whoever gave no rating that could be taken has none: they debate on
    for the sake of their opponent, are not asked again, and give no row of the analysis.
    """

    shows: ClassVar[type] = DebateView

    def __init__(
        self,
        scenario: Persuasion,
        streams: Streams,
        design: Design,
        topics: Sequence[Topic],
        profiles: Sequence[str],
        kernel: Kernel,
    ) -> None:
        """``profiles`` says who each person is, a line per field; ``kernel`` draws the opinion after where the scenario
        leaves it to what people did (``people.update`` is human).
        """
        self.scenario, self.streams, self.design, self.topics, self.kernel = scenario, streams, design, topics, kernel
        self.transcript = Transcript(design, len(topics))
        self.sight = Sight(design, topics, profiles, self.transcript)
        n, p = len(design.arm), design.n_people
        self.before: NDArray[np.int8] = np.zeros(p, np.int8)
        """Agreement with the proposition, 1 to 5; 0 for none."""
        self.prior: NDArray[np.int8] = np.zeros(p, np.int8)
        """How much they had thought about it, 1 to 5; 0 where that is not known."""
        self.after: NDArray[np.int8] = np.zeros(p, np.int8)
        self.guess: NDArray[np.int8] = np.full(p, NOBODY, np.int8)
        self.sides: NDArray[np.int8] = np.zeros(n, np.int8)
        """(agents,) 1 pro, -1 con; 0 before sides are drawn, and for those who argue for none."""
        self.view: DebateView | None = None
        self._asked: Asked | None = None

    def turn(self, tick: int) -> int:
        """Which turn a tick is, from 0; -1 for a stage in which nobody writes."""
        turn = tick - _FIRST_TURN
        return turn if 0 <= turn < len(TURNS) else -1

    # ---- observe -----------------------------------------------------------------------------------------------

    def supply(self, tick: int) -> Sequence[Observations]:
        """Nobody puts anything in by themselves."""
        self._asked = None
        return []

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """Those whose turn it is; nobody in the survey, in which people are who they are."""
        people, opponents = np.arange(self.design.n_people), np.array(self.design.opponents, np.int64)
        seen: list[Observations] = []
        if tick == _SCREENING:
            seen = [self.sight.screen(tick, people)]
        elif _FIRST_TURN <= tick < _POST:
            writers = people[self.design.partner[people] != NOBODY]
            seen = [
                self.sight.argue(tick, "people", writers, self.sides),
                self.sight.argue(tick, "opponents", opponents, self.sides),
            ]
        elif tick == _POST:
            rated = people[self.before > 0]
            seen = [self.sight.settle(tick, rated, self.sides, self.before, self.prior), self.sight.code(tick)]
        self._asked = Asked()
        seen = [cohort for cohort in seen if len(cohort)]
        for cohort in seen:
            self._asked.add(cohort)
        return seen

    # ---- apply -------------------------------------------------------------------------------------------------

    def apply(self, tick: int, actions: Sequence[Actions]) -> Events:
        """What was said, and what follows from it: sides after the first rating, opinions after the last statement."""
        if self._asked is None:
            return Events.concat([])
        silent, done = feed_judge.unanswered(Actions.concat(actions), range(len(self.design.arm)))
        turn = self.turn(tick)
        reason = objections(done, self._asked, self.design, self.transcript.spoken())
        made = self._events(tick, done, reason)
        drawn = tick == _POST and self.scenario.people.update == "human"
        self._take(tick, done.where(reason == 0), drawn)
        if drawn:
            kept = ~(np.isin(made.kind, KIND["opinion"]) & np.isin(made.agent, self._debating()))
            made = Events.concat([made.where(kept), self._drawn()])
        follows = self._assigned() if tick == _SCREENING else Events.concat([])
        self._asked = None
        missing = len(self.transcript.debaters) - len(self.transcript.written(turn)) if turn >= 0 else 0
        silent_ones = int((silent.kind == KIND["no_answer"]).sum())
        refused = int((reason > 0).sum()) + len(silent) - silent_ones
        self.view = self._seen(tick, missing, silent_ones, refused)
        return Events.concat([silent, made, follows])

    def _events(self, tick: int, done: Actions, reason: IntArray) -> Events:
        """One per action in their order; a code becomes one per strategy."""
        good = reason == 0
        turn = tick - _FIRST_TURN
        item, ref = done.item.astype(np.int64), np.full(len(done), NOBODY)
        says = good & (done.kind == ACTION["say"])
        if says.any():
            item[says] = self.transcript.item(done.agent[says], turn)
            ref[says] = self.sight.answered(done.agent[says], turn)
        if tick == _POST:
            opinions = good & (done.kind == ACTION["opinion"])
            ref[opinions] = self.design.partner[done.agent[opinions]]
        value = np.clip(np.nan_to_num(done.value), -1e6, 1e6)  # a mind may claim anything
        value[says] = 0.0
        made = Events.of("opinion", done.agent, item, value=value, ref=ref, why=reason)
        names = {ACTION[name]: KIND[name] for name in ("opinion", "rate", "say", "guess", "code")}
        kind = np.array([names.get(code, KIND["refused"]) for code in done.kind.tolist()], np.int8)
        kind = np.where(good, kind, KIND["refused"]).astype(np.int8)
        when = REASON["before" if tick == _SCREENING else "after"]
        why = np.where(kind == KIND["opinion"], when, made.why).astype(np.int8)
        made = Events(made.agent, kind, made.item, made.value, made.rank, made.ref, why)
        coded = kind == KIND["code"]
        return Events.concat([made.where(~coded), _coded(done.where(coded))])

    def _take(self, tick: int, good: Actions, drawn: bool) -> None:
        """Put what was taken into the state."""
        columns = (good.agent, good.kind, good.item, good.value)
        for row, (agent, kind, item, value) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            if kind == ACTION["say"]:
                place = int(self.transcript.item(np.array([agent]), tick - _FIRST_TURN)[0]) - self.transcript.n_topics
                self.transcript.texts[place] = printable(good.text[row].strip())
            elif kind == ACTION["rate"]:
                self.prior[agent] = value
            elif kind == ACTION["guess"]:
                self.guess[agent] = value
            elif kind == ACTION["code"]:
                place = self.transcript.place(item)
                self.transcript.levels[agent - self.design.judges.start, place] = good.vector[row]
            elif tick == _SCREENING:
                self.before[agent] = value
            elif not (drawn and self.sides[agent]):
                self.after[agent] = value

    def _assigned(self) -> Events:
        """Sides, now that everybody has rated: one draw per debate, hung on its first person and its topic."""
        design = self.design
        first = np.flatnonzero(design.leads)
        if self.scenario.side == "drawn":
            luck = self.streams.uniform("side", _SCREENING, design.seat[first], design.topic[first])
            drawn = np.where(luck < 0.5, SIDES["pro"], SIDES["con"])
        else:
            drawn = np.full(len(first), SIDES[self.scenario.side])
        self.sides[first], self.sides[design.partner[first]] = drawn, -drawn
        who = design.debaters
        return Events.of(
            "assign", who, design.topic[who], value=self.sides[who].astype(np.float64), ref=design.partner[who]
        )

    def _debating(self) -> IntArray:
        """People with a side and a rating before: those whom the published table can tell of."""
        return np.flatnonzero((self.sides[: self.design.n_people] != 0) & (self.before > 0))

    def _drawn(self) -> Events:
        """Opinions after, drawn from what people did; one number per person decides, the same in every arm.

        The second person of a personalised debate was up against somebody who knew nothing, as in human-human.
        """
        who = self._debating()
        side, topic = self.sides[who].astype(np.int64), self.design.topic[who]
        arm = np.where(self.design.counted[who], self.design.arm[who], 0)
        luck = self.streams.uniform("kernel", _POST, self.design.seat[who], topic)
        post = self.kernel(_against(self.before[who], side), arm, luck)
        self.after[who] = _against(post, side)
        return Events.of(
            "opinion", who, topic, value=self.after[who].astype(np.float64), ref=self.design.partner[who], why="drawn"
        )

    # ---- measure, state ----------------------------------------------------------------------------------------

    def _seen(self, tick: int, missing: int, no_answers: int, refused: int) -> DebateView:
        """The tick for measures; those who argue are turned to their opponents' scale, once there are sides."""
        design, n = self.design, self.design.n_people
        side = self.sides[:n].astype(np.int64)
        before, after = (
            np.where(column > 0, np.where(side != 0, _against(column, side), column), np.nan)
            for column in (self.before, self.after)
        )
        those = np.arange(n + design.n_opponents)
        row = self.transcript.row[those]
        words, levels = self.transcript.words(), self._levels()
        return DebateView(
            tick=tick,
            arms=ARM_NAMES,
            arm=design.arm[those],
            n_people=n,
            counted=design.counted[:n],
            before=before,
            after=after,
            believed_ai=np.where(self.guess >= 0, self.guess, np.nan),
            words=np.where(row >= 0, words[:, row], np.nan),
            levels=np.where((row >= 0)[:, None], levels[row], np.nan),
            judged=design.n_judges > 0,
            statements_missing=missing,
            no_answers=no_answers,
            refused=refused,
        )

    def _levels(self) -> FloatArray:
        """(debaters, 10) mean level over judges and statements; NaN where nothing was judged."""
        held = self.transcript.levels.astype(np.float64)
        there = held >= 0
        shape = (held.shape[0] * len(TURNS), len(self.transcript.debaters), held.shape[2])
        count = there.reshape(shape).sum(axis=0)
        total = np.where(there, held, 0.0).reshape(shape).sum(axis=0)
        out: FloatArray = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
        return out

    def snapshot(self) -> Mapping[str, NDArray[Any]]:
        """Nothing lies anywhere."""
        return {}

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on; the design follows from the scenario."""
        columns = {name: getattr(self, name) for name in ("before", "prior", "after", "guess", "sides")}
        return {**{name: column.copy() for name, column in columns.items()}, **self.transcript.state()}

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        for name in ("before", "prior", "after", "guess", "sides"):
            setattr(self, name, np.array(state[name], np.int8))
        self.transcript.load(state)


def _against(agreement: IntArray, side: IntArray) -> IntArray:
    """``protocols.debate.against`` for columns; turning round twice gives the same."""
    return np.where(side < 0, agreement, against(0, 1) - agreement)


def _coded(done: Actions) -> Events:
    """A row per strategy of every code."""
    if not len(done):
        return Events.concat([])
    n, width = done.vector.shape
    each = np.tile(np.arange(width), n)
    return Events.of(
        "code", np.repeat(done.agent, width), np.repeat(done.item, width), value=done.vector.ravel(), rank=each
    )
