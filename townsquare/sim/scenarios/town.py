"""What every scenario with a town in it has: groups of agents, models, a budget, agents elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from pydantic import model_validator

from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.questionnaire import Questionnaire
from townsquare.protocols.remote_settings import RemoteSettings
from townsquare.protocols.scenario import Scenario

ANSWERS = ("model", "temperature", "max_tokens", "draw")
"""The keys of ``chat`` that decide what is answered; they may change at a tick, the others only how it is reached."""


class TownScenario(Scenario):
    """Groups of agents, each with a mind."""

    groups: ClassVar[tuple[str, ...]] = ()
    """Keys under which a group stands: its ``count``, its ``mind``, and where it has one its ``model``."""
    fixed: ClassVar[tuple[str, ...]] = (
        *Scenario.fixed,
        *(f"chat.{key}" for key in ChatSettings.model_fields if key not in ANSWERS),
        "budget",
        "remote",
        "questionnaires",
    )

    chat: ChatSettings = ChatSettings()
    "Which language model, and how it is reached."
    budget: Budget = Budget()
    "What may be spent on it."
    remote: RemoteSettings = RemoteSettings()
    "Where agents are that decide or recommend from other processes."
    questionnaires: tuple[Questionnaire, ...] = ()
    "Questions put to a group at some ticks; they never change the run."

    @model_validator(mode="after")
    def _groups_are_there(self) -> Self:
        for name, group in self.populations().items():
            if group.count and group.mind.startswith("llm") and not self.model_of(name):
                raise ValueError(f"{name}.mind is {group.mind!r}, which needs a model: give --model provider:model")
        strange = sorted(set(self.remote.agents) - {"", *self.groups})
        if strange:
            raise ValueError(f"remote.agents: there is no group {strange[0]!r}; use {', '.join(self.groups)}")
        for one in self.questionnaires:
            who = self.populations().get(one.group)
            if who is None or not who.count or not who.mind.startswith("llm"):
                raise ValueError(f"questionnaires: no language model stands for the group {one.group!r}")
            if max(one.ticks, default=0) >= self.ticks:
                raise ValueError(f"questionnaires: tick {max(one.ticks)} lies after the last tick, {self.ticks - 1}")
        return self

    def populations(self) -> Mapping[str, Any]:
        """The settings of each group."""
        return {name: getattr(self, name) for name in self.groups}

    def asking(self) -> Sequence[str]:
        """Those who ask a language model: groups, and whoever else does."""
        return [name for name, group in self.populations().items() if group.count and group.mind.startswith("llm")]

    def model_of(self, name: str) -> str:
        """The model that ``name``, one of ``asking``, asks; "" where none is named."""
        own: str = getattr(getattr(self, name), "model", "")
        return own or self.chat.model

    def files(self) -> Sequence[str]:
        """Files, folders and data sets that the town is built from, as the scenario names them."""
        return ()
