"""The parts of a moderated timeline."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from townsquare.agents.minds.author import Advises, Author, examples
from townsquare.build import campaign
from townsquare.build.authors import author_mind, personas_of, writers_of
from townsquare.build.campaign_minds import minds_of
from townsquare.build.draft_advice import Audience, advises_of
from townsquare.build.hashes import data_hashes
from townsquare.build.models import Models
from townsquare.build.moderators import labelled
from townsquare.build.moderators import moderator as moderator_at
from townsquare.build.parts import Parts
from townsquare.protocols.columns import IntArray
from townsquare.protocols.moderator import Labelled
from townsquare.protocols.post_kinds import ADVICE, KIND, KINDS
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.protocols.workers import Workers
from townsquare.sim.environments.moderated import Groups, Moderated
from townsquare.sim.environments.moderated_desk import Desk
from townsquare.sim.environments.moderated_notes import Notes
from townsquare.sim.moderators.disguises import disguised
from townsquare.sim.scenarios.moderation import Moderation


def parts_of(scenario: Moderation, streams: Streams, models: Models | None, workers: Workers) -> Parts:
    """Everything that can be wrong with a moderated timeline is found here."""
    graph = campaign._graph(scenario, streams)
    groups = groups_of(scenario, streams)
    cast = replace(campaign.cast_of(scenario, streams, graph), hostile=groups.kinds == KIND["toxic"])
    texts, learnt = _texts(scenario, streams)
    notes = Notes()
    made = {
        place: moderator_at(place, use, streams, models, learnt)
        for place, use in scenario.uses().items()
        if place != "moderator"
    }
    channels = {
        tick: None if use.name == "none" else moderator_at("moderator", use, streams, models, learnt)
        for tick, use in scenario.channels().items()
    }
    readers = scenario.readers
    desk = Desk(channels[0], readers.policies, notes, tells=made.get("readers.moderator"), breaks=scenario.breaks)
    environment = Moderated(scenario, streams, cast, workers, groups, desk)
    minds, people = minds_of(scenario, streams, cast, models)
    personas = personas_of(scenario, streams, cast.name)
    audience = Audience(cast, personas, environment.posts, streams)
    advises = advises_of(scenario, streams, models, made.get("author.advice"), notes, audience)
    minds["members"] = _author(scenario, streams, texts, advises)
    if len(groups.writers):
        minds["authors"] = author_mind(scenario, streams, models, personas, advises)
    moderator = desk if any(one is not None for one in channels.values()) or readers.policies else None

    def retuned(tick: int) -> None:
        desk.channel = channels[max(first for first in channels if first <= tick)]

    return Parts(
        environment,
        minds,
        _agents(campaign.agents_table(cast, graph.graph), scenario, groups),
        lambda tick: _items(environment, tick),
        (),
        data_hashes(scenario.files()),
        people=people,
        moderator=moderator,
        moderators=[*made.items(), *(("moderator", channel) for channel in channels.values() if channel is not None)],
        verdicts=environment.verdicts,
        retuned=retuned,
    )


def groups_of(scenario: Moderation, streams: Streams) -> Groups:
    """Who the members are, drawn by name: as authors, and apart from that as readers."""
    people = np.arange(scenario.members.count)
    none = np.zeros(1, np.int64)
    of = scenario.kinds
    edges = np.cumsum([of.spam, of.toxic, of.negative])
    place = np.searchsorted(edges, streams.uniform("kinds", 0, people, none), side="right")
    kinds = np.array([KIND[name] for name in ("spam", "toxic", "negative", "benign")])[place]
    shares = np.cumsum([one.share for one in scenario.readers.policies])
    policy = np.searchsorted(shares, streams.uniform("policies", 0, people, none), side="right")
    return Groups(kinds, np.where(policy < len(shares), policy, -1), writers_of(scenario, streams, kinds))


def _author(scenario: Moderation, streams: Streams, texts: dict[int, Sequence[str]], advises: Advises | None) -> Mind:
    config = Author.Config(
        bystanders=scenario.members.bystanders,
        accepts=scenario.author.accepts,
        edits=scenario.author.edits,
        opens=scenario.effects.opens,
        how=scenario.adapting.how,
        letters=scenario.adapting.letters,
    )
    return Author(config, streams, texts=texts, advises=advises, disguised=disguised)


# ---- texts -----------------------------------------------------------------------------------------------------


def _texts(scenario: Moderation, streams: Streams) -> tuple[dict[int, Sequence[str]], Labelled]:
    """By kind what authors post, where it is from a table; and what moderators learn from.

    Where one table serves both, a half drawn at random is posted and the other half learnt from.
    """
    posts, learning = scenario.posts, scenario.learning
    texts: dict[int, Sequence[str]] = {}
    table, learnt = labelled(posts), None
    if table is not None:
        one_for_both = learning.data in (None, posts.data)
        mine = np.ones(len(table), bool)
        if one_for_both:
            mine = streams.get("posts", "half").random(len(table)) < 0.5
            learnt = table.where(np.flatnonzero(~mine))
        kinds = kinds_of(table)
        texts = {k: [table.texts[i] for i in np.flatnonzero(mine & (kinds == k)).tolist()] for k in range(len(KINDS))}
    if learning.data is not None and learnt is None:
        learnt = labelled(learning)
    if learnt is None:
        said, labels = examples(learning.count, streams)
        learnt = Labelled(said, labels, list(KINDS), [False] * len(KINDS))
    broken = [KINDS[kind] in scenario.breaks for kind in _named(learnt).tolist()]
    return texts, replace(learnt, harmful=broken)


def kinds_of(table: Labelled) -> IntArray:
    """(n,) the kind of each text by its label: one of that name, benign where it breaks no rule, else toxic."""
    return _named(table)[table.labels]


def _named(table: Labelled) -> IntArray:
    kinds = [
        KIND[name.lower()] if name.lower() in KIND else KIND["toxic" if harmful else "benign"]
        for name, harmful in zip(table.names, table.harmful, strict=True)
    ]
    return np.array(kinds, np.int64)


# ---- tables ----------------------------------------------------------------------------------------------------


def _agents(table: pa.Table, scenario: Moderation, groups: Groups) -> pa.Table:
    """The table of a campaign, with whether a model writes for a member, what it is up to, and its policy."""
    rest = [""] * (table.num_rows - len(groups.kinds))
    names = [*(one.name for one in scenario.readers.policies), "none"]
    by_model = np.isin(np.arange(table.num_rows), groups.writers)
    table = table.append_column("by_model", pa.array(by_model))
    table = table.append_column("kind", pa.array([KINDS[kind] for kind in groups.kinds.tolist()] + rest, pa.string()))
    return table.append_column("policy", pa.array([names[one] for one in groups.policy.tolist()] + rest, pa.string()))


def _items(environment: Moderated, tick: int) -> pa.Table:
    """The table of a campaign, with what each post truly is; "" for the proposition."""
    table = campaign.items_table(environment, tick)
    item = table["item"].to_numpy()
    docket = environment.docket
    kind = [KINDS[code] if one else "" for one, code in zip(item.tolist(), docket["kind"][item].tolist(), strict=True)]
    table = table.append_column("kind", pa.array(kind, pa.string()))
    table = table.append_column("disguised", pa.array(docket["disguised"][item]))
    draft = [
        KINDS[code] if one else "" for one, code in zip(item.tolist(), docket["draft"][item].tolist(), strict=True)
    ]
    table = table.append_column("draft", pa.array(draft, pa.string()))
    advice = [ADVICE[code] for code in docket["advice"][item].tolist()]
    return table.append_column("advice", pa.array(advice, pa.string()))
