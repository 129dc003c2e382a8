"""The parts of a news town."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from townsquare.build.casting import agents_table, cast_of, data_hashes, numbered, space_of
from townsquare.build.groups import minds_of
from townsquare.build.models import Models
from townsquare.build.parts import Parts
from townsquare.protocols.streams import Streams
from townsquare.protocols.workers import Workers
from townsquare.sim.environments.feed import Cast, Feed
from townsquare.sim.environments.rumour_feed import RumourFeed
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.team import Team

if TYPE_CHECKING:
    from townsquare.build.team import TeamModerator


def parts_of(scenario: News, streams: Streams, models: Models | None, workers: Workers) -> Parts:
    """Everything that can be wrong with a scenario's data and groups is found here."""
    space = space_of(scenario, streams)
    cast = cast_of(scenario, space, streams)
    environment = _environment(numbered(scenario, space.category_names), streams, cast, workers)
    minds, people = minds_of(scenario, streams, environment, models)
    team = _team(scenario, streams, models)
    return Parts(
        environment,
        minds,
        agents_table(scenario, cast, space, streams),
        lambda tick: items_table(environment, tick),
        cast.category_names,
        data_hashes(scenario),
        people=people,
        moderator=team,
        team=team,
    )


def _environment(scenario: News, streams: Streams, cast: Cast, workers: Workers) -> Feed:
    if isinstance(scenario, Team):
        return RumourFeed(scenario, streams, cast, workers)
    return Feed(scenario, streams, cast, workers)


def _team(scenario: News, streams: Streams, models: Models | None) -> "TeamModerator | None":
    if not isinstance(scenario, Team):
        return None
    # the messaging protocol is loaded only where somebody talks
    from townsquare.build.team import LocalCheckers, RemoteCheckers, TeamModerator

    if scenario.team.agents == "remote" and models is not None:
        return TeamModerator(RemoteCheckers(scenario, models.recorded))
    return TeamModerator(LocalCheckers(scenario, streams, models))


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
            "text": pa.array([articles.texts.get(item, "") for item in new.tolist()], pa.string()),
            "vector": vector,
        }
    )
