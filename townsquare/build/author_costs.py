"""What language models will be asked by authors of a moderated timeline, and about their drafts: counted, not run."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.agents.chat.estimate import Estimate, estimate
from townsquare.agents.chat.prices import Prices
from townsquare.agents.minds.author_words import DRAWS, author_words
from townsquare.agents.minds.llm_author import Written
from townsquare.agents.persona_words import describe
from townsquare.agents.prompts.author import adapt, settle_advice, write_as_author
from townsquare.agents.prompts.draft import detect_harm, imagine_reaction, rewrite_draft, score_harm
from townsquare.agents.prompts.room import Room
from townsquare.build import campaign
from townsquare.build.authors import personas_of
from townsquare.build.moderation import groups_of
from townsquare.protocols.asking import Ask
from townsquare.protocols.chat import Message
from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.post_kinds import KIND, KINDS
from townsquare.protocols.scenario import Use
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.moderated_authors import Authors
from townsquare.sim.scenarios.moderation import Moderation

_FELT = ("remove", "warn", "limit", "suspend", "hold")
"""Actions about which an author is asked; of a held post, once the reviewer has removed it."""
_SAMPLES = 24
"""Prompts of each kind that are made to be measured."""
_FOUND = [{"quote": "word " * 4, "kind": "insult", "why": "word " * 12}]
_ANSWERS: dict[str, Any] = {
    "write": {"text": "word " * 24},
    "settle": {"choice": "edit", "text": "word " * 8},
    "adapt": {"way": "disguise"},
    "detect": {"parts": _FOUND},
    "score": {"harm": 0.85},
    "imagine": {"emotion": "anger", "reply": "word " * 12, "would_report": True},
    "rewrite": {"text": "word " * 20},
}
"""Answers as long as they usually are."""


def estimated(scenario: Moderation) -> Estimate:
    """What those will be asked whom ``Moderation.authoring`` names."""
    own, whole = scenario.authoring(), Estimate(0, 0, 0, 0.0)
    if "authors" in own:
        whole += writing(scenario)
    return whole + (advising(scenario) if "author.advice" in own else Estimate(0, 0, 0, 0.0))


def without(scenario: Moderation) -> Moderation:
    """The same town without them: scripted members write all posts."""
    nobody: dict[str, Any] = {"authors": scenario.authors.model_copy(update={"count": 0})}
    if scenario.advising is not None:
        nobody |= {"author": scenario.author.model_copy(update={"advice": Use(name="none")})}
    return scenario.model_copy(update=nobody)


@dataclass(frozen=True, slots=True)
class Drafts:
    """Every draft of a run in which nothing comes of moderation; a row each."""

    tick: IntArray
    author: IntArray
    kind: IntArray


def drafts_of(scenario: Moderation, kinds: IntArray) -> Drafts:
    """Who will mean to post what, by the very draws of the run, as if nobody ever posted less.

    ``kinds``: (members,) what each is up to.
    """
    authors, rows = Authors(kinds, Streams(scenario.seed)), []
    for tick in range(scenario.ticks):
        now = scenario.at(tick)
        turn = authors.turn(tick, now.members.posts, now.kinds, now.adapting)
        rows.append(np.stack([np.full(len(turn), tick), turn, authors.meant(tick, turn, now.kinds.own)]))
    return Drafts(*np.concatenate(rows, axis=1).astype(np.int64))


def writing(scenario: Moderation) -> Estimate:
    """Every post of those for whom a model writes; a question about advice and one about a verdict where one is due.

    As if whoever looks at posts found exactly those that break its rules, and authors went on as before; one who
    advises with words or a model, exactly the toxic ones.
    """
    town = _Sampled(scenario)
    mine = np.isin(town.drafts.author, town.writers)
    broken = np.isin(town.drafts.kind, [KIND[name] for name in scenario.breaks])
    warned = _warned(scenario, town.drafts)
    acted: BoolArray = broken & np.array([_acts(scenario, tick) for tick in range(scenario.ticks)])[town.drafts.tick]
    whole = town.estimate("authors", "write", int(mine.sum()))
    whole += town.estimate("authors", "settle", int((mine & warned).sum()))
    return whole + town.estimate("authors", "adapt", int((mine & acted).sum()))


def advising(scenario: Moderation) -> Estimate:
    """Every draft is read and scored; of the toxic ones followers are imagined, and the first rewrite is good."""
    of, town = scenario.advising, _Sampled(scenario)
    assert of is not None
    n, toxic = len(town.drafts.tick), _warned(scenario, town.drafts)
    followers = np.bincount(town.cast.follows.indices, minlength=scenario.members.count)
    imagined = int(np.minimum(followers[town.drafts.author[toxic]], of.audience).sum())
    whole = town.estimate("author.advice", "detect", n)
    whole += town.estimate("author.advice", "score", n + int(toxic.sum()))
    whole += town.estimate("author.advice", "imagine", imagined)
    return whole + town.estimate("author.advice", "rewrite", int(toxic.sum()))


def _acts(scenario: Moderation, tick: int) -> bool:
    use = scenario.at(tick).moderator
    return use.name != "none" and use.settings().get("action", "remove") in _FELT


def _warned(scenario: Moderation, drafts: Drafts) -> BoolArray:
    """(n,) which drafts their authors are warned of."""
    name = scenario.author.advice.name
    kinds = () if name == "none" else ("toxic",) if scenario.advising is not None else scenario.breaks
    return np.isin(drafts.kind, [KIND[one] for one in kinds])


class _Sampled:
    """A town's drafts, and prompts such as its members and their advisor will send."""

    def __init__(self, scenario: Moderation) -> None:
        self.scenario, self.streams = scenario, Streams(scenario.seed)
        self.prices = Prices.load()
        graph = campaign._graph(scenario, self.streams)
        self.cast = campaign.cast_of(scenario, self.streams, graph)
        groups = groups_of(scenario, self.streams)
        self.writers, self.drafts = groups.writers, drafts_of(scenario, groups.kinds)
        self.personas = personas_of(scenario, self.streams, self.cast.name)
        self.room = Room(prompt=scenario.authors.prompt_tokens)

    def estimate(self, group: str, purpose: str, calls: int) -> Estimate:
        """So many calls for one purpose, like a sample of them."""
        if not calls:
            return Estimate(0, 0, 0, 0.0)
        rows = self._rows(group, purpose)
        made: Callable[[int], Sequence[Message]] = getattr(self, f"_{purpose}")
        asks = [Ask(purpose, 0, 0, tuple(made(row)), Written) for row in rows]
        text = json.dumps(_ANSWERS[purpose])
        return estimate(asks, [text], calls, model=self.scenario.model_of(group), prices=self.prices)

    def _rows(self, group: str, purpose: str) -> list[int]:
        """Drafts spread over those that such questions are about."""
        about = (
            np.isin(self.drafts.author, self.writers) if group == "authors" else np.ones(len(self.drafts.tick), bool)
        )
        if purpose not in ("write", "detect", "score"):
            harmful = about & np.isin(self.drafts.kind, [KIND[name] for name in (*self.scenario.breaks, "toxic")])
            about = harmful if harmful.any() else about
        rows = np.flatnonzero(about)
        return rows[np.linspace(0, len(rows) - 1, min(_SAMPLES, len(rows))).astype(int)].tolist()

    def _text(self, row: int) -> str:
        numbers = self.streams.uniform("sample", 0, np.array([[row]]), np.arange(DRAWS)[None, :])
        (text,) = author_words(self.drafts.kind[[row]], numbers)
        return text

    def _you(self, row: int) -> Sequence[str]:
        return describe(self.personas(int(self.drafts.author[row])))

    def _write(self, row: int) -> Sequence[Message]:
        of, tick = self.drafts, int(self.drafts.tick[row])
        keep = self.scenario.timeline.window + self.scenario.retrain - 1
        own = (of.author == of.author[row]) & (of.tick < tick) & (of.tick >= tick - keep)
        posted = [f"shown: {self._text(one)}" for one in np.flatnonzero(own).tolist()[-5:]]
        return write_as_author(self._you(row), KINDS[of.kind[row]], posted, tick=tick, room=self.room)

    def _settle(self, row: int) -> Sequence[Message]:
        of, text = self.scenario.advising, self._text(row)
        found = ["you idiots: says something of a person, not of what they did"] if of else ["toxic", "by its words"]
        reactions = ["member-17 (imagined): anger, and would report it: This goes too far."] * (
            of.audience if of else 0
        )
        return settle_advice(
            self._you(row),
            text,
            found,
            reactions,
            text if of else None,
            tick=int(self.drafts.tick[row]),
            room=self.room,
        )

    def _adapt(self, row: int) -> Sequence[Message]:
        done = "removed by a moderator"
        return adapt(self._you(row), self._text(row), done, tick=int(self.drafts.tick[row]), room=self.room)

    def _detect(self, row: int) -> Sequence[Message]:
        return detect_harm(self._text(row))

    def _score(self, row: int) -> Sequence[Message]:
        return score_harm(self._text(row))

    def _imagine(self, row: int) -> Sequence[Message]:
        return imagine_reaction(self.personas(int(self.drafts.author[row])), self._text(row))

    def _rewrite(self, row: int) -> Sequence[Message]:
        return rewrite_draft(self._text(row), [("you idiots", "says something of a person")], ())
