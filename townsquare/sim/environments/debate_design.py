"""Who debates what with whom, and who is told what: the design of a trial, fixed before anybody says anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from townsquare.protocols.columns import NOBODY, BoolArray, IntArray
from townsquare.protocols.debate import ARMS, CLUSTERS, CONTROL
from townsquare.protocols.streams import Streams
from townsquare.sim.data.topics import Topic
from townsquare.sim.scenarios.persuasion import Persuasion

ARM_NAMES = (*ARMS, CONTROL)
"""Arms by code, the control last."""
NO_DEBATE = len(ARMS)
"""The control's code."""
_FIRST, _SECOND, _MACHINE = range(3)
"""Places at the table of a debate: the person the arm is about, the other person, the AI."""
_PLACES = 3
_APART = 40
"""Bits by which the seats of two arms lie apart where arms do not share their people."""


class _Seat(NamedTuple):
    arm: int
    debate: int
    number: int
    place: int


@dataclass(frozen=True, slots=True)
class Design:
    """One row per agent: people of the arms in order, debate by debate; the control; opponents; judges.

    A person of the same number in two arms, or in two runs, has the same seat, and with it the same topic, persona,
    first rating, side and luck, however many debates and arms there are (common random numbers). Only where ``paired``
    is false does every arm have seats of its own.
    """

    arm: IntArray
    """(agents,) codes into ``ARM_NAMES``; -1 for judges."""
    debate: IntArray
    """(agents,) debates are numbered through all arms; -1 for the control and for judges."""
    topic: IntArray
    """(agents,) numbers into the trial's topics; -1 for judges."""
    seat: IntArray
    """(agents,) what the random draws about an agent hang on."""
    partner: IntArray
    """(agents,) the other side of the debate; -1 for the control and for judges."""
    leads: BoolArray
    """(agents,) the first person of a debate: their side is drawn, the other's follows."""
    counted: BoolArray
    """(agents,) whether they give a row of the analysis: both people of human-human; of human-human-personalised the
    one whose data were told; the people of both arms with an AI. Nobody of the control, which is told apart.
    """
    told: BoolArray
    """(agents,) whether they are told who the other side is: in the personalised arms the second person, and the AI."""
    n_people: int
    n_opponents: int
    n_judges: int

    @property
    def people(self) -> range:
        """Ids of the people, the control included."""
        return range(self.n_people)

    @property
    def opponents(self) -> range:
        """Ids of the AI's debaters."""
        return range(self.n_people, self.n_people + self.n_opponents)

    @property
    def judges(self) -> range:
        """Ids of the judges."""
        first = self.n_people + self.n_opponents
        return range(first, first + self.n_judges)

    @property
    def debaters(self) -> IntArray:
        """Ids of those who write, people first."""
        return np.flatnonzero(self.partner != NOBODY)


def designed(scenario: Persuasion, topics: Sequence[Topic], streams: Streams) -> Design:
    """The design of a scenario; the same topics go to the same debates of every arm."""
    people: list[_Seat] = []
    machines: list[_Seat] = []
    for place, name in enumerate(scenario.arms):
        arm = ARMS.index(name)
        for number in range(scenario.debates):
            debate = place * scenario.debates + number
            people.append(_Seat(arm, debate, number, _FIRST))
            if "human-human" in name:
                people.append(_Seat(arm, debate, number, _SECOND))
            else:
                machines.append(_Seat(arm, debate, number, _MACHINE))
    people += [_Seat(NO_DEBATE, NOBODY, number, _FIRST) for number in range(scenario.control)]
    return _columns(scenario, people, machines, topic_order(topics, max(scenario.debates, scenario.control), streams))


def _columns(scenario: Persuasion, people: Sequence[_Seat], machines: Sequence[_Seat], order: IntArray) -> Design:
    judges = scenario.judges.count
    rows = np.array([*people, *machines], np.int64).reshape(-1, 4)
    arm, debate, number, place = rows.T
    own = _PLACES * number + place + (0 if scenario.paired else (arm << _APART))
    personalised = np.isin(arm, [code for code, name in enumerate(ARMS) if "personalised" in name])
    both = arm == ARMS.index("human-human")
    fill = np.full(judges, NOBODY)
    none = np.zeros(judges, bool)
    return Design(
        arm=np.concatenate([arm, fill]),
        debate=np.concatenate([debate, fill]),
        topic=np.concatenate([order[number], fill]),
        seat=np.concatenate([own, np.arange(judges)]),
        partner=np.concatenate([_partners(debate), fill]),
        leads=np.concatenate([(place == _FIRST) & (debate != NOBODY), none]),
        counted=np.concatenate([(place == _FIRST) & (debate != NOBODY) | both, none]),
        told=np.concatenate([personalised & (place != _FIRST), none]),
        n_people=len(people),
        n_opponents=len(machines),
        n_judges=judges,
    )


def _partners(debate: IntArray) -> IntArray:
    """(n,) the other row of the same debate."""
    partner = np.full(len(debate), NOBODY)
    order = np.argsort(debate, kind="stable")
    order = order[debate[order] != NOBODY]
    partner[order[::2]], partner[order[1::2]] = order[1::2], order[::2]
    return partner


def topic_order(topics: Sequence[Topic], count: int, streams: Streams) -> IntArray:
    """(count,) the topic of debate 0, 1, ...: rounds through all topics, each round in an order of its own.

    Within a round clusters take turns, so any number of debates has its topics spread over topics and clusters as
    evenly as can be; a longer trial begins with the topics of a shorter one.
    """
    codes = [CLUSTERS.index(topic.cluster) if topic.cluster else len(CLUSTERS) for topic in topics]
    cluster, everything = np.array(codes), np.arange(len(topics))
    rounds: list[IntArray] = []
    for number in range(-(-count // len(topics))):
        luck = streams.uniform("topics", number, everything, np.zeros(1, np.int64))
        turn = np.zeros(len(topics))
        for code in np.unique(cluster):
            of = np.flatnonzero(cluster == code)
            turn[of[np.argsort(luck[of], kind="stable")]] = (np.arange(len(of)) + 0.5) / len(of)
        rounds.append(np.lexsort((everything, cluster, np.round(turn, 12))))
    return np.concatenate(rounds)[:count] if rounds else np.zeros(0, np.int64)


def planned(scenario: Persuasion, topics: Sequence[Topic], streams: Streams) -> dict[tuple[str, str], int]:
    """How many debates each cell of arm and cluster has; clusters that are not known are called ""."""
    order = topic_order(topics, scenario.debates, streams)
    names = [topics[number].cluster for number in order.tolist()]
    return {(arm, cluster): names.count(cluster) for arm in scenario.arms for cluster in dict.fromkeys(names)}
