"""The parts of a debate trial."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from townsquare.agents.debaters.behavioural import BehaviouralDebater
from townsquare.agents.debaters.person import PersonDebater
from townsquare.agents.minds.remote import Remote
from townsquare.agents.persona_sampling import Cast, Distribution, draw, enough, seated
from townsquare.agents.persona_table import from_csv, from_list
from townsquare.agents.personas import Persona
from townsquare.build.groups import People
from townsquare.build.models import Models
from townsquare.build.parts import Parts
from townsquare.protocols.debate import CLUSTERS, FIELDS
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.registry import find, known, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.environments.debate import Debate
from townsquare.sim.environments.debate_design import ARM_NAMES, Design, designed
from townsquare.sim.scenarios.persuasion import Persuasion
from townsquare.sim.trials.kernel import HumanKernel

_ROLES = {"people": "debater", "opponents": "debater", "judges": "rhetoric-judge"}
DEMOGRAPHICS: dict[str, dict[str, float]] = {
    "gender": {"male": 0.48, "female": 0.49, "nonbinary": 0.02, "other": 0.01},
    "age_band": {"18-24": 0.12, "25-34": 0.31, "35-44": 0.26, "45-54": 0.16, "55-64": 0.1, "65+": 0.05},
    "ethnicity": {"white": 0.66, "black": 0.13, "latino": 0.1, "asian": 0.08, "native-american": 0.01, "other": 0.02},
    "education": {
        "no-degree": 0.01, "high-school": 0.28, "vocational": 0.12, "bachelor": 0.4, "master": 0.15, "phd": 0.04,
    },
    "employment": {
        "student": 0.07, "unemployed-looking": 0.09, "unemployed-notlooking": 0.06, "employed-wages": 0.56,
        "self-employed": 0.14, "retired": 0.05, "other": 0.03,
    },
    "politics": {"democrat": 0.44, "republican": 0.2, "independent": 0.28, "not-sure": 0.04, "other": 0.04},
}  # fmt: skip
"""Shares that people are drawn from, field by field: ours, roughly an online panel in the United States. They claim
nothing about the people of the published trial, whose fields they use.
"""


def parts_of(scenario: Persuasion, streams: Streams, models: Models | None) -> Parts:
    """Everything that can be wrong with a trial is found here."""
    topics = scenario.debated()
    design = designed(scenario, topics, streams)
    personas = _personas(scenario, design, streams)
    profiles = [profile(persona) for persona in personas]
    environment = Debate(scenario, streams, design, topics, profiles, HumanKernel().draw)
    casts: dict[str, Cast] = {"people": seated(personas, 0), "opponents": seated((), 0), "judges": seated((), 0)}
    minds: dict[str, Mind] = {}
    people: dict[str, People] = {}
    for group, of in scenario.populations().items():
        if of.count:
            minds[group] = _mind(group, of.mind, casts[group], scenario, streams, models)
            if group in scenario.asking() and models is not None:
                people[group] = People(getattr(design, group), models.ask(group), casts[group])
    return Parts(
        environment,
        minds,
        _agents(design, personas),
        lambda tick: items_table(environment, tick),
        CLUSTERS,
        {path: _hash(path) for path in scenario.files()},
        tuple(topic.text for topic in topics),
        people=people,
    )


def profile(persona: Persona) -> str:
    """Who somebody is, as their opponent is told: a line per field that is known."""
    told = facts(persona)
    return "\n".join(f"{field}: {told[field]}" for field in FIELDS if told[field])


def facts(persona: Persona) -> dict[str, str]:
    """The six fields; "" for what is not known, several ethnicities joined by a plus."""
    of = persona.demographics
    return {field: "+".join(of.ethnicity) if field == "ethnicity" else getattr(of, field) or "" for field in FIELDS}


def _personas(scenario: Persuasion, design: Design, streams: Streams) -> list[Persona]:
    """Who each person is: the same seat is the same person. A table's rows go to the seats in their order."""
    seats = design.seat[: design.n_people]
    given = scenario.people.personas
    if given is None:
        return draw(Distribution(demographics=DEMOGRAPHICS), streams, seats, "people.persona")
    order, place = np.unique(seats, return_inverse=True)
    what = given if isinstance(given, str) else "people.personas"
    rows = from_csv(given) if isinstance(given, str) else from_list(given, what)
    table = enough(rows, len(order), what)
    return [table[number] for number in place.tolist()]


