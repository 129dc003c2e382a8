"""The parts of a moderated timeline."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from townsquare.agents.drafts.advisor import DraftAdvisor
from townsquare.agents.drafts.consent import Consent
from townsquare.agents.drafts.words import WordDraftParts
from townsquare.agents.minds.author import Advises, Author, Warned, examples
from townsquare.build import campaign
from townsquare.build.campaign_minds import minds_of
from townsquare.build.models import Models
from townsquare.build.parts import Parts
from townsquare.protocols.asking import A, Answer, Ask, AskModel
from townsquare.protocols.columns import IntArray
from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.moderator import ACTIONS, HARMLESS, Labelled, Learner, Moderator, Posts
from townsquare.protocols.post_kinds import ADVICE, KIND, KINDS
from townsquare.protocols.registry import make
from townsquare.protocols.scenario import Use
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.protocols.workers import Workers
from townsquare.sim.data.labelled import load
from townsquare.sim.environments.moderated import Groups, Moderated
from townsquare.sim.environments.moderated_desk import Desk
from townsquare.sim.environments.moderated_notes import Notes
from townsquare.sim.moderators.disguises import disguised
from townsquare.sim.moderators.harm_words import read
from townsquare.sim.moderators.normalise import normalised
from townsquare.sim.scenarios.moderation import ADVISOR, Moderation, Table

_APART = {"moderator": 0, "author.advice": 1_000_000, "readers.moderator": 2_000_000}
"""What the numbers of questions begin with, by the place of who asks: all ask for the same purpose in one tick."""


def parts_of(scenario: Moderation, streams: Streams, models: Models | None, workers: Workers) -> Parts:
    """Everything that can be wrong with a moderated timeline is found here."""
    graph = campaign._graph(scenario, streams)
    groups = groups_of(scenario, streams)
    cast = replace(campaign.cast_of(scenario, streams, graph), hostile=groups.kinds == KIND["toxic"])
    texts, learnt = _texts(scenario, streams)
    notes = Notes()
    made = {
        place: _moderator(place, use, streams, models, learnt)
        for place, use in scenario.uses().items()
        if place != "moderator"
    }
    channels = {
        tick: None if use.name == "none" else _moderator("moderator", use, streams, models, learnt)
        for tick, use in scenario.channels().items()
    }
    readers = scenario.readers
    desk = Desk(channels[0], readers.policies, notes, tells=made.get("readers.moderator"), breaks=scenario.breaks)
    environment = Moderated(scenario, streams, cast, workers, groups, desk)
    minds, people = minds_of(scenario, streams, cast, models)
    advises = _advises(scenario, streams, made.get("author.advice"), notes)
    moderator = desk if any(one is not None for one in channels.values()) or readers.policies else None

    def retuned(tick: int) -> None:
        desk.channel = channels[max(first for first in channels if first <= tick)]

    return Parts(
        environment,
        {**minds, "members": _author(scenario, streams, texts, advises)},
        _agents(campaign.agents_table(cast, graph.graph), scenario, groups),
        lambda tick: _items(environment, tick),
        (),
        {
            path: hashlib.sha256(Path(path).read_bytes()).hexdigest()
            for path in scenario.files()
            if Path(path).is_file()
        },
        people=people,
        moderator=moderator,
        elsewhere=list(channels.values()),
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
    return Groups(kinds, np.where(policy < len(shares), policy, -1))


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
    learnt = None
    if posts.data is not None:
        table = _table(posts)
        one_for_both = learning.data in (None, posts.data)
        mine = np.ones(len(table), bool)
        if one_for_both:
            mine = streams.get("posts", "half").random(len(table)) < 0.5
            learnt = table.where(np.flatnonzero(~mine))
        kinds = kinds_of(table)
        texts = {k: [table.texts[i] for i in np.flatnonzero(mine & (kinds == k)).tolist()] for k in range(len(KINDS))}
    if learning.data is not None and learnt is None:
        learnt = _table(learning)
    if learnt is None:
        said, labels = examples(learning.count, streams)
        learnt = Labelled(said, labels, list(KINDS), [False] * len(KINDS))
    broken = [KINDS[kind] in scenario.breaks for kind in _named(learnt).tolist()]
    return texts, replace(learnt, harmful=broken)


def _table(of: Table) -> Labelled:
    assert of.data is not None
    return load(of.data, of.harmless).examples


def kinds_of(table: Labelled) -> IntArray:
    """(n,) the kind of each text by its label: one of that name, benign where it breaks no rule, else toxic."""
    return _named(table)[table.labels]


def _named(table: Labelled) -> IntArray:
    kinds = [
        KIND[name.lower()] if name.lower() in KIND else KIND["toxic" if harmful else "benign"]
        for name, harmful in zip(table.names, table.harmful, strict=True)
    ]
    return np.array(kinds, np.int64)


# ---- moderators ------------------------------------------------------------------------------------------------


def _moderator(place: str, use: Use, streams: Streams, models: Models | None, learnt: Labelled) -> Moderator:
    made = make("moderator", use.name, use.settings(), streams)
    if not isinstance(made, Moderator):
        raise ScenarioError(f"{place}: moderator {use.name!r} does not have the method of one: review.")
    if hasattr(made, "ask"):
        assert models is not None
        made.ask = _apart(models.ask(place), _APART[place])
    if isinstance(made, Learner):
        made.learn(learnt)
    return made


def _apart(ask: AskModel, first: int) -> AskModel:
    """The same path for somebody who shares purpose and tick with others: its questions are numbered from elsewhere."""

    async def renumbered(question: Ask[A], /) -> Answer[A]:
        return await ask(replace(question, number=question.number + first))

    return renumbered


def _advises(scenario: Moderation, streams: Streams, moderator: Moderator | None, notes: Notes) -> Advises | None:
    """Who looks at drafts; None where nobody does."""
    if scenario.author.advice.name == ADVISOR:
        return _suggests(streams, notes)
    if moderator is None:
        return None
    looks = moderator

    async def warns(drafts: Sequence[str], agents: IntArray, tick: int) -> Sequence[Warned]:
        rows = np.arange(len(drafts))
        posts = Posts(tick, rows, agents, np.zeros(len(rows), np.int64), rows, lambda row: drafts[row])
        given = await looks.review(posts)
        warned = [ACTIONS[int(code)] not in HARMLESS for code in given.action]
        told = replace(given, action=np.where(warned, ACTIONS.index("warn"), given.action).astype(np.int8))
        notes.verdicts("author", [-1] * len(drafts), agents.tolist(), told)
        return [Warned(one) for one in warned]

    return warns


def _suggests(streams: Streams, notes: Notes) -> Advises:
    """The advisor with words for parts: nobody's audience is imagined, and no earlier post is read."""

    def reads(text: str) -> tuple[float, Sequence[tuple[str, str]]]:
        found = read(text)
        said = normalised(text)
        return found.score, [(said[span.start : span.end], found.kind) for span in found.spans]

    parts = WordDraftParts(reads, lambda follower: None, streams)
    advisor = DraftAdvisor(DraftAdvisor.Config(meaning=0.0), parts, make("embedder", "hashing", {}, streams))

    async def advises(drafts: Sequence[str], agents: IntArray, tick: int) -> Sequence[Warned]:
        told = []
        for draft, agent in zip(drafts, agents.tolist(), strict=True):
            advice = await advisor.advise(draft, (), Consent(), tick)
            found = advice.detection
            warned = found is not None and bool(found.parts) and found.score >= advisor.config.harmful
            suggestion = None if advice.suggestion is None else advice.suggestion.text
            told.append(Warned(warned, suggestion))
            if warned and found is not None:
                why = found.parts[0].why
                offered = [] if suggestion is None else [suggestion]
                notes.add("author", -1, "warn", found.score, agent=agent, category=found.parts[0].kind, rationale=why,
                          spans=[(part.start, part.end) for part in found.parts], evidence=offered)  # type: ignore[misc] # fmt: skip
        return told

    return advises


# ---- tables ----------------------------------------------------------------------------------------------------


def _agents(table: pa.Table, scenario: Moderation, groups: Groups) -> pa.Table:
    """The table of a campaign, with what members are up to, and their policy; "" for the others."""
    rest = [""] * (table.num_rows - len(groups.kinds))
    names = [*(one.name for one in scenario.readers.policies), "none"]
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
