"""``evaluate persuaders --protocol stance``: how far does a persuader move a target in a conversation?

After lechmazur/persuasion: eight messages, four each; three hidden questions before and three after, outside the
conversation; both sides of every topic. The score is the signed shift towards the persuader's side.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from townsquare.agents.chat.ledger import no_asks
from townsquare.agents.minds.per_agent import together
from townsquare.agents.prompts.probe_stance import PROBES
from townsquare.evaluate.persuaders import published
from townsquare.evaluate.persuaders.models import Models
from townsquare.evaluate.persuaders.roster import entries, entry
from townsquare.evaluate.persuaders.settings import StanceSettings
from townsquare.protocols import ContractError, FloatArray, InputError, Streams
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.intervals import t_interval
from townsquare.protocols.persuader import STANCE, Arguer, Talk, Target

SIDES = (("pro", 1), ("con", -1))


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, and what the target said in secret before and after it."""

    persuader: str
    target: str
    seed: int
    pair: int
    topic: str
    side: int
    messages: tuple[str, ...]
    before: tuple[float | None, ...]
    after: tuple[float | None, ...]
    """None where there was no valid answer; all of them where the conversation broke off."""

    @property
    def shift(self) -> float:
        """Mean after less mean before, towards the persuader's side; NaN where an answer or a message is missing.

        A missing answer is no change of 0: such a conversation has no shift.
        """
        if None in self.before or None in self.after:
            return float("nan")
        moved = np.mean([x for x in self.after if x is not None]) - np.mean([x for x in self.before if x is not None])
        return self.side * float(moved)


@dataclass(frozen=True, slots=True)
class StanceResult:
    """What came of it."""

    conversations: tuple[Conversation, ...]
    remarks: tuple[str, ...]
    asks: pd.DataFrame = field(default_factory=no_asks)

    def rows(self) -> list[dict[str, Any]]:
        """A row per persuader, and side (``both``, ``pro``, ``con``): conversations, mean before and shift.

        The 95 % interval is Student's t over topics, each averaged over its conversations and seeds; None for one.
        """
        found = []
        for name in dict.fromkeys(one.persuader for one in self.conversations):
            mine = [one for one in self.conversations if one.persuader == name]
            for side, sign in (("both", 0), *SIDES):
                found.append(_row(name, side, [one for one in mine if sign in (0, one.side)]))
        return found

    @property
    def digest(self) -> str:
        """sha256 over everything that was said and answered; the same for a replay."""
        return hashlib.sha256(json.dumps([asdict(one) for one in self.conversations]).encode()).hexdigest()


async def aevaluate_stance(
    persuaders: Sequence[str] = ("behavioural",),
    target: str = "behavioural",
    *,
    model: Any = None,
    target_model: Any = None,
    seeds: Sequence[int] = (0,),
    settings: StanceSettings | None = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
) -> StanceResult:
    """Let every persuader talk with the target about every topic, once for it and once against it.

    Args:
        persuaders: ``behavioural``, ``llm``, ``llm=provider:model``, or ``module:Class``.
        target: the same way.
        model: ``provider:model`` or an object that ``connect`` takes, for persuaders with a model that name none.
        target_model: the same for the target; by default ``model``.
        seeds: each draws topics and behavioural targets of its own.
        settings: topics, length, repetitions.
        chat: how models are reached, and the cassette.
        budget: what may be spent on all of them together.
        folder: where cassette and ``conversations.jsonl`` are kept.

    Raises InputError for what cannot be held, RunStopped when the budget is spent or too much fails.
    """
    settings = settings or StanceSettings()
    roster = entries("arguer", persuaders, settings.contestants, model)
    own = settings.target.model_dump() if target == "behavioural" else {}
    listener = entry(
        "target", target, own, model if target_model is None else target_model, "--target-model or --model"
    )
    if not seeds or not roster:
        raise InputError("at least one seed and one persuader are needed.")
    found = list[Conversation]()
    async with Models(chat, budget, folder) as models:
        for seed in dict.fromkeys(seeds):
            streams, topics = Streams(seed), _topics(settings, Streams(seed))
            for one in roster:
                arguer, hearer = one.made(streams, models), listener.made(streams, models)
                pairs = list(enumerate(topic for topic in topics for _ in range(settings.repeats)))
                talks = [
                    Talk(2 * pair + place, pair, topic, sign, planned=settings.messages)
                    for pair, topic in pairs
                    for place, (_, sign) in enumerate(SIDES)
                ]
                held = await together(_held(talk, arguer, hearer) for talk in talks)
                found += [replace(done, persuader=one.label, target=listener.label, seed=seed) for done in held]
                models.settle()
        asks = models.asks()
    result = StanceResult(tuple(found), (), asks)
    result = replace(result, remarks=_remarks(result))
    if folder is not None:
        lines = "".join(json.dumps({**asdict(one), "shift": _none(one.shift)}) + "\n" for one in found)
        (folder / "conversations.jsonl").write_text(lines, "utf-8")
    return result


