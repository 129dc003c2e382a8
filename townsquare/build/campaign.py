"""The parts of a timeline with members, persuaders and bots."""

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from townsquare.agents.populations import draw_trait
from townsquare.build.campaign_minds import minds_of
from townsquare.build.hashes import data_hashes
from townsquare.build.models import Models
from townsquare.build.moderators import of_channel
from townsquare.build.parts import Parts
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.protocols.workers import Workers
from townsquare.sim.environments.timeline import Timeline
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.environments.timeline_rules import DIGITS
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.graphs.made import make_labelled
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.sim.scenarios.news import Trait


def parts_of(scenario: Campaign, streams: Streams, models: Models | None, workers: Workers) -> Parts:
    """Everything that can be wrong with a timeline is found here."""
    graph = _graph(scenario, streams)
    cast = cast_of(scenario, streams, graph)
    environment = Timeline(scenario, streams, cast, workers)
    minds, people = minds_of(scenario, streams, cast, models)
    moderators = of_channel(scenario, streams, models)
    return Parts(
        environment,
        minds,
        agents_table(cast, graph.graph),
        lambda tick: items_table(environment, tick),
        (),
        data_hashes(scenario.files()),
        people=people,
        moderator=moderators[0][1] if moderators else None,
        moderators=moderators,
    )


def _graph(scenario: Campaign, streams: Streams) -> LabelledGraph:
    """Who follows whom among the members."""
    made = make_labelled(scenario.graph.among(scenario.members.count), streams)
    if len(made.graph) != scenario.members.count:
        raise ScenarioError(
            f"members.count is {scenario.members.count:,}, but {scenario.graph.path or 'the graph of the karate club'} "
            f"has {len(made.graph):,} nodes: give members.count = {len(made.graph)}."
        )
    return made


def cast_of(scenario: Campaign, streams: Streams, graph: LabelledGraph) -> Cast:
    """Members with their traits, drawn by name, so that adding accounts of another kind moves nobody."""
    of, n = scenario.members, scenario.members.count
    people = np.arange(n)

    def drawn(name: str, trait: Trait) -> FloatArray:
        return draw_trait(streams, f"members.{name}", people, trait.mean, trait.sd)

    hostile = streams.uniform("hostile", 0, people, np.zeros(1, np.int64)) < of.hostile
    return Cast(
        np.round(_opinions(graph) if "opinion" in graph.labels else drawn("opinion", of.opinion), DIGITS),
        drawn("susceptibility", of.susceptibility),
        drawn("tolerance", of.tolerance),
        hostile,
        _follows(scenario, graph.graph, streams),
        _first(scenario, graph.graph, streams),
        scenario.persuaders.count,
        scenario.bots.count,
    )


def _opinions(graph: LabelledGraph) -> FloatArray:
    """The opinions that a table of the members names."""
    found = graph.numbers("opinion")
    bad = np.flatnonzero(~((found >= 0) & (found <= 1)))
    if len(bad):
        who, what = graph.graph.ids[int(bad[0])], graph.labels["opinion"][int(bad[0])]
        raise InputError(f"graph.table: the opinion of {who!r} must be a number from 0 to 1 (got {what!r}).")
    return found


def _follows(scenario: Campaign, graph: Graph, streams: Streams) -> sp.csr_array:
    """(members, members + persuaders) a 1 where a member follows an account; members follow persuaders by lot."""
    n, p = scenario.members.count, scenario.persuaders.count
    draws = streams.uniform("follows", 0, np.arange(n)[:, None], np.arange(p))
    row, persuader = np.nonzero(draws < scenario.persuaders.followers)
    pairs = graph.weights.tocoo()
    rows, columns = np.concatenate([pairs.row, row]), np.concatenate([pairs.col, n + persuader])
    return sp.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=(n, n + p))


def _first(scenario: Campaign, graph: Graph, streams: Streams) -> IntArray:
    """The first audience of the persuaders: what a rule of ``townsquare list seeding`` chooses."""
    of = scenario.persuaders
    if not of.count or not of.audience:
        return np.zeros(0, np.int64)
    rule = make("seeding", of.first.name, of.first.settings(), streams)
    return np.sort(np.asarray(rule.choose(graph, of.audience, of.spread), np.int64))


def agents_table(cast: Cast, graph: Graph) -> pa.Table:
    """agents.parquet: members with the id of their node and the traits they begin with, then persuaders and bots."""
    n, others = cast.n_members, cast.n_persuaders + cast.n_bots
    rest = np.full(others, np.nan)
    first = np.zeros(n + others, bool)
    first[cast.first] = True
    groups = {"member": n, "persuader": cast.n_persuaders, "bot": cast.n_bots}
    followers = np.bincount(cast.follows.indices, minlength=n + others)
    return pa.table(
        {
            "agent": np.arange(n + others, dtype=np.int32),
            "name": [f"{word}-{i}" for word, count in groups.items() for i in range(count)],
            "group": [f"{word}s" for word, count in groups.items() for _ in range(count)],
            "node": pa.array([*graph.ids, *[""] * others], pa.string()),
            "opinion": np.concatenate([cast.opinion, rest]).astype(np.float32),
            "susceptibility": np.concatenate([cast.susceptibility, rest]).astype(np.float32),
            "tolerance": np.concatenate([cast.tolerance, rest]).astype(np.float32),
            "hostile": np.concatenate([cast.hostile, np.zeros(others, bool)]),
            "followers": followers.astype(np.int32),
            "first_audience": first,
        }
    )


def items_table(environment: Timeline, tick: int) -> pa.Table:
    """The proposition at tick 0, and the posts of each tick."""
    posts = environment.posts
    new = posts.between(tick, tick + 1)
    if tick == 0:
        new = np.concatenate([[0], new])
    numbers = {name: posts[name][new] for name in ("author", "stance", "harm", "parent", "counter")}
    return pa.table(
        {
            "item": new.astype(np.int32),
            "name": ["proposition" if item == 0 else f"post-{item}" for item in new.tolist()],
            "author": numbers["author"].astype(np.int32),
            "born": np.full(len(new), tick, np.int32),
            "category": np.full(len(new), -1, np.int32),
            "quality": np.full(len(new), np.nan, np.float32),
            "text": pa.array([posts.texts.get(item, "") for item in new.tolist()], pa.string()),
            "stance": numbers["stance"].astype(np.float32),
            "harm": numbers["harm"].astype(np.float32),
            "reply_to": numbers["parent"].astype(np.int32),
            "counter": numbers["counter"],
        }
    )
