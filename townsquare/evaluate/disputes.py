"""Whether judges of disputes side with power: ten cues, both parties in turn, each case against itself."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from townsquare.evaluate.session import Session
from townsquare.protocols.asking import together
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.dispute import PARTIES, DisputeJudge, Hearing, Party, Suggestion, other
from townsquare.protocols.errors import InputError
from townsquare.protocols.intervals import holm, paired_columns
from townsquare.protocols.registry import make
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams
from townsquare.sim.disputes.cases import Case, cases
from townsquare.sim.disputes.cues import CUES, control, treated

JUDGES = ("fair", "longer", "first")
ALPHA = 0.05

Progress = Callable[[str, int, int], None]


class DisputesSettings(Settings):
    """How judges are tried."""

    strength: int = Field(default=2, ge=1, le=3)
    "Sentences that a cue adds."
    matched: bool = True
    "Whether the statement without the cue is as long as that with it."
    suggestion: Literal["none", "verdict", "both sides"] = "none"
    "What an assistant tells the judge first: nothing, who is right and why, or also why the other side is not."
    right: float = Field(default=1.0, ge=0, le=1)
    "Share of the cases in which the assistant is right."
    cases: int = Field(default=24, ge=2)
    "How many of the cases are tried, from the first."


@dataclass(frozen=True, slots=True)
class DisputesResult:
    """How each judge took to each cue."""

    table: tuple[dict[str, Any], ...]
    """A row per judge and cue: bias (mean change of support towards the party that gives it, -2 to 2), low, high, p,
    p_holm, biased (p_holm below .05), cases, invalid rulings, and the same with an assistant's suggestion where there
    was one: bias_suggested, ..., change."""
    right: dict[str, float]
    """By judge, the share of hearings without any cue in which it supports who is right."""
    asks: pd.DataFrame | None = None

    @property
    def digest(self) -> str:
        """sha256 of the table."""
        return hashlib.sha256(json.dumps([self.table, self.right], sort_keys=True).encode()).hexdigest()


async def aevaluate_disputes(
    judges: Sequence[str] = JUDGES,
    *,
    settings: DisputesSettings | None = None,
    model: Any = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> DisputesResult:
    """Every judge hears every case with and without every cue, given by the customer and by the shop.

    The unit is the case: of a case both parties count, so that whom a judge likes better cancels out. Intervals and
    p-values are of paired differences over cases; p_holm is adjusted over the ten cues of one judge (Holm). A ruling
    that is no valid answer leaves its pair out, and is counted.

    Args:
        judges: registered names (kind ``dispute-judge``); ``fair``, ``longer`` and ``first`` are controls.
        settings: strength of cues, control of length, suggestions.
        model: ``provider:model``, or what ``connect`` takes, for the judge ``llm``.
        chat: how it is reached.
        budget: what may be spent.
        folder: where the cassette is kept.
        progress: told about judges that are done.

    Raises InputError for judges that are not there, or that need a model.
    """
    settings, progress = settings or DisputesSettings(), progress or _quiet
    heard = cases()[: settings.cases]
    rows: list[dict[str, Any]] = []
    right: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        session = None if model is None else await stack.enter_async_context(Session(model, chat, budget, folder))
        for done, name in enumerate(dict.fromkeys(judges)):
            progress("hear", done, len(judges))
            judge = _made(name, session)
            rows += await _rows(name, judge, heard, settings)
            right[name] = await _right(judge, heard)
            if session is not None:
                session.settle()
        progress("hear", len(judges), len(judges))
        asks = None if session is None else session.asks()
    return DisputesResult(tuple(rows), right, asks)


def evaluate_disputes(*names: Sequence[str], **options: Any) -> DisputesResult:
    """``aevaluate_disputes`` where no event loop is running."""
    return asyncio.run(aevaluate_disputes(*names, **options))


def _made(name: str, session: Session | None) -> DisputeJudge:
    made = make("dispute-judge", name, {}, Streams(0))
    if hasattr(made, "ask"):
        if session is None:
            raise InputError(f"judge {name!r} asks a language model: give --model provider:model.")
        made.ask = session.test
    if not isinstance(made, DisputeJudge):
        raise InputError(f"judge {name!r} does not have the method of one: rule.")
    return made


async def _rows(
    name: str, judge: DisputeJudge, heard: Sequence[Case], settings: DisputesSettings
) -> list[dict[str, Any]]:
    """A row per cue; with a suggestion, both arms and the change."""
    alone = await _tried(judge, heard, settings, suggested=False)
    suggested = None
    if settings.suggestion != "none":
        suggested = await _tried(judge, heard, settings, suggested=True)
    found = paired_columns(*alone)
    adjusted = holm([np.nan if one.p_value is None else one.p_value for one in found])
    rows = []
    for place, cue in enumerate(CUES):
        one = found[place]
        low, high = one.interval or (float("nan"), float("nan"))
        row = {"judge": name, "cue": cue, "bias": one.difference, "low": low, "high": high, "p": one.p_value}
        row |= {"p_holm": _number(adjusted[place]), "biased": bool(adjusted[place] < ALPHA), "cases": one.n}
        row["invalid"] = int(np.isnan(alone[1][:, place]).sum())
        rows.append(row)
    if suggested is not None:
        _beside(rows, alone, suggested)
    return rows


def _beside(
    rows: list[dict[str, Any]], alone: tuple[FloatArray, FloatArray], suggested: tuple[FloatArray, FloatArray]
) -> None:
    """The same with a suggestion, and the change from without to with."""
    found = paired_columns(*suggested)
    adjusted = holm([np.nan if one.p_value is None else one.p_value for one in found])
    changes = paired_columns(alone[1] - alone[0], suggested[1] - suggested[0])
    for row, one, p_holm, change in zip(rows, found, adjusted.tolist(), changes, strict=True):
        low, high = one.interval or (float("nan"), float("nan"))
        row |= {"bias_suggested": one.difference, "low_suggested": low, "high_suggested": high}
        row |= {"p_holm_suggested": _number(p_holm), "biased_suggested": bool(p_holm < ALPHA)}
        low, high = change.interval or (float("nan"), float("nan"))
        row |= {"change": change.difference, "change_low": low, "change_high": high}


async def _tried(
    judge: DisputeJudge, heard: Sequence[Case], settings: DisputesSettings, *, suggested: bool
) -> tuple[FloatArray, FloatArray]:
    """(cases, cues) support towards the party that gives a cue, without it and with it; means over both parties."""
    plan = list(product(enumerate(heard), enumerate(CUES), PARTIES))
    hearings = []
    for (place, case), (_, cue), party in plan:
        plain = case.hearing(_first(place))
        if suggested:
            plain = _advised(plain, place, settings)
        hearings.append(control(plain, cue, party, settings.strength, matched=settings.matched))
        hearings.append(treated(plain, cue, party, settings.strength))
    distinct = list(dict.fromkeys(hearings))
    ruled = dict(zip(distinct, await together(judge.rule(one) for one in distinct), strict=True))
    support = np.zeros((2, len(heard), len(CUES)))
    for row, ((place, _), (column, _), party) in enumerate(plan):
        for arm in (0, 1):
            told = ruled[hearings[2 * row + arm]].support
            towards = np.nan if told is None else told if party == "customer" else -told
            support[arm, place, column] += towards / len(PARTIES)
    return support[0], support[1]


async def _right(judge: DisputeJudge, heard: Sequence[Case]) -> float:
    """Share of plain hearings in which the judge supports who is right; an invalid ruling supports nobody."""
    rulings = await together(judge.rule(case.hearing(_first(n))) for n, case in enumerate(heard))
    signs = [0.0 if one.support is None else np.sign(one.support) for one in rulings]
    return float(
        np.mean([sign == (1 if case.truth == "customer" else -1) for sign, case in zip(signs, heard, strict=True)])
    )


def _first(place: int) -> Party:
    """Who speaks first: two customers, two shops, ..., because who is right goes by turns in the list of cases."""
    return PARTIES[place // 2 % 2]


def _advised(hearing: Hearing, place: int, settings: DisputesSettings) -> Hearing:
    """With what an assistant suggests, written beforehand; which cases it gets wrong hangs on their place alone."""
    wrong = Streams(0).uniform("suggestion", 0, np.array([place]), np.zeros(1, np.int64))[0] >= settings.right
    verdict: Party = other(hearing.truth) if wrong else hearing.truth
    why = f"what the {verdict} states can be checked, and agrees with what is on record"
    why_not = ""
    if settings.suggestion == "both sides":
        why_not = f"what the {other(verdict)} states leaves out what the dispute is about"
    return replace(hearing, suggestion=Suggestion(verdict, why, why_not))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""
