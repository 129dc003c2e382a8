"""The mind of a shop's shills: one attack, crafted from what can be known when it begins, and paced over ticks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.agents.shills.pacing import Pacing
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import A, Answer, Ask, AskModel
from townsquare.protocols.attack import Attack, Campaign, Knowledge, Level, Profiles
from townsquare.protocols.events import Events
from townsquare.protocols.observations import Observations
from townsquare.protocols.streams import Streams
from townsquare.protocols.texts import pack, unpack
from townsquare.sim.attacks.crafted import crafted
from townsquare.sim.scenarios.shilling import Shills


class ShillMind:
    """Does nothing before its start; then every account gives the ratings of its profile, a few in each tick."""

    def __init__(
        self,
        settings: Shills,
        attack: Attack,
        campaign: Campaign,
        known: Callable[[Level], Knowledge],
        streams: Streams,
        ask: AskModel | None = None,
    ) -> None:
        """``known`` tells what can be found out, at the time of asking; ``ask`` leads to a language model."""
        self.settings, self.attack, self.campaign = settings, attack, campaign
        self.known, self.streams, self.ask = known, streams, ask
        self.profiles: Profiles | None = None
        self._pacing: Pacing | None = None

    async def decide(self, seen: Observations) -> Actions:
        """The ratings that are due."""
        if seen.tick < self.settings.start:
            return Actions.concat([])
        if self.profiles is None:
            if self.ask is not None:
                self.attack.ask = _asked_here(self.ask, seen)  # type: ignore[attr-defined]
            self._take(await crafted(self.attack, self.known(self.attack.level), self.campaign))
        assert self.profiles is not None
        assert self._pacing is not None
        rows, made = self._pacing.due(seen.tick), self.profiles
        texts = None if made.texts is None else made.texts[rows].tolist()
        agents = seen.agents[made.profile[rows]]
        return Actions.of("rate", agents, made.items[rows], value=made.values[rows], text=texts)

    def remember(self, tick: int, events: Events) -> None:
        """Nothing: the profile says it all."""

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """The profiles, once they are made; without reviews there are no texts."""
        made = self.profiles
        if made is None:
            return {}
        texts, ends = pack([] if made.texts is None else made.texts.tolist())
        return {
            "profile": made.profile,
            "items": made.items,
            "values": made.values,
            "role": made.role,
            "texts": texts,
            "ends": ends,
        }

    def load(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up where ``state`` was taken."""
        if "profile" not in state:
            return
        texts = None
        if len(state["ends"]):
            texts = np.full(len(state["ends"]), "", object)
            texts[:] = unpack(state["texts"], state["ends"])
        profile, items, values, role = (state[name] for name in ("profile", "items", "values", "role"))
        self._take(Profiles(profile, items, values, role, texts))

    def _take(self, profiles: Profiles) -> None:
        self.profiles = profiles
        self._pacing = Pacing(profiles, self.settings.start, self.settings.pace, self.streams)


def _asked_here(ask: AskModel, seen: Observations) -> AskModel:
    """The same path, with the town's own tick and agents in place of account numbers."""

    async def asked(question: Ask[A]) -> Answer[A]:
        return await ask(replace(question, tick=seen.tick, agent=int(seen.agents[question.agent])))

    return asked
