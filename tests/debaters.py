"""Debaters of one's own, as simple as can be, and a debate made small."""

from collections.abc import Callable
from typing import Any

import numpy as np

from townsquare.protocols import Actions, Observations, Streams
from townsquare.protocols.debate import FIELDS, ROLES
from townsquare.protocols.events import Events
from townsquare.protocols.settings import Settings
from townsquare.protocols.slates import Slates
from townsquare.sim.environments.debate import Debate
from townsquare.sim.environments.debate_design import designed
from townsquare.sim.scenarios.persuasion import Persuasion
from townsquare.sim.trials.kernel import HumanKernel


class Plain:
    """Rates by lot, says who it is and what it was shown, moves ``towards`` its opponent, and takes them for an AI."""

    class Config(Settings):
        """Nothing to set."""

    towards = 0

    def __init__(self, config: Config, streams: Streams) -> None:
        self.streams = streams

    async def decide(self, seen: Observations) -> Actions:
        return plain(seen, self.streams, self.towards)


class Yielding(Plain):
    """Goes all the way to its opponent."""

    towards = 4


def plain(seen: Observations, streams: Streams | None = None, towards: int = 0) -> Actions:
    """What ``Plain`` does."""
    who, topic = seen.agents, seen.items[:, 0]
    if seen.task == "screen":
        luck = (streams or Streams(0)).uniform("screen", 0, seen.seats, topic)
        rated = Actions.of("opinion", who, topic, value=np.floor(5 * luck) + 1)
        return Actions.concat([rated, Actions.of("rate", who, topic, value=3.0)])
    if seen.task == "argue":
        said = [f"stage {seen.traits['stage'][i]:.0f} by {agent}" for i, agent in enumerate(who.tolist())]
        return Actions.of("say", who, np.full(len(who), -1), text=said)
    if seen.task == "settle":
        moved = np.clip(seen.traits["before"] - towards * seen.traits["side"], 1, 5)
        debates = seen.traits["side"] != 0
        guess = Actions.of("guess", who[debates], topic[debates], value=1.0)
        return Actions.concat([Actions.of("opinion", who, topic, value=moved), guess])
    row, place = np.nonzero(seen.items >= 0)
    levels = np.tile(np.arange(10) % 4, (len(row), 1)).astype(np.float64)
    return Actions.of("code", who[row], seen.items[row, place], vector=levels)


def trial(seed: int = 0, **keys: Any) -> Debate:
    """A trial of three debates per arm and two people of the control, unless ``keys`` say otherwise."""
    scenario = Persuasion(**{"debates": 3, "control": 2, "seed": seed, **keys})
    streams = Streams(seed)
    design = designed(scenario, scenario.debated(), streams)
    profiles = ["\n".join(f"{field}: {field} of {person}" for field in FIELDS) for person in range(design.n_people)]
    return Debate(scenario, streams, design, scenario.debated(), profiles, HumanKernel().draw)


Deed = Callable[[Observations], Actions]


def ticked(debate: Debate, tick: int, deed: Deed = plain) -> tuple[Events, list[Observations]]:
    """One tick as the engine runs it: what happened, and what was seen."""
    assert not debate.supply(tick)
    assert not len(debate.apply(tick, []))
    seen = list(debate.observe(tick, Slates.nothing()))
    return debate.apply(tick, [deed(cohort) for cohort in seen]), seen


def through(debate: Debate, ticks: int = 6, deed: Deed = plain) -> list[tuple[Events, list[Observations]]]:
    """The first ``ticks`` ticks."""
    return [ticked(debate, tick, deed) for tick in range(ticks)]


def told(seen: Observations, row: int) -> dict[str, list[str]]:
    """What lies before one debater, by role."""
    one = seen.row(row)
    found: dict[str, list[str]] = {role: [] for role in ROLES}
    for code, text in zip(one.features["role"].tolist(), one.texts, strict=True):
        found[ROLES[int(code)]].append(text)
    return found
