"""What lies before each side of a debate when its turn comes, and nothing else."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols.columns import NOBODY, BoolArray, IntArray
from townsquare.protocols.debate import ROLES, STAGES, TURNS
from townsquare.protocols.observations import Observations
from townsquare.sim.data.topics import Topic
from townsquare.sim.environments.debate_design import Design
from townsquare.sim.environments.debate_transcript import WROTE_NOTHING, Transcript

_TOPIC, _OWN, _OPPONENT, _PROFILE = range(len(ROLES))
_FIRST_TURN = STAGES.index(TURNS[0])


class Sight:
    """Items of a row, in this order: the topic; who the opponent is, where that is told; then turn by turn what oneself
    said and what the opponent said. Nobody ever sees what the other side writes in the same stage.

    Features: ``role`` codes ``ROLES``; ``turn`` is that of a statement (0 opening, 1 rebuttal, 2 conclusion) and -1
    elsewhere. Traits of a debater: ``side`` (1 pro, -1 con; 0 in the control) and ``stage`` (a code into ``STAGES``).
    Who rates again is told in ``before`` and ``prior`` what they said first (``prior`` is 0 where they did not say).
    What draws hang on (``keys``, ``seats``) is the same for the same person in every arm.
    """

    def __init__(
        self, design: Design, topics: Sequence[Topic], profiles: Sequence[str], transcript: Transcript
    ) -> None:
        self.design, self.topics, self.profiles, self.transcript = design, topics, profiles, transcript

    def text(self, item: int) -> str:
        """What an item says."""
        if 0 <= item < len(self.topics):
            return self.topics[item].text
        place, person = self.transcript.place(item), self.transcript.person(item)
        if place != NOBODY:
            return self.transcript.texts[place] or WROTE_NOTHING
        return self.profiles[person] if person != NOBODY else ""

    def screen(self, tick: int, people: IntArray) -> Observations:
        """Task "screen": the topic. Nobody has a side yet."""
        columns = [(self.design.topic[people], _TOPIC, -1)]
        return self._observed(tick, "people", "screen", people, columns, {})

    def argue(self, tick: int, group: str, debaters: IntArray, sides: IntArray) -> Observations:
        """Task "argue": in the opening no word of the opponent; in the rebuttal their opening; in the conclusion their
        opening and rebuttal. One's own statements always.
        """
        turn, partner = tick - _FIRST_TURN, self.design.partner[debaters]
        told = np.where(self.design.told[debaters], self.transcript.profile(partner), NOBODY)
        columns = [(self.design.topic[debaters], _TOPIC, -1), (told, _PROFILE, -1), *self._said(debaters, turn)]
        if not self.design.told[debaters].any():
            del columns[1]
        stage = np.full(len(debaters), float(tick))
        return self._observed(
            tick, group, "argue", debaters, columns, {"side": _number(sides[debaters]), "stage": stage}
        )

    def settle(self, tick: int, people: IntArray, sides: IntArray, before: IntArray, prior: IntArray) -> Observations:
        """Task "settle": the whole debate; in the control the topic alone."""
        columns = [(self.design.topic[people], _TOPIC, -1), *self._said(people, len(TURNS))]
        traits = {"side": sides[people], "before": before[people], "prior": prior[people]}
        return self._observed(
            tick, "people", "settle", people, columns, {name: _number(column) for name, column in traits.items()}
        )

    def code(self, tick: int) -> Observations:
        """Task "code": a row per judge and debater, with the statements that the debater wrote."""
        design, transcript = self.design, self.transcript
        debaters = design.debaters
        items = [transcript.item(debaters, turn) for turn in range(len(TURNS))]
        there = [_there(transcript, each) for each in items]
        wrote = np.any(there, axis=0) if len(debaters) else np.zeros(0, bool)
        judges = np.repeat(np.array(design.judges, np.int64), int(wrote.sum()))
        columns = [
            (np.tile(np.where(there[turn], items[turn], NOBODY)[wrote], design.n_judges), _OWN, turn)
            for turn in range(len(TURNS))
        ]
        return self._observed(tick, "judges", "code", judges, columns, {})

    def answered(self, debaters: IntArray, turn: int) -> IntArray:
        """The statement that each debater's turn answers; -1 in the opening, and where the opponent wrote nothing."""
        if turn == 0:
            return np.full(len(debaters), NOBODY)
        items = self.transcript.item(self.design.partner[debaters], turn - 1)
        return np.where(_there(self.transcript, items), items, NOBODY)

    def _said(self, debaters: IntArray, turns: int) -> list[tuple[IntArray, int, int]]:
        """What both sides said in the first turns; empty places for those who debate with nobody."""
        partner = self.design.partner[debaters]
        debates = partner != NOBODY
        found = []
        for turn in range(turns):
            for who, role in ((debaters, _OWN), (partner, _OPPONENT)):
                found.append((np.where(debates, self.transcript.item(who, turn), NOBODY), role, turn))
        return found

    def _observed(
        self,
        tick: int,
        group: str,
        task: str,
        agents: IntArray,
        columns: Sequence[tuple[IntArray, int, int]],
        traits: dict[str, "np.ndarray[tuple[int], np.dtype[np.float64]]"],
    ) -> Observations:
        items = np.stack([ids for ids, _, _ in columns], axis=1).astype(np.int32)
        roles, turns = ([float(column[place]) for column in columns] for place in (1, 2))
        features = {name: np.tile(row, (len(agents), 1)) for name, row in (("role", roles), ("turn", turns))}
        seats = self.design.seat[agents]
        keys = self._keys(items)
        return Observations(tick, group, task, agents, 1, items, traits, features, keys, text=self.text, seats=seats)

    def _keys(self, items: IntArray) -> IntArray:
        """Topics by number, statements and profiles by whose seat they belong to."""
        place = items - self.transcript.n_topics
        said = (place >= 0) & (place < self.transcript.size)
        who = (place >= self.transcript.size) & (items >= 0)
        n = max(1, len(self.transcript.debaters))
        key = np.maximum(items, 0).astype(np.uint64)
        seat = self.design.seat.astype(np.uint64)
        if said.any():
            author = self.transcript.debaters[place[said] % n]
            key[said] = (
                (seat[author] << np.uint64(3)) + (place[said] // n).astype(np.uint64) + (np.uint64(1) << np.uint64(56))
            )
        key[who] = seat[place[who] - self.transcript.size] + (np.uint64(1) << np.uint64(57))
        return key


def _there(transcript: Transcript, items: IntArray) -> BoolArray:
    return np.array([bool(transcript.texts[place]) for place in (items - transcript.n_topics).tolist()], bool)


def _number(column: IntArray) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return column.astype(np.float64)
