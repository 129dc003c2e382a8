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

from townsquare.evaluate.session import Session
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.errors import InputError
from townsquare.protocols.moderator import ACTION, HARMLESS, Labelled, Learner, Moderator, Posts
from townsquare.protocols.registry import make
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.data.labelled import LabelledData, load
from townsquare.sim.moderators.disguises import DISGUISES, disguised

MODERATORS = ("none", "retrieval", "linear")
SEEDS = (0, 1, 2, 3, 4)
RATES = ("precision", "recall", "f1", "fpr")
_DRAWS = 1_000

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


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one moderator made of the held-out texts of one seed."""

    rows: IntArray
    """(n,) which texts of the data."""
    flagged: BoolArray
    abstained: BoolArray
    seconds: float
    """CPU seconds of the review."""
    usd: float = 0.0
    asked: int = 0
    """Texts that a language model was asked about."""


@dataclass(frozen=True, slots=True)
class ModeratorsResult:
    """The tables, and what was left out on the way."""

    data: str
    table: tuple[dict[str, Any], ...]
    """A row per moderator: texts, harmful, precision, recall, f1, fpr with ``_low`` and ``_high``, abstained, texts
    asked about, usd and texts per second of CPU."""
    disguises: tuple[dict[str, Any], ...]
    """A row per moderator: recall of the harmful texts as they are, and in each disguise."""
    remarks: tuple[str, ...] = ()
    seeds: Sequence[int] = field(default=SEEDS)
    asks: pd.DataFrame | None = None
    """Everything that was asked of a model; None where nothing could be."""

    @property
    def digest(self) -> str:
        """sha256 of what was found, times left out."""
        rows = [{k: v for k, v in row.items() if k != "per_second"} for row in self.table]
        return hashlib.sha256(json.dumps([rows, self.disguises], sort_keys=True).encode()).hexdigest()


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
        progress: told about reviews that are done.

    Raises InputError for what cannot be evaluated.
    """
    settings, progress = settings or ModeratorsSettings(), progress or _quiet
    texts = data if isinstance(data, LabelledData) else load(data, settings.harmless)
    names = list(dict.fromkeys(["none", *moderators]))
    unknown = sorted(set(settings.moderators) - set(names))
    if unknown:
        raise InputError(f"moderators.{unknown[0]}: it does not take part; those who do are {', '.join(names)}.")
    found: dict[str, list[Reviewed]] = {name: [] for name in names}
    seen: dict[str, list[Mapping[str, float]]] = {name: [] for name in names}
    plan = [(seed, name) for seed in seeds for name in names]
    progress("learn and review", 0, len(plan))
    async with AsyncExitStack() as stack:
        session = None if model is None else await stack.enter_async_context(Session(model, chat, budget, folder))
        for done, (seed, name) in enumerate(plan, start=1):
            test, train = _split(len(texts.examples), settings.test, seed)
            moderator = _made(name, settings, seed, session)
            if isinstance(moderator, Learner):
                moderator.learn(texts.examples.where(train))
            found[name].append(await _review(moderator, texts.examples, test, session))
            if settings.disguise:
                seen[name].append(await _disguised(moderator, texts.examples, test, settings.disguise, seed))
            if session is not None:
                session.settle()
            progress("learn and review", done, len(plan))
        asks = None if session is None else session.asks()
    table = tuple(_row(name, found[name], texts.examples) for name in names)
    recalls = tuple(
        {"moderator": name, **{how: float(np.mean([one[how] for one in seen[name]])) for how in seen[name][0]}}
        for name in names
        if seen[name]
    )
    return ModeratorsResult(texts.name, table, recalls, texts.remarks, tuple(seeds), asks)


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


def _split(n: int, share: float, seed: int) -> tuple[IntArray, IntArray]:
    """Held-out rows and the rest; at least one of each."""
    order = Streams(seed).get("moderators", "split").permutation(n)
    cut = min(max(1, round(share * n)), n - 1)
    return np.sort(order[:cut]), np.sort(order[cut:])


async def _review(moderator: Moderator, examples: Labelled, rows: IntArray, session: Session | None) -> Reviewed:
    posts = Posts.of_texts([examples.texts[row] for row in rows.tolist()])
    spent = 0.0 if session is None else session.spent()
    began = time.process_time()
    verdicts = await moderator.review(posts)
    seconds = time.process_time() - began
    harmless = [ACTION[name] for name in HARMLESS]
    asked = getattr(moderator, "tally", {}).get("asked", 0)
    cost = 0.0 if session is None else session.spent() - spent
    abstained = verdicts.action == ACTION["abstain"]
    return Reviewed(rows, ~np.isin(verdicts.action, harmless), abstained, seconds, cost, asked)


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
        verdicts = await moderator.review(Posts.of_texts(texts))
        flagged = ~np.isin(verdicts.action, [ACTION[name] for name in HARMLESS])
        found[how] = float(flagged.mean()) if len(flagged) else float("nan")
    return found


def _row(name: str, found: Sequence[Reviewed], examples: Labelled) -> dict[str, Any]:
    rows = np.concatenate([one.rows for one in found])
    flagged = np.concatenate([one.flagged for one in found])
    abstained = np.concatenate([one.abstained for one in found])
    broken = examples.broken()[rows]
    cells = np.stack([flagged & broken, flagged & ~broken, ~flagged & broken, ~flagged & ~broken], axis=1).astype(float)
    whole = _rates(cells.sum(axis=0)[None])[0]
    # a text that is held out under several seeds counts as one: it is drawn, or not, as a whole
    of, place = np.unique(rows, return_inverse=True)
    by_text = np.stack([np.bincount(place, column, minlength=len(of)) for column in cells.T], axis=1)
    draws = Streams(0).get("moderators", "bootstrap").multinomial(len(of), np.full(len(of), 1 / len(of)), _DRAWS)
    low, high = _between(_rates(draws.astype(float) @ by_text))
    made: dict[str, Any] = {"moderator": name, "texts": len(rows), "harmful": int(broken.sum())}
    for column, rate in enumerate(RATES):
        made |= {rate: whole[column], f"{rate}_low": low[column], f"{rate}_high": high[column]}
    seconds = sum(one.seconds for one in found)
    made |= {"abstained": int(abstained.sum()), "asked": sum(one.asked for one in found)}
    made |= {"usd": sum(one.usd for one in found), "per_second": round(len(rows) / max(seconds, 1e-9))}
    return {key: float(value) if isinstance(value, np.floating) else value for key, value in made.items()}


def _between(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """2.5 and 97.5 per cent of each column; NaN where no draw has a value."""
    held = ~np.isnan(draws).all(axis=0)
    ends = np.full((2, draws.shape[1]), np.nan)
    ends[:, held] = np.nanquantile(draws[:, held], [0.025, 0.975], axis=0)
    return ends[0], ends[1]


def _rates(cells: FloatArray) -> FloatArray:
    """(n, 4) from true positives, false positives, misses and true negatives; NaN for 0 of 0."""
    tp, fp, fn, tn = np.moveaxis(np.asarray(cells, float), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn), fp / (fp + tn)], axis=-1)


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""
