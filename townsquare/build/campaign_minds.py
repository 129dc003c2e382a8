"""The minds of members, persuaders and bots."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from townsquare.agents.counterspeech.behavioural import Counterspeaker
from townsquare.agents.counterspeech.llm import LLMCounterspeaker
from townsquare.agents.minds.llm_member import LLMMember
from townsquare.agents.minds.llm_persuader import LLMPersuader
from townsquare.agents.minds.member import Member
from townsquare.agents.minds.remote import Remote
from townsquare.agents.persona_sampling import Cast as Personas
from townsquare.agents.persona_sampling import Distribution, draw, enough, seated
from townsquare.agents.persona_table import from_csv
from townsquare.build.groups import People
from townsquare.build.models import Models
from townsquare.protocols.counterspeech import Replies
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.registry import find, known, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.moderators.harm_words import harm, kind
from townsquare.sim.scenarios.campaign import Bots, Campaign, Members, Persuaders

_ROLES = {"members": "member", "persuaders": "persuader", "bots": "counterspeaker"}
_OTHERS = ("reader", "creator", "debater", "judge", "neighbour", *_ROLES.values())
"""What the names of minds for one role end in."""


def minds_of(
    scenario: Campaign, streams: Streams, cast: Cast, models: Models | None
) -> tuple[dict[str, Mind], dict[str, People]]:
    """The mind of every group that somebody is in, and the people behind members that a language model stands for."""
    minds: dict[str, Mind] = {}
    people: dict[str, People] = {}
    groups: Mapping[str, Members | Persuaders | Bots] = {
        "members": scenario.members,
        "persuaders": scenario.persuaders,
        "bots": scenario.bots,
    }
    for group, of in groups.items():
        if not of.count:
            continue
        name, cls = _class(group, of.mind)
        if issubclass(cls, Remote):
            assert models is not None
            minds[group] = Remote(Remote.Config(), models.recorded, seed=streams.seed, batch=scenario.remote.batch)
        elif name.startswith("llm"):
            if models is None:
                raise ScenarioError(f"{group}.mind: a mind that asks a model is named llm... (got {of.mind!r}).")
            if group == "members":
                people[group] = _people(scenario, streams, cast, models)
            minds[group] = _asking(cls, group, scenario, streams, people.get(group), models)
        else:
            minds[group] = _scripted(cls, name, group, scenario, streams)
    return minds, people


def _class(group: str, given: str) -> tuple[str, type]:
    """The name and class of a mind; ScenarioError where there is none, or only one for another role."""
    role = _ROLES[group]
    name = f"{given}-{role}" if f"{given}-{role}" in known("mind") else given
    try:
        cls = find("mind", name)
    except InputError as error:
        raise ScenarioError(f"{group}.mind: {error}") from error
    if any(name.endswith(f"-{other}") for other in _OTHERS if other != role) or name == "person":
        raise ScenarioError(
            f"{group}.mind: {given!r} cannot decide for a {role}; llm and behavioural stand for those that can."
        )
    return name, cls


def _scripted(cls: type, name: str, group: str, scenario: Campaign, streams: Streams) -> Mind:
    """A mind that asks nobody: one of ours, or a plug-in's."""
    made: object
    if issubclass(cls, Member):
        made = cls(cls.Config(bystanders=scenario.members.bystanders), streams)
    elif issubclass(cls, Counterspeaker):
        made = Counterspeaker(Counterspeaker.Config(**_replies(scenario)), streams, harm, kind)
    else:
        made = make("mind", name, {}, streams)
    if not isinstance(made, Mind):
        raise ScenarioError(f"mind {name!r} does not have the method of one: decide.")
    return made


def _replies(scenario: Campaign) -> dict[str, Any]:
    return {key: getattr(scenario.bots, key) for key in Replies.model_fields}


def _asking(cls: type, group: str, scenario: Campaign, streams: Streams, people: People | None, models: Models) -> Mind:
    ask, made = models.ask(group), object()
    if issubclass(cls, LLMMember) and people is not None:
        of = scenario.members
        config = cls.Config(prompt_tokens=of.prompt_tokens, own=of.update == "own")
        made = cls(config, ask, people.personas)
    elif issubclass(cls, LLMPersuader):
        made = cls(cls.Config(prompt_tokens=scenario.persuaders.prompt_tokens), ask)
    elif issubclass(cls, LLMCounterspeaker):
        made = LLMCounterspeaker(LLMCounterspeaker.Config(**_replies(scenario)), ask, streams, harm, kind)
    if not isinstance(made, Mind):
        raise ScenarioError(f"{group}.mind: {cls.__name__} cannot decide for {group}.")
    return made


def _people(scenario: Campaign, streams: Streams, cast: Cast, models: Models) -> People:
    """Who the members are, by a table of personas or drawn; named as they are seen by others."""
    of = scenario.members
    if of.personas is not None:
        personas: Personas = seated(list(enough(from_csv(of.personas), of.count, of.personas)), 0)
    else:
        drawn = draw(Distribution(), streams, np.arange(of.count), "members.persona")
        personas = seated([one.model_copy(update={"name": cast.name(i)}) for i, one in enumerate(drawn)], 0)
    return People(cast.members, models.ask("members"), personas)
