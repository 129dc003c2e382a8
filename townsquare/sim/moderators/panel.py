"""A moderator in four steps: perceive, relate, judge, dispute (arXiv 2604.17459; our reconstruction)."""

from typing import Any, Protocol, cast

import numpy as np
from pydantic import Field, field_validator

from townsquare.protocols.asking import A, Answer, Ask, AskModel, together
from townsquare.protocols.errors import InputError
from townsquare.protocols.filtering import FilterParts, Shown
from townsquare.protocols.moderator import ACTION, Posts, Span, Verdicts
from townsquare.protocols.registry import find
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.classified import Doing
from townsquare.sim.moderators.moderate_prompt import DEFINITIONS
from townsquare.sim.moderators.word_counts import words
from townsquare.sim.preferences.filter import Decision, PreferenceFilter
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph
from townsquare.sim.preferences.word_parts import ENOUGH, WordParts

_Row = tuple[int, float, str, str, tuple[Span, ...], tuple[str, ...]]
"""Action, score, rationale, category, spans, evidence."""


class Rule(Settings):
    """One thing that is not wanted on the platform; or, with ``protects``, one that is never taken away."""

    description: str = Field(min_length=1)
    "What can be observed in such a post, in words."
    words: tuple[str, ...] = ()
    "Entries; a sentence that holds all words of one of them supports it, where no language model is asked."
    weight: float = Field(default=0.8, ge=0, le=1)
    "How much it matters; below .5 nothing is done about it."
    exceptions: tuple[str, ...] = ()
    "What is not meant; a sentence that holds all words of one of them does not count."
    protects: bool = False
    "Whether a post that it describes is shown, whatever else is said of it."


_SPAM = (
    "won prize", "claim prize", "free prize", "claim cash", "free entry", "free ringtone", "txt win",
    "guaranteed call", "urgent mobile", "click link", "earn money", "limited offer",
)  # fmt: skip
_TOXIC = (
    "you idiot", "you idiots", "you stupid", "you fool", "you loser", "you liar", "you moron", "shut up",
    "you pathetic", "you worthless", "they scum", "those scum", "watch your back",
)  # fmt: skip
_NOTHING: _Row = (ACTION["show"], 0.0, "nothing supports hiding it", "", (), ())
RULES = {
    "spam": Rule(description=DEFINITIONS["spam"], words=_SPAM),
    "toxic": Rule(description=DEFINITIONS["toxic"], words=_TOXIC),
}
"""Used where no rules are given: few and mild ones, to be replaced."""


class _MakesParts(Protocol):
    """A class of kind ``filter-parts``."""

    def __call__(self, ask: AskModel, agent: int, tick: int, number: int) -> FilterParts:
        """Parts for one item."""


