"""How well moderators tell harmful texts from harmless ones, how fast, and how easily they are got round."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from townsquare.evaluate.moderator_features import Features
from townsquare.evaluate.moderator_rates import Reviewed, group_rows, reliability_of, row_of, saved
from townsquare.evaluate.over_association import association_row, flagged_pairs
from townsquare.evaluate.session import Session
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import ACTION, HARMLESS, Labelled, Learner, Moderator, Posts
from townsquare.protocols.registry import make
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.data.confusable import Pair
from townsquare.sim.data.confusable import pairs as confusable
from townsquare.sim.data.labelled import LabelledData, load
from townsquare.sim.moderators.disguises import DISGUISES, disguised

MODERATORS = ("none", "retrieval", "linear")
SEEDS = (0, 1, 2, 3, 4)

Progress = Callable[[str, int, int], None]


class ModeratorsSettings(Settings):
    """How labelled texts are split, and what is tried."""

    test: float = Field(default=0.2, gt=0, lt=1)
    "Share of the texts that is held out, drawn anew for every seed."
    harmless: tuple[str, ...] = ()
    "Labels that break no rule; by default those commonly called so."
    disguise: float = Field(default=0.1, ge=0, le=1)
    "Share of the letters that a disguise changes; 0: none is tried."
    moderators: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of moderators by name: moderators.linear.strength=10."
    features: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of features by name: features.audience-age.age=15."


@dataclass(frozen=True, slots=True)
class ModeratorsResult:
    """The tables, and what was left out on the way."""

    data: str
    table: tuple[dict[str, Any], ...]
    """A row per moderator: texts, harmful, precision, recall, f1, fpr with ``_low`` and ``_high``, expected calibration
    error, abstained, share held for a person, texts asked about, usd, texts per second of CPU, and milliseconds of the
    clock per text."""
    disguises: tuple[dict[str, Any], ...]
    """A row per moderator: recall of the harmful texts as they are, and in each disguise."""
    groups: tuple[dict[str, Any], ...] = ()
    """A row per moderator and group, where the data say who is who: the same rates."""
    reliability: tuple[dict[str, Any], ...] = ()
    """A row per moderator and tenth of the scores (``calibration.reliability``)."""
    pairs: tuple[dict[str, Any], ...] = ()
    """A row per moderator: what it makes of confusable pairs (``over_association``)."""
    features: tuple[dict[str, Any], ...] = ()
    """A row per moderator and feature: the false-positive rate on harmless texts that score .5 or more in it, and on
    the others; for features that can probe a moderator, what they found."""
    remarks: tuple[str, ...] = ()
    seeds: Sequence[int] = field(default=SEEDS)
    asks: pd.DataFrame | None = None
    """Everything that was asked of a model; None where nothing could be."""

    @property
    def digest(self) -> str:
        """sha256 of what was found, times left out."""
        rows = [{k: v for k, v in row.items() if k not in ("per_second", "ms")} for row in self.table]
        told = [rows, self.disguises, self.groups, self.reliability, self.pairs, self.features]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


async def aevaluate_moderators(
    data: str | Path | LabelledData,
    moderators: Sequence[str] = MODERATORS,
    *,
    seeds: Sequence[int] = SEEDS,
    settings: ModeratorsSettings | None = None,
    model: Any = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
    features: Sequence[str] = (),
    pairs: str | Path | None = None,
    progress: Progress | None = None,
) -> ModeratorsResult:
    """Every moderator on the same held-out texts; those that learn do so from the rest.

    Equal texts are left out before anything is split, so that no text is learnt from and tested. What a moderator
    abstains from is counted, and is not flagged: in recall it is a miss. Intervals: 95 %, bootstrap over texts.

    Args:
        data: what ``labelled.load`` takes, or what it gives.
        moderators: registered names; ``none`` always takes part.
        seeds: a split each.
        settings: shares, disguises, and the settings of moderators.
        model: ``provider:model``, or an object that ``connect`` takes, for moderators that ask one (at temperature 0).
        chat: how the model is reached, and the cassette.
        budget: what may be spent on it.
        folder: where the cassette is kept; a second call with the same one asks nothing twice.
        features: registered names; false alarms are told by each.
        pairs: confusable pairs, ``shipped`` or a CSV file (``sim.data.confusable``); none by default.
        progress: told about reviews that are done.

    Raises InputError for what cannot be evaluated.
    """
    settings, progress = settings or ModeratorsSettings(), progress or _quiet
    texts = data if isinstance(data, LabelledData) else load(data, settings.harmless)
    names = list(dict.fromkeys(["none", *moderators]))
    unknown = sorted(set(settings.moderators) - set(names))
    if unknown:
        raise InputError(f"moderators.{unknown[0]}: it does not take part; those who do are {', '.join(names)}.")
    seen = _Seen(names, Features(features, settings.features, texts), confusable(pairs) if pairs else ())
    plan = [(seed, name) for seed in seeds for name in names]
    progress("learn and review", 0, len(plan))
    async with AsyncExitStack() as stack:
        session = None if model is None else await stack.enter_async_context(Session(model, chat, budget, folder))
        for done, (seed, name) in enumerate(plan, start=1):
            test, train = split(len(texts.examples), settings.test, seed)
            moderator = _made(name, settings, seed, session)
            if isinstance(moderator, Learner):
                moderator.learn(_lesson(texts.examples, train, seed))
            seen.reviewed[name].append(await _review(moderator, texts.examples, test, session))
            if settings.disguise:
                share = await _disguised(moderator, texts.examples, test, settings.disguise, seed)
                seen.disguised[name].append(share)
            await seen.beyond(name, moderator)
            if session is not None:
                session.settle()
            progress("learn and review", done, len(plan))
        asks = None if session is None else session.asks()
    return _result(texts, seen, tuple(seeds), asks)


class _Seen:
    """What was seen of each moderator, a list per seed."""

    def __init__(self, names: Sequence[str], features: Features, pairs: Sequence[Pair]) -> None:
        self.names, self.features, self.pairs = names, features, pairs
        self.reviewed: dict[str, list[Reviewed]] = {name: [] for name in names}
        self.disguised: dict[str, list[Mapping[str, float]]] = {name: [] for name in names}
        self.paired: dict[str, list[BoolArray]] = {name: [] for name in names}

    async def beyond(self, name: str, moderator: Moderator) -> None:
        """What it makes of texts that are not of the table."""
        if self.pairs:
            self.paired[name].append(await flagged_pairs(moderator, self.pairs))
        await self.features.probe(name, moderator)


def _result(texts: LabelledData, seen: _Seen, seeds: tuple[int, ...], asks: pd.DataFrame | None) -> ModeratorsResult:
    found, examples, names = seen.reviewed, texts.examples, seen.names
    reliable = {name: reliability_of(found[name], examples) for name in names}
    return ModeratorsResult(
        texts.name,
        table=tuple(row_of(name, found[name], examples) for name in names),
        disguises=tuple(
            {"moderator": name, **{how: float(np.mean([one[how] for one in shares])) for how in shares[0]}}
            for name, shares in seen.disguised.items()
            if shares
        ),
        groups=tuple(row for name in names for row in group_rows(name, found[name], examples, texts.groups)),
        reliability=tuple({"moderator": name, **row} for name in names for row in reliable[name]),
        pairs=tuple(association_row(name, shares) for name, shares in seen.paired.items() if shares),
        features=tuple(row for name in names for row in seen.features.rows(name, found[name])),
        remarks=(*texts.remarks, *filter(None, (saved(name, found[name]) for name in names))),
        seeds=seeds,
        asks=asks,
    )


def evaluate_moderators(data: str | Path | LabelledData, *names: Sequence[str], **options: Any) -> ModeratorsResult:
    """``aevaluate_moderators`` where no event loop is running."""
    return asyncio.run(aevaluate_moderators(data, *names, **options))


def _made(name: str, settings: ModeratorsSettings, seed: int, session: Session | None) -> Moderator:
    made = make("moderator", name, settings.moderators.get(name, {}), Streams(seed))
    if not isinstance(made, Moderator):
        raise InputError(f"moderator {name!r} does not have the method of one: review.")
    if hasattr(made, "ask"):
        if session is None:
            raise InputError(f"moderator {name!r} asks a language model: give --model provider:model.")
        made.ask = session.test
    return made


def _lesson(examples: Labelled, rows: IntArray, seed: int) -> Labelled:
    """What is learnt from; InputError where that is of one kind only."""
    found = examples.where(rows)
    if len(set(found.broken().tolist())) < 2:
        harmful = int(examples.broken().sum())
        raise InputError(
            f"the split of seed {seed} leaves texts of one kind only to learn from: of {len(examples):,} distinct "
            f"texts {harmful:,} {'is' if harmful == 1 else 'are'} harmful; give more of both kinds."
        )
    return found


def split(n: int, share: float, seed: int) -> tuple[IntArray, IntArray]:
    """Held-out rows and the rest; at least one of each."""
    order = Streams(seed).get("moderators", "split").permutation(n)
    cut = min(max(1, round(share * n)), n - 1)
    return np.sort(order[:cut]), np.sort(order[cut:])


async def _review(moderator: Moderator, examples: Labelled, rows: IntArray, session: Session | None) -> Reviewed:
    posts = Posts.of_texts([examples.texts[row] for row in rows.tolist()])
    spent = 0.0 if session is None else session.spent()
    began, clock = time.process_time(), time.perf_counter()
    verdicts = await reviewed(moderator, posts)
    seconds, waited = time.process_time() - began, time.perf_counter() - clock
    tally = dict(getattr(moderator, "tally", {}))
    cost = 0.0 if session is None else session.spent() - spent
    action, score = np.asarray(verdicts.action), np.asarray(verdicts.score, float)
    return Reviewed(rows, action, score, seconds, cost, tally.get("asked", 0), waited, tally)


async def _disguised(
    moderator: Moderator, examples: Labelled, rows: IntArray, share: float, seed: int
) -> dict[str, float]:
    """Share of the harmful held-out texts that is flagged, as they are and in each disguise."""
    harmful = rows[examples.broken()[rows]]
    plain = [examples.texts[row] for row in harmful.tolist()]
    found = {}
    for how in ("as written", *DISGUISES):
        texts = plain
        if how in DISGUISES:
            rng = Streams(seed).get("moderators", "disguise", how)
            texts = [disguised(text, how, rng, share) for text in plain]
        verdicts = await reviewed(moderator, Posts.of_texts(texts))
        flagged = ~np.isin(verdicts.action, [ACTION[name] for name in HARMLESS])
        found[how] = float(flagged.mean()) if len(flagged) else float("nan")
    return found


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""
