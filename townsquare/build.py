"""From a scenario to a town: the only place that knows concrete classes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from townsquare.agents.populations import draw_trait
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.recommender import Recommender, Stateful
from townsquare.protocols.registry import find, known, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind, Town
from townsquare.protocols.workers import Workers
from townsquare.sim.data import adressa, chosen, own
from townsquare.sim.data.space import Space
from townsquare.sim.environments.feed import Cast, Feed
from townsquare.sim.scenarios.news import Creators, News, Users


@dataclass(slots=True)
class Built:
    """A town ready to run, with what its run folder has to know about it."""

    town: Town
    environment: Feed
    agents: pa.Table
    data: dict[str, str] = field(default_factory=dict)
    """sha256 of every file the town was built from."""


def build(scenario: News, workers: int = 1) -> Built:
    """Names to objects. Everything that can be wrong with a scenario is found here, before anything is written."""
    streams = Streams(scenario.seed)
    space = _space(scenario, streams)
    cast = _cast(scenario, space, streams)
    environment = Feed(scenario, streams, cast, Workers(workers))
    minds = {"users": _mind(scenario.users.mind, streams), "creators": _mind(scenario.creators.mind, streams)}
    town = Town(environment, minds, recommender(scenario.at(0), streams))
    return Built(town, environment, _agents_table(cast), _data_hashes(scenario))


def recommender(scenario: News, streams: Streams) -> Recommender:
    """The recommender that a scenario names, not yet fitted."""
    name = scenario.recommender.name
    made = make("recommender", name, scenario.recommender.settings(), streams)
    if not isinstance(made, Recommender):
        raise ScenarioError(f"recommender {name!r} does not have the methods of one: fit, update, recommend.")
    return made


def fitted_at(scenario: News, tick: int) -> int:
    """The tick at or before ``tick`` at whose start the recommender last learnt from scratch: every ``retrain``
    ticks, and when another recommender takes over.
    """
    last = tick - tick % scenario.retrain
    for change in scenario.changes:
        replaced = any(path == "recommender" or path.startswith("recommender.") for path in change.set)
        if replaced and last < change.tick <= tick:
            last = change.tick
    return last


def retune(town: Town, scenario: News, tick: int) -> None:
    """What the run loop does before each tick: swap the recommender where the scenario says so."""
    if tick and scenario.at(tick).recommender != scenario.at(tick - 1).recommender:
        town.recommender = recommender(scenario.at(tick), Streams(scenario.seed))
    town.learns = fitted_at(scenario, tick) == tick


def restore(built: Built, scenario: News, tick: int, state: Mapping[str, Any]) -> None:
    """Put a fresh town where a checkpoint was taken, so that ``tick`` is the next to run."""
    town = built.town
    part = "recommender."
    built.environment.load({k: v for k, v in state.items() if not k.startswith((part, "run."))})
    town.recommender = recommender(scenario.at(max(tick - 1, 0)), Streams(scenario.seed))
    last = fitted_at(scenario, max(tick - 1, 0))
    if isinstance(town.recommender, Stateful) or fitted_at(scenario, tick) != tick:
        town.recommender.fit(*built.environment.history(last))
    if isinstance(town.recommender, Stateful):
        town.recommender.load({k.removeprefix(part): v for k, v in state.items() if k.startswith(part)})


def state_of(built: Built) -> dict[str, Any]:
    """Everything a checkpoint holds."""
    state = dict(built.environment.state())
    if isinstance(built.town.recommender, Stateful):
        state |= {f"recommender.{name}": array for name, array in built.town.recommender.state().items()}
    return state


def measure(built: Built, tick: int) -> pd.DataFrame:
    """All registered measures of one tick, tidy: tick, measure, group, value."""
    view = built.environment.view
    values: dict[str, float] = {}
    for name in known("measure"):
        values |= find("measure", name)(view)
    return pd.DataFrame(
        {
            "tick": np.full(len(values), tick, np.int32),
            "measure": list(values),
            "group": "",
            "value": np.array(list(values.values()), np.float64),
        }
    )


def items_table(environment: Feed, tick: int) -> pa.Table:
    """What was published in a tick, as the run folder keeps it."""
    articles = environment.articles
    new = articles.new(tick)
    author, first = articles["author"][new], environment.n_readers
    key = articles["key"][new].astype(np.uint64)
    ordinal = (key & np.uint64(0xFFF)).tolist()
    names = [f"t{tick}-c{a - first}-{o}" for a, o in zip(author.tolist(), ordinal, strict=True)]
    vector = pa.FixedSizeListArray.from_arrays(pa.array(articles.content(new).ravel()), articles.width)
    return pa.table(
        {
            "item": new.astype(np.int32),
            "name": names,
            "author": author,
            "born": articles["born"][new],
            "category": articles["category"][new],
            "quality": np.round(articles["quality"][new], 5).astype(np.float32),
            "vector": vector,
        }
    )


def _mind(name: str, streams: Streams) -> Mind:
    made = make("mind", name, {}, streams)
    if not isinstance(made, Mind):
        raise ScenarioError(f"mind {name!r} does not have the method of one: decide.")
    return made


def _space(scenario: News, streams: Streams) -> Space:
    data = scenario.data
    if data.name == "adressa":
        return adressa.load()
    embedder = make("embedder", data.embedder.name, data.embedder.settings(), streams)
    tables = chosen.choose(data.source, data.articles, data.interactions)
    return own.load(tables.articles, tables.interactions, embedder, data.rating_threshold)


def _cast(scenario: News, space: Space, streams: Streams) -> Cast:
    users, creators = scenario.users, scenario.creators
    categories = len(space.category_names)
    for story in scenario.interruptions:
        if story.topic >= categories:
            raise ScenarioError(
                f"interruptions: topic {story.topic} does not exist; categories go from 0 to {categories - 1}."
            )
    readers = space.sample_readers(users.count, streams.get("readers"), users.centring)
    authors = space.sample_creators(creators.count, streams.get("creators"))
    topics = np.stack([_centre(space, c) for c in range(categories)]) if categories else space.vectors[:1]
    return Cast(
        {"position": readers, **_reader_traits(users, np.arange(users.count), streams)},
        {"position": authors, **_creator_traits(creators, np.arange(creators.count), streams)},
        space.nearest_category(authors),
        topics,
    )


def _centre(space: Space, category: int) -> FloatArray:
    here = space.categories == category
    return space.centre(category) if here.any() else space.vectors.mean(axis=0)


def _reader_traits(users: Users, ids: IntArray, streams: Streams) -> dict[str, FloatArray]:
    return {
        name: draw_trait(streams, f"users.{name}", ids, trait.mean, trait.sd)
        for name, trait in (
            ("threshold", users.threshold),
            ("quality_weight", users.quality_weight),
            ("concentration", users.concentration),
        )
    }


def _creator_traits(creators: Creators, ids: IntArray, streams: Streams) -> dict[str, FloatArray]:
    trait = creators.concentration
    return {"concentration": draw_trait(streams, "creators.concentration", ids, trait.mean, trait.sd)}


def _agents_table(cast: Cast) -> pa.Table:
    n, c = len(cast.readers["position"]), len(cast.creators["position"])
    nothing = np.full(c, -1.0)
    return pa.table(
        {
            "agent": np.arange(n + c, dtype=np.int32),
            "name": [f"reader-{i}" for i in range(n)] + [f"creator-{i}" for i in range(c)],
            "group": ["users"] * n + ["creators"] * c,
            "concentration": np.concatenate([cast.readers["concentration"], cast.creators["concentration"]]),
            "threshold": np.concatenate([cast.readers["threshold"], nothing]),
            "quality_weight": np.concatenate([cast.readers["quality_weight"], nothing]),
        }
    )


def _data_hashes(scenario: News) -> dict[str, str]:
    data = scenario.data
    if data.name == "adressa":
        return {}
    tables = chosen.choose(data.source, data.articles, data.interactions)
    return {label: _sha256(path) for label, path in tables.labels.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