def _mind(group: str, given: str, cast: Cast, scenario: Persuasion, streams: Streams, models: Models | None) -> Mind:
    role = _ROLES[group]
    name = f"{given}-{role}" if f"{given}-{role}" in known("mind") else given
    cls = _class(group, given, name)
    if issubclass(cls, Remote):
        if group == "judges":
            raise ScenarioError("judges.mind: agents elsewhere debate, and judge nothing; use behavioural or llm.")
        assert models is not None
        return Remote(Remote.Config(), models.recorded, seed=streams.seed, batch=scenario.remote.batch)
    if issubclass(cls, PersonDebater):
        if group == "judges":
            raise ScenarioError("judges.mind: a person debates, and judges nothing; use behavioural or llm.")
        assert models is not None
        return PersonDebater(PersonDebater.Config(), models.recorded)
    settings: dict[str, Any] = {}
    parts: list[Any] = [streams]
    if issubclass(cls, BehaviouralDebater):
        parts, settings = [streams, cast], {"susceptibility": scenario.people.susceptibility}
    if group in scenario.asking():
        assert models is not None
        parts = [models.ask(group), cast] if role == "debater" else [models.ask(group)]
    made = make("mind", name, settings, *parts)
    if not isinstance(made, Mind):
        raise ScenarioError(f"mind {name!r} does not have the method of one: decide.")
    return made


def _class(group: str, given: str, name: str) -> type:
    """The class of a mind; ScenarioError where there is none, or only one for another role."""
    try:
        cls = find("mind", name)
    except InputError as error:
        raise ScenarioError(f"{group}.mind: {error}") from error
    kind, _, role = name.partition("-")
    if kind in ("behavioural", "llm") and role != _ROLES[group]:
        raise ScenarioError(
            f"{group}.mind: {given!r} is no {_ROLES[group].replace('-', ' ')}; behavioural and llm stand for those "
            "that are."
        )
    return cls


def _agents(design: Design, personas: Sequence[Persona]) -> pa.Table:
    """agents.parquet: who takes part in what, and the six fields of the people."""
    n = len(design.arm)
    told = [facts(persona) for persona in personas]
    groups = [*["people"] * design.n_people, *["opponents"] * design.n_opponents, *["judges"] * design.n_judges]
    arms = [ARM_NAMES[code] if code >= 0 else "" for code in design.arm.tolist()]
    fields = {field: [one[field] for one in told] + [""] * (n - len(told)) for field in FIELDS}
    return pa.table(
        {
            "agent": np.arange(n, dtype=np.int32),
            "name": _names(design, groups, arms),
            "group": groups,
            "arm": arms,
            "debate": design.debate.astype(np.int32),
            "topic": design.topic.astype(np.int32),
            "counted": design.counted,
            **{field: pa.array(column, pa.string()) for field, column in fields.items()},
        }
    )


def _names(design: Design, groups: Sequence[str], arms: Sequence[str]) -> list[str]:
    """``human-ai-12`` is the person of debate 12 of all; the second of two people is a b, the AI has ``/ai``."""
    names = []
    for agent, (group, arm, debate) in enumerate(zip(groups, arms, design.debate.tolist(), strict=True)):
        if group == "judges":
            names.append(f"judge-{agent - design.judges.start}")
        elif debate < 0:
            names.append(f"{arm}-{agent}")
        else:
            two = "human-human" in arm
            end = "/ai" if group == "opponents" else "" if not two else "a" if design.leads[agent] else "b"
            names.append(f"{arm}-{debate}{end}")
    return names


def items_table(debate: Debate, tick: int) -> pa.Table:
    """The topics at tick 0, and the statements of each turn."""
    codes = {name: code for code, name in enumerate(CLUSTERS)}
    clusters = [codes.get(topic.cluster, -1) for topic in debate.topics]
    rows: list[tuple[int, str, int, int, str]] = []
    if tick == 0:
        rows = [(number, f"topic-{number}", -1, clusters[number], one.text) for number, one in enumerate(debate.topics)]
    transcript, turn = debate.transcript, debate.turn(tick)
    for place in transcript.written(turn).tolist() if turn >= 0 else ():
        author = transcript.author(place)
        cluster = clusters[int(debate.design.topic[author])]
        rows.append((transcript.n_topics + place, f"turn-{turn}-{author}", author, cluster, transcript.texts[place]))
    ids, names, authors, categories, texts = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    return pa.table(
        {
            "item": pa.array(ids, pa.int32()),
            "name": pa.array(names, pa.string()),
            "author": pa.array(authors, pa.int32()),
            "born": pa.array([tick] * len(rows), pa.int32()),
            "category": pa.array(categories, pa.int32()),
            "quality": pa.array([float("nan")] * len(rows), pa.float32()),
            "text": pa.array(texts, pa.string()),
        }
    )


def _hash(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
