"""The minds of a town's groups, and the people behind those that a language model stands for."""

from dataclasses import dataclass

import numpy as np

from townsquare.agents.minds.llm_creator import LLMCreator, Place
from townsquare.agents.minds.llm_reader import LLMReader
from townsquare.agents.minds.remote import Remote
from townsquare.agents.persona_sampling import Cast as Personas
from townsquare.agents.persona_sampling import Distribution, draw, enough, seated
from townsquare.agents.persona_table import from_csv
from townsquare.agents.personas import Persona, Salience
from townsquare.build.casting import space_embedder
from townsquare.build.models import Models
from townsquare.protocols.asking import AskModel
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.memory import Embedder, MemoryStore
from townsquare.protocols.registry import find, known, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.environments.feed import Feed
from townsquare.sim.environments.feed_rules import cosine
from townsquare.sim.scenarios.news import Creators, News, Panel, Users, Writers

_ROLES = {"users": "reader", "panel": "reader", "creators": "creator", "writers": "creator"}
_NAMES = {"users": "reader", "panel": "panel", "creators": "creator", "writers": "writer"}
_INTERESTS = (0.9, 0.7, 0.5)
"""How much the three topics nearest to a reader are on its mind (ours; told in words: very much, much, somewhat)."""


_MOST = 4096
"""More articles than an author can publish in a tick."""


@dataclass(frozen=True, slots=True)
class People:
    """Those of a group whom a language model stands for."""

    agents: range
    ask: AskModel
    personas: Personas
    memory: MemoryStore | None = None
    embedder: Embedder | None = None
    recall: int = 5


def minds_of(
    scenario: News, streams: Streams, environment: Feed, models: Models | None
) -> tuple[dict[str, Mind], dict[str, People]]:
    """The mind of every group that somebody is in, and the people behind language-model minds."""
    minds: dict[str, Mind] = {}
    people: dict[str, People] = {}
    groups: dict[str, Users | Panel | Creators | Writers] = {
        "users": scenario.users,
        "panel": scenario.panel,
        "creators": scenario.creators,
        "writers": scenario.writers,
    }
    for group, of in groups.items():
        if not of.count:
            continue
        name = _full(of.mind, _ROLES[group])
        cls = _class(group, name, of.mind)
        if issubclass(cls, LLMReader | LLMCreator):
            if models is None:
                raise ScenarioError(f"{group}.mind: a mind that asks a model is named llm... (got {of.mind!r}).")
            people[group] = _people(group, of, scenario, streams, environment, models)
            minds[group] = _asking(cls, people[group], of, scenario, streams, environment)
        elif issubclass(cls, Remote):
            assert models is not None
            minds[group] = Remote(Remote.Config(), models.recorded, seed=streams.seed, batch=scenario.remote.batch)
        else:
            minds[group] = _mind(name, streams)
    return minds, people


def _full(name: str, role: str) -> str:
    """``llm`` and ``behavioural`` stand for the mind of that kind that suits the role."""
    return f"{name}-{role}" if f"{name}-{role}" in known("mind") else name


def _class(group: str, name: str, given: str) -> type:
    """The class of a mind; ScenarioError where there is none, or only one for the other role."""
    try:
        cls = find("mind", name)
    except InputError as error:
        raise ScenarioError(f"{group}.mind: {error}") from error
    role = _ROLES[group]
    other, asks = ("creator", LLMCreator) if role == "reader" else ("reader", LLMReader)
    if name.endswith(f"-{other}") or issubclass(cls, asks):
        raise ScenarioError(
            f"{group}.mind: {given!r} cannot decide for a {role}; llm and behavioural stand for those that can."
        )
    return cls


def _mind(name: str, streams: Streams) -> Mind:
    made = make("mind", name, {}, streams)
    if not isinstance(made, Mind):
        raise ScenarioError(f"mind {name!r} does not have the method of one: decide.")
    return made


def _people(
    group: str,
    of: Users | Panel | Creators | Writers,
    scenario: News,
    streams: Streams,
    environment: Feed,
    models: Models,
) -> People:
    agents = environment.members(group)
    table = getattr(of, "personas", None)
    if table is not None:
        personas = list(enough(from_csv(table), of.count, table))
    else:
        drawn = draw(Distribution(), streams, np.arange(of.count), f"{group}.persona")
        # named as in agents.parquet: an id would move with the size of other groups, and prompts with it
        personas = [one.model_copy(update={"name": f"{_NAMES[group]}-{i}"}) for i, one in enumerate(drawn)]
    if _ROLES[group] == "creator":
        return People(agents, models.ask(group), seated(personas, agents.start))
    if table is None:
        personas = _interested(personas, environment, environment.reading[group])
    embedder = make("embedder", scenario.panel.embedder.name, scenario.panel.embedder.settings(), streams)
    store = scenario.panel.memory
    memory = make("store", store.name, models.memory_settings(group, store), embedder.embed(["width"]).shape[1])
    return People(agents, models.ask(group), seated(personas, agents.start), memory, embedder, scenario.panel.recall)


def _interested(personas: list[Persona], environment: Feed, rows: slice) -> list[Persona]:
    """Each with the topics on its mind that lie nearest to it at the start."""
    names = environment.cast.category_names
    if not names:
        return personas
    places, topics = environment.readers[rows], environment.cast.topics
    near = np.argsort(
        -np.round(cosine(places, np.broadcast_to(topics, (len(places), *topics.shape))), 9), kind="stable"
    )
    return [
        persona.with_state(
            topic_salience=tuple(
                Salience(topic=names[topic], value=value) for topic, value in zip(order, _INTERESTS, strict=False)
            )
        )
        for persona, order in zip(personas, near.tolist(), strict=True)
    ]


def _asking(
    cls: type[LLMReader | LLMCreator],
    people: People,
    of: Users | Panel | Creators | Writers,
    scenario: News,
    streams: Streams,
    environment: Feed,
) -> Mind:
    tokens = getattr(of, "prompt_tokens", 4000)
    if issubclass(cls, LLMReader):
        reader = cls.Config(recall=people.recall, prompt_tokens=tokens)
        return cls(reader, people.ask, people.personas, people.memory, people.embedder)
    names = environment.cast.category_names or ("news",)
    place = _place(scenario, streams, environment)
    return cls(cls.Config(prompt_tokens=tokens), people.ask, people.personas, place, names)


def _place(scenario: News, streams: Streams, environment: Feed) -> Place:
    """Where a written article lies: where its text is embedded, or by its category where the space has no embedder."""
    embedder = space_embedder(scenario, streams)
    topics = environment.cast.topics
    spread = scenario.creators.concentration.mean * scenario.creators.step

    def place(agent: int, category: int, text: str, tick: int, ordinal: int) -> FloatArray:
        if embedder is not None:
            found: FloatArray = embedder.embed([text])[0].astype(np.float64)
            return found
        row = environment.seat(agent) * _MOST + ordinal
        noise = streams.normal("written", tick, np.array([row]), np.arange(topics.shape[1]))
        return topics[category] + spread * noise

    return place