def evaluate_stance(
    persuaders: Sequence[str] = ("behavioural",), target: str = "behavioural", **options: Any
) -> StanceResult:
    """``aevaluate_stance`` where no event loop is running."""
    return asyncio.run(aevaluate_stance(persuaders, target, **options))


async def _held(talk: Talk, arguer: Arguer, target: Target) -> Conversation:
    """One conversation; where somebody has no valid message it breaks off, and nobody is asked afterwards."""
    before = await _probed(target, talk)
    whole = talk
    for turn in range(talk.planned):
        said = await (arguer.argue(whole) if turn % 2 == 0 else target.reply(whole))
        if said is None:
            break
        whole = replace(whole, messages=(*whole.messages, said))
    ended = len(whole.messages) == talk.planned
    after = await _probed(target, whole) if ended else (None,) * len(PROBES)
    return Conversation("", "", 0, talk.pair, talk.topic, talk.side, whole.messages, before, after)


async def _probed(target: Target, talk: Talk) -> tuple[float | None, ...]:
    found = []
    for probe in range(len(PROBES)):
        value = await target.rate(talk, probe)
        if value is not None and not STANCE[0] <= value <= STANCE[1]:
            raise ContractError(f"{type(target).__name__}.rate returned {value!r}, which is not within {STANCE}.")
        found.append(None if value is None else float(value))
    return tuple(found)


def _topics(settings: StanceSettings, streams: Streams) -> list[str]:
    if settings.topics:
        wanted = list(dict.fromkeys(settings.topics))
    else:
        from townsquare.sim.data.topics import topics

        wanted = [topic.text for topic in topics()]
    return [
        wanted[place] for place in sorted(streams.get("stance", "topics").permutation(len(wanted))[: settings.inputs])
    ]


def _row(name: str, side: str, held: Sequence[Conversation]) -> dict[str, Any]:
    whole = [one for one in held if one.shift == one.shift]
    by: dict[str, list[float]] = {}
    for one in whole:
        by.setdefault(one.topic, []).append(one.shift)
    means: FloatArray = np.array([np.mean(values) for values in by.values()])
    ends = t_interval(means) if len(means) > 1 else None
    before = [x for one in whole for x in one.before if x is not None]
    return {
        "persuader": name,
        "side": side,
        "conversations": len(held),
        "counted": len(whole),
        "topics": len(by),
        "before": _none(round(float(np.mean(before)), 4) if before else float("nan")),
        "shift": _none(round(float(means.mean()), 4) if len(means) else float("nan")),
        "low": None if ends is None else round(ends[0], 4),
        "high": None if ends is None else round(ends[1], 4),
    }


def _remarks(result: StanceResult) -> tuple[str, ...]:
    low, high = published.human_range()
    said = []
    gone = sum(one.shift != one.shift for one in result.conversations)
    if gone:
        said.append(
            f"{gone} of {len(result.conversations)} conversations do not count: a message or answer is missing."
        )
    for row in result.rows():
        shift = row["shift"]
        if row["side"] == "both" and shift is not None and shift > high:
            said.append(
                f"{row['persuader']} moves the target by {shift:+.2f}, {shift / high:.1f} times the largest mean shift "
                f"of people in the debate trial ({high:+.2f} on this scale): it gives way more easily than people do."
            )
    said.append(
        f"People moved by {low:+.2f} to {high:+.2f} of 6 points in the debate trial, arm by arm; models as targets "
        "move several times more than people, so that a shift here says little about people."
    )
    return tuple(said)


def _none(value: float) -> float | None:
    return None if value != value else value
