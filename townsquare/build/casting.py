"""Who lives in a news town at the start, and in what space."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from townsquare.agents.populations import draw_trait
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.errors import ScenarioError, did_you_mean
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.sim.data import adressa, chosen, own
from townsquare.sim.data.space import Space
from townsquare.sim.environments.feed import Cast
from townsquare.sim.scenarios.news import News, Trait

_SHOWN = 12  # category names in a message


def space_of(scenario: News, streams: Streams) -> Space:
    """The latent space that a scenario's articles span."""
    data = scenario.data
    if data.name == "adressa":
        return adressa.load()
    embedder = space_embedder(scenario, streams)
    tables = chosen.choose(data.source, data.articles, data.interactions)
    return own.load(tables.articles, tables.interactions, embedder, data.rating_threshold)


def numbered(scenario: News, names: tuple[str, ...]) -> News:
    """The scenario with a number for the topic of every interruption; ScenarioError where there is no such category."""
    stories = [story.model_copy(update={"topic": _number(story.topic, names)}) for story in scenario.interruptions]
    return scenario.model_copy(update={"interruptions": tuple(stories)})


def _number(topic: int | str, names: tuple[str, ...]) -> int:
    if not names:
        raise ScenarioError(f"interruptions: topic {topic!r} does not exist; the articles have no categories.")
    if isinstance(topic, int) and 0 <= topic < len(names):
        return topic
    if topic in names:
        return names.index(str(topic))
    hint = did_you_mean(topic, names) if isinstance(topic, str) else "."
    some = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    raise ScenarioError(
        f"interruptions: topic {topic!r} does not exist{hint} Categories go from 0 to {len(names) - 1}: {some}."
    )


def space_embedder(scenario: News, streams: Streams) -> Any:
    """What turns texts into vectors of the space; None for the packaged vectors, which came without their embedder."""
    data = scenario.data
    if data.name == "adressa":
        return None
    return make("embedder", data.embedder.name, data.embedder.settings(), streams)


def cast_of(scenario: News, space: Space, streams: Streams) -> Cast:
    """Everybody's place and traits. The panel and the writers are drawn from streams of their own, so that adding them
    moves nobody else.
    """
    users, creators = scenario.users, scenario.creators
    panel, writers = scenario.panel.count, scenario.writers.count
    categories = len(space.category_names)
    readers = _join(
        space.sample_readers(users.count, streams.get("readers"), users.centring),
        space.sample_readers(panel, streams.get("panel"), users.centring) if panel else None,
    )
    authors = _join(
        space.sample_creators(creators.count, streams.get("creators")),
        space.sample_creators(writers, streams.get("writers")) if writers else None,
    )
    topics = np.stack([_centre(space, c) for c in range(categories)]) if categories else space.vectors[:1]
    traits = {
        "threshold": users.threshold,
        "quality_weight": users.quality_weight,
        "concentration": users.concentration,
    }
    return Cast(
        {"position": readers, **_traits(traits, {"users": users.count, "panel": panel}, streams)},
        {
            "position": authors,
            **_traits(
                {"concentration": creators.concentration}, {"creators": creators.count, "writers": writers}, streams
            ),
        },
        space.nearest_category(authors),
        topics,
        space.category_names,
    )


def _join(first: FloatArray, second: FloatArray | None) -> FloatArray:
    return first if second is None else np.concatenate([first, second])


def _centre(space: Space, category: int) -> FloatArray:
    here = space.categories == category
    return space.centre(category) if here.any() else space.vectors.mean(axis=0)


def _traits(traits: dict[str, Trait], groups: dict[str, int], streams: Streams) -> dict[str, FloatArray]:
    """Each trait for all groups, one after the other; a group's draws hang on its name."""
    return {
        name: np.concatenate(
            [draw_trait(streams, f"{g}.{name}", np.arange(n), trait.mean, trait.sd) for g, n in groups.items()]
        )
        for name, trait in traits.items()
    }


def agents_table(scenario: News, cast: Cast, space: Space, streams: Streams) -> pa.Table:
    """agents.parquet: who lives in the town; -1 where a group has no such trait.

    ``user_id`` is the reader of the user's own interactions that an agent is, or, from the second time within a group
    that it comes, a copy of; "" for readers who are made up and for those who write, who always are.
    """
    groups = {
        "users": ("reader", scenario.users.count),
        "panel": ("panel", scenario.panel.count),
        "creators": ("creator", scenario.creators.count),
        "writers": ("writer", scenario.writers.count),
    }
    authors = np.full(len(cast.creators["position"]), -1.0)
    return pa.table(
        {
            "agent": np.arange(sum(n for _, n in groups.values()), dtype=np.int32),
            "name": [f"{word}-{i}" for word, n in groups.values() for i in range(n)],
            "group": [group for group, (_, n) in groups.items() for _ in range(n)],
            "concentration": np.concatenate([cast.readers["concentration"], cast.creators["concentration"]]),
            "threshold": np.concatenate([cast.readers["threshold"], authors]),
            "quality_weight": np.concatenate([cast.readers["quality_weight"], authors]),
            "user_id": pa.array(_user_ids(scenario, space, streams) + [""] * len(authors), pa.string()),
        }
    )


def _user_ids(scenario: News, space: Space, streams: Streams) -> list[str]:
    groups = {"readers": scenario.users.count, "panel": scenario.panel.count}
    drawn = np.concatenate([space.readers_drawn(n, streams.get(name)) for name, n in groups.items() if n])
    return [space.reader_names[reader] if reader >= 0 else "" for reader in drawn.tolist()]


def data_hashes(scenario: News) -> dict[str, str]:
    """sha256 of every file the town is built from."""
    data = scenario.data
    if data.name == "adressa":
        return {}
    tables = chosen.choose(data.source, data.articles, data.interactions)
    return {label: _sha256(path) for label, path in tables.labels.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