class Panel:
    """Does something about a post only when facts that it cites support a rule, and nobody who looks again objects.

    Facts are what can be observed in the post; a verdict names those it rests on: their places are its ``spans``, what
    they say and the rule that they support its ``evidence``. Where judge and dispute disagree, the post is shown, with
    score .5. Any step without a valid answer is abstained from, unless enough was answered to take the post away; a
    post without letters and digits too. Equal texts are judged once; ``tally`` counts what became of all.
    """

    class Config(Settings):
        """The rules, and who judges."""

        action: Doing = "remove"
        "What becomes of a post that breaks a rule."
        rules: dict[str, Rule] = Field(default_factory=lambda: dict(RULES))
        "By name."
        parts: str = "words"
        "Who perceives, relates, judges and disputes: words, or a name of the kind filter-parts (model asks a model)."
        screen: bool = False
        "Whether only posts are looked at closely that hold a word of some entry; needs words in every rule."

        @field_validator("rules")
        @classmethod
        def _there_are_rules(cls, rules: dict[str, Rule]) -> dict[str, Rule]:
            if not any(not rule.protects and rule.weight >= ENOUGH for rule in rules.values()):
                raise ValueError(f"at least one rule has to have a weight of {ENOUGH} or more, and not to protect")
            return rules

    config: Config
    ask: AskModel | None
    """The way to the model; only there when one is asked, and set by whoever builds the moderator."""

    def __init__(self, config: Config, streams: Streams) -> None:
        """Raises InputError for a screen without words, and for parts that are not there."""
        self.config = config
        self.tally = {"texts": 0, "repeated": 0, "screened": 0, "asked": 0, "invalid": 0}
        self._parts: Any = None
        if config.parts != "words":
            self._parts, self.ask = find("filter-parts", config.parts), None
        wordless = next((name for name, rule in config.rules.items() if not rule.words), None)
        if config.screen and wordless is not None:
            raise InputError(f"moderator 'panel': the screen looks for words, and the rule {wordless!r} has none.")
        self._entries = [frozenset(words(entry)) for rule in config.rules.values() for entry in rule.words]
        self._graph = _graph(config.rules)
        self._settings = PreferenceFilter.Config(low=0.25 if config.screen else 0.0)

    async def review(self, posts: Posts) -> Verdicts:
        """One verdict per post."""
        texts = posts.texts()
        distinct = list(dict.fromkeys(texts))
        self.tally["texts"] += len(texts)
        self.tally["repeated"] += len(texts) - len(distinct)
        if not texts:
            return Verdicts.abstaining(0)
        by_text = {text: _NOTHING for text in distinct if self._plainly_harmless(text)}
        self.tally["screened"] += len(by_text)
        closer = [(number, text) for number, text in enumerate(distinct) if text not in by_text]
        made = await together(self._one(text, posts.tick, number) for number, text in closer)
        by_text |= dict(zip((text for _, text in closer), made, strict=True))
        rows = [by_text[text] for text in texts]
        action, score, why, category, spans, evidence = zip(*rows, strict=True)
        return Verdicts(np.array(action, np.int8), np.array(score, float), why, category, spans, evidence)

    def _plainly_harmless(self, text: str) -> bool:
        """Whether words find nothing in it that could support a rule: the four steps would come to the same."""
        if self._parts is not None or not any(map(str.isalnum, text)):
            return False
        held = set(words(text))
        return not any(entry <= held for entry in self._entries)

    async def _one(self, text: str, tick: int, number: int) -> _Row:
        if not any(map(str.isalnum, text)):
            return ACTION["abstain"], 0.5, "there is nothing to read", "", (), ()
        trouble: list[str] = []
        parts = WordParts() if self._parts is None else self._asking(tick, number, trouble)
        filtering = PreferenceFilter(self._settings, self._graph, parts)
        decision = (await filtering.decide([Shown(str(number), text)]))[0]
        self.tally["screened"] += filtering.tally["screened"]
        if self._parts is not None:
            self.tally["asked"] += filtering.tally["judged"]
        if decision.why == "no answer" or (trouble and decision.shown):
            self.tally["invalid"] += 1
            return ACTION["abstain"], 0.5, trouble[0] if trouble else decision.reason, "", (), ()
        return self._row(decision)

    def _asking(self, tick: int, number: int, trouble: list[str]) -> FilterParts:
        """Parts for one post, with a note of every ask that got no valid answer."""
        if self.ask is None:
            raise InputError("a moderator that asks a language model needs one: give --model provider:model.")
        whole: AskModel = self.ask

        async def ask(what: Ask[A], /) -> Answer[A]:
            answer = await whole(what)
            if answer.value is None:
                trouble.append(f"no valid answer to {what.purpose} ({answer.outcome}): {answer.why}")
            return answer

        return cast(_MakesParts, self._parts)(cast(AskModel, ask), -1, tick, number)

    def _row(self, decision: Decision) -> _Row:
        spans = tuple(sorted(Span(fact.start, fact.end) for fact in decision.facts if fact.modality == "text"))
        evidence = [f"{name}: {self.config.rules[name].description}" for name in decision.facets]
        evidence += [fact.statement for fact in decision.facts]
        weights = {name: self._graph.nodes[name].weight for name in decision.facets}
        category = max(weights, key=weights.__getitem__) if weights else ""
        why = decision.reason or decision.why
        if not decision.shown:
            return ACTION[self.config.action], weights[category], why, category, spans, tuple(evidence)
        return ACTION["show"], 0.5 if decision.why == "disputed" else 0.0, why, category, spans, tuple(evidence)


def _graph(rules: dict[str, Rule]) -> PreferenceGraph:
    """The platform's rules as what it wants to avoid, and to protect."""
    graph = PreferenceGraph()
    graph.change("the rules", "add", value=Concern(name="what breaks the rules", weight=1.0))
    graph.change("what is protected", "add", value=Concern(name="what stays", polarity="protect", weight=1.0))
    for name, rule in rules.items():
        if name in graph.nodes:
            raise InputError(f"moderator 'panel': {name!r} is no name for a rule; choose another.")
        owner = "what is protected" if rule.protects else "the rules"
        facet = Facet(concern=owner, description=rule.description, words=rule.words, weight=rule.weight)
        graph.change(name, "add", value=facet)
        for exception in rule.exceptions:
            graph.change(name, "add_exception", value=exception)
    return graph
