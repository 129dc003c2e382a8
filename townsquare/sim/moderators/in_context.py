"""A moderator that asks a language model, with labelled examples before the text (arXiv 2511.05532)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator

from townsquare.protocols.asking import Ask, AskModel, together
from townsquare.protocols.chat_settings import checked_model
from townsquare.protocols.columns import IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import ACTION, Labelled, Moderator, Posts, Verdicts
from townsquare.protocols.registry import make
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.scenario import Use
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.classified import Ruling, two_kinds
from townsquare.sim.moderators.demonstrations import Demonstrations
from townsquare.sim.moderators.moderate_prompt import DEFINITIONS, moderate

_REASON = 300
"""Letters of a reason."""
PLAIN = ("benign", "harmful")
"""The labels where only these are told apart."""


class InContext:
    """The label that a language model gives, greedily, out of the labels and nothing else.

    ``learn`` gives it the examples to choose from; without any it judges by the definitions alone. A reply that is no
    label even after a second turn, or no reply at all, is abstained from and counted; it never reads as harmless.
    Equal texts are asked once, and a text without any letter or digit is abstained from unasked. With a ``screen``,
    another moderator that costs nothing, only texts of which it is not sure are asked at all. ``tally`` counts what
    became of all texts.
    """

    class Config(Ruling):
        """What is asked, and how."""

        model: str = ""
        "Its model, provider:model; by default the one that the run or the evaluation names."
        labels: Literal["own", "plain"] = "own"
        "The labels of the examples, or only benign and harmful."
        several: bool = False
        "Whether a text may have several labels at once; then it is harmful if one of them is."
        level: Literal[1, 2] = 2
        "1: the task and the labels; 2: what they mean as well."
        definitions: dict[str, str] = Field(default_factory=dict)
        "What your labels mean, by label; common ones have a definition."
        examples: int = Field(default=8, ge=0, le=512)
        "How many labelled texts are shown."
        chosen: Literal["random", "lexical", "semantic"] = "lexical"
        "How they are chosen."
        balanced: bool = True
        "Whether there are as many of each label."
        reasons: bool = False
        "Ask for a reason too, in words; examples come with theirs where the table has a column reason."
        embedder: Use = Use(name="hashing")
        "What finds semantic examples."
        screen: Use | None = None
        "A moderator that looks first (linear, retrieval)."
        sure: float = Field(default=0.05, ge=0, lt=0.5)
        "The screen decides where its score is below this, or above 1 less this."

        @field_validator("model")
        @classmethod
        def _model_is_named_in_full(cls, model: str) -> str:
            return checked_model(model)

        @field_validator("screen")
        @classmethod
        def _a_screen_looks_at_texts(cls, screen: Use | None) -> Use | None:
            if screen is not None and screen.name in ("human-queue", "remote"):
                raise ValueError(f"{screen.name!r} cannot look first here: take one that costs nothing, such as linear")
            return screen

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self.ask: AskModel | None = None
        """The way to the model; whoever builds the moderator sets it."""
        self.tally = {"texts": 0, "repeated": 0, "screened": 0, "asked": 0, "invalid": 0}
        self._screen: Any = None
        if config.screen is not None:
            self._screen = make("moderator", config.screen.name, config.screen.settings(), streams)
        self._take(Labelled([], np.zeros(0, np.int64), list(PLAIN), [False, True]))

    def learn(self, examples: Labelled) -> None:
        """Take the examples to choose from, and let the screen learn from them."""
        two_kinds(type(self).__name__, examples)
        if hasattr(self._screen, "learn"):
            self._screen.learn(examples)
        if self.config.labels == "plain":
            plain = examples.broken().astype(np.int64)
            examples = replace(examples, labels=plain, names=list(PLAIN), harmful=[False, True])
        self._take(examples)

    def _take(self, examples: Labelled) -> None:
        embedder = None
        if self.config.chosen == "semantic" and self.config.examples and len(examples):
            embedder = make("embedder", self.config.embedder.name, self.config.embedder.settings(), self.streams)
        self.examples = examples
        self._shown = Demonstrations(
            examples,
            self.config.examples,
            self.config.chosen,
            self.streams,
            balanced=self.config.balanced,
            embedder=embedder,
        )
        self._answer = answer_type(tuple(examples.names), self.config.several, self.config.reasons)

    async def review(self, posts: Posts) -> Verdicts:
        """One verdict per post; the score is 1 or 0, or the screen's own."""
        texts = posts.texts()
        self.tally["texts"] += len(texts)
        distinct = list(dict.fromkeys(texts))
        self.tally["repeated"] += len(texts) - len(distinct)
        blank = (ACTION["abstain"], 0.5, "there is nothing to read in it", "")
        settled = {text: blank for text in distinct if not any(map(str.isalnum, text))}
        settled |= await self._screened([text for text in distinct if text not in settled])
        asked = [text for text in distinct if text not in settled]
        self.tally["asked"] += len(asked)
        answers = await together(
            self._judge(text, rows, number, posts.tick)
            for number, (text, rows) in enumerate(zip(asked, self._shown.of(asked), strict=True))
        )
        settled |= dict(zip(asked, answers, strict=True))
        self.tally["invalid"] += sum(one[0] == ACTION["abstain"] for one in answers)
        rows = [settled[text] for text in texts]
        return Verdicts(
            np.array([row[0] for row in rows], np.int8),
            np.array([row[1] for row in rows], float),
            [row[2] for row in rows],
            [row[3] for row in rows],
        )

    async def _screened(self, texts: Sequence[str]) -> dict[str, tuple[int, float, str, str]]:
        """What the screen is sure of."""
        if self._screen is None or not texts:
            return {}
        assert isinstance(self._screen, Moderator)
        found = await reviewed(self._screen, Posts.of_texts(texts))
        settled = {}
        for row, text in enumerate(texts):
            score = float(found.score[row])
            if found.action[row] == ACTION["abstain"] or self.config.sure <= score <= 1 - self.config.sure:
                continue
            doing = ACTION[self.config.action if score > 0.5 else "show"]
            settled[text] = (doing, score, f"{self.config.screen.name} was sure", "")  # type: ignore[union-attr]
        self.tally["screened"] += len(settled)
        return settled

    def question(self, text: str, rows: IntArray, number: int = 0, tick: int = 0) -> Ask[Any]:
        """What is asked about one text; a pure function of it, of the examples and of the settings."""
        shown = [(self.examples.texts[row], self._told(row)) for row in rows.tolist()]
        definitions = {**DEFINITIONS, **self.config.definitions} if self.config.level == 2 else None
        messages = moderate(
            text,
            self.examples.names,
            shown,
            definitions=definitions,
            several=self.config.several,
            reasons=self.config.reasons,
        )
        return Ask("moderate", -1, tick, messages, self._answer, number=number)

    async def _judge(self, text: str, rows: IntArray, number: int, tick: int) -> tuple[int, float, str, str]:
        if self.ask is None:
            raise InputError("a moderator that asks a language model needs one: give --model provider:model.")
        answer = await self.ask(self.question(text, rows, number, tick))
        if answer.value is None:
            return ACTION["abstain"], 0.5, f"no valid answer ({answer.outcome}): {answer.why}", ""
        value = answer.value
        names = self.examples.names
        given = (
            [n for n, f in zip(names, _fields(names), strict=True) if getattr(value, f)]
            if self.config.several
            else [value.label]
        )
        harmful = any(self.examples.harmful[names.index(name)] for name in given)
        doing = ACTION[self.config.action if harmful else "show"]
        return doing, float(harmful), getattr(value, "reason", ""), ", ".join(given)

    def _told(self, row: int) -> str:
        """The answer to an example that would have been right, as JSON; with its reason where one is asked for and
        known.
        """
        names, label = self.examples.names, int(self.examples.labels[row])
        right: dict[str, object] = {}
        if self.config.reasons and self.examples.reasons and self.examples.reasons[row]:
            right["reason"] = self.examples.reasons[row][:_REASON]
        if self.config.several:
            right |= {field: place == label for place, field in enumerate(_fields(names))}
        else:
            right["label"] = names[label]
        return json.dumps(right, ensure_ascii=False)


@lru_cache(maxsize=256)
def answer_type(names: tuple[str, ...], several: bool, reasons: bool) -> type[BaseModel]:
    """What a valid answer is: one of the labels, or true or false for each, with a reason where one is asked for."""
    fields: dict[str, Any] = {"reason": (str, Field(max_length=_REASON))} if reasons else {}
    if several:
        fields |= dict.fromkeys(_fields(names), (bool, ...))
    else:
        fields["label"] = (Literal[names], ...)
    return create_model("Sorted", __config__=ConfigDict(extra="forbid"), **fields)


def _fields(names: Sequence[str]) -> list[str]:
    """Names of fields for labels: is_ and the label's letters and digits."""
    return ["is_" + "".join(c if c.isalnum() else "_" for c in name) for name in names]
