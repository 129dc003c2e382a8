"""``evaluate recommenders --by agents``: people made of real histories browse what each recommender shows them."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from townsquare.agents.browsers.behavioural import Behavioural
from townsquare.agents.browsers.model_driven import ModelDriven
from townsquare.agents.browsers.page import Browser
from townsquare.agents.chat.ledger import no_asks
from townsquare.agents.histories import Traits
from townsquare.evaluate.audience import Audience, Past
from townsquare.evaluate.browsing import REASONS, browse
from townsquare.evaluate.histories import Split
from townsquare.evaluate.history_files import read
from townsquare.evaluate.recommended import recommended, usable
from townsquare.evaluate.recommenders_settings import RecommendersSettings
from townsquare.evaluate.session import Session
from townsquare.evaluate.verdicts import CONTROL, Agreement, Verdict, agreements, differences, offline, verdict
from townsquare.protocols import FloatArray, InputError, IntArray, Streams
from townsquare.protocols.chat_settings import Budget, ChatSettings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class RecommendersResult:
    """What came of an evaluation."""

    data: str
    mind: str
    """``behavioural``, or the model that was asked."""
    agents: IntArray
    """(n,) who browsed, as rows of the data's people."""
    traits: Traits
    """Theirs, n rows."""
    verdicts: tuple[Verdict, ...]
    """The control first, then as named."""
    agreement: tuple[Agreement, ...]
    """How far agents and the held-out part agree on the order."""
    exits: tuple[Mapping[str, float], ...]
    """Per verdict, why agents left, as shares."""
    remarks: tuple[str, ...]
    """What a reader of the tables should know, one sentence each."""
    asks: pd.DataFrame = field(default_factory=no_asks)
    """Every ask, one row each (agents/chat/asked.py)."""

    def rows(self) -> list[dict[str, Any]]:
        """One row per recommender: each measure with ``_low`` and ``_high`` (95 % over agents) and ``_p`` (of being no
        different from the control).
        """
        return [one.row() for one in self.verdicts]

    def differences(self, base: str = CONTROL) -> list[dict[str, Any]]:
        """A row for each recommender but ``base`` and each measure: its difference to ``base``, agent by agent."""
        named = {one.recommender: one for one in self.verdicts}
        if base not in named:
            raise InputError(f"base: {base!r} does not take part; those who do are {', '.join(named)}.")
        others = (one for one in self.verdicts if one.recommender != base)
        return [row for one in others for row in differences(one, named[base])]

    def agreed(self) -> list[dict[str, Any]]:
        """``agreement`` as plain rows."""
        return [one.row() for one in self.agreement]

    def left(self) -> list[dict[str, Any]]:
        """One row per recommender: why agents left, as shares."""
        pairs = zip(self.verdicts, self.exits, strict=True)
        return [
            {"recommender": one.recommender, **{why: round(x, 4) for why, x in left.items()}} for one, left in pairs
        ]

    @property
    def digest(self) -> str:
        """sha256 over who browsed and every agent's measures; the same for a replay."""
        whole = hashlib.sha256(json.dumps(self.agents.tolist()).encode())
        for one in self.verdicts:
            for name, values in one.values.items():
                whole.update(json.dumps([one.recommender, name, np.round(values, 9).tolist()]).encode())
        return whole.hexdigest()


async def aevaluate_recommenders(
    data: str | Path,
    models: Sequence[str],
    *,
    model: Any = None,
    seeds: Sequence[int] = (0,),
    settings: RecommendersSettings | None = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> RecommendersResult:
    """Fit ``models`` on what is not held out, and let the same agents browse what each of them recommends.

    Args:
        data: what ``history_files.read`` takes: a table, a folder, lists that come split, a registered data set.
        models: names of recommenders; ``random``, the control, always takes part and comes first.
        model: ``provider:model``, or an object that ``connect`` takes, for agents that a language model drives; without
            it they are behavioural.
        seeds: the split, the recommenders and all draws hang on them; each agent's measures are averaged over them.
        settings: who browses what, and how.
        chat: how the model is reached, and the cassette.
        budget: what may be spent.
        folder: where the cassette is kept; a second call with the same one asks nothing twice.
        workers: threads; they change nothing in the outcome.
        progress: told about recommenders fitted and pages turned.

    Raises InputError for what cannot be evaluated, RunStopped when the budget is spent or too much fails.
    """
    settings, progress = settings or RecommendersSettings(), progress or _quiet
    names, seeds = _names(models, settings), _distinct(seeds)
    histories, left_out = read(data, settings.threshold)
    if model is not None and histories.texts is None:
        raise InputError(f"{data} has no titles of items, and a language model has to be told what it is shown.")
    async with AsyncExitStack() as stack:
        stack.enter_context(threadpool_limits(1, "blas"))
        session = None if model is None else await stack.enter_async_context(Session(model, chat, budget, folder))
        show = _Show(Audience(histories, settings, seeds[0]), session, workers, progress)
        measured: dict[str, list[dict[str, FloatArray]]] = {name: [] for name in names}
        exits: dict[str, list[FloatArray]] = {name: [] for name in names}
        for seed in seeds:
            for name in names:
                values, left = await show(name, seed)
                measured[name].append(values)
                exits[name].append(left)
        asks = no_asks() if session is None else session.asks()
    verdicts, shares = _verdicts(measured, exits)
    return RecommendersResult(
        histories.name,
        "behavioural" if session is None else session.model,
        show.audience.agents,
        show.audience.traits,
        verdicts,
        agreements(verdicts, settings.k),
        shares,
        (*left_out, *show.audience.remarks(), _few(len(names) - 1)),
        asks,
    )


def evaluate_recommenders(data: str | Path, models: Sequence[str], **options: Any) -> RecommendersResult:
    """``aevaluate_recommenders`` where no event loop is running."""
    return asyncio.run(aevaluate_recommenders(data, models, **options))


def expected_calls(
    models: Sequence[str], *, seeds: Sequence[int] = (0,), settings: RecommendersSettings | None = None
) -> tuple[int, int]:
    """Fewest and most calls that model-driven agents take, repairs and retries not counted: one an agent and page.

    As many agents are counted as are wanted, were there fewer in the data.
    """
    settings = settings or RecommendersSettings()
    visits = settings.agents * len(_names(models, settings)) * len(set(seeds))
    return visits, visits * settings.pages


class _Show:
    """One recommender's pages before the audience."""

    def __init__(self, audience: Audience, session: Session | None, workers: int, progress: Progress) -> None:
        self.audience, self.session, self.workers, self.progress = audience, session, workers, progress
        self._shown = 0

    async def __call__(self, name: str, seed: int) -> tuple[dict[str, FloatArray], FloatArray]:
        """(agents,) measures, and the shares of why agents left in the order of ``REASONS``."""
        audience, settings = self.audience, self.audience.settings
        split = audience.split(seed)
        width = settings.pages * settings.page_size
        self.progress(f"fit {name}-{seed}", 0, 1)
        of = settings.models.get(name, {})
        lists = recommended(name, of, split, audience.agents, max(width, settings.k), seed, self.workers)

        def turned(page: int) -> None:
            if self.session is not None:
                self.session.settle()
            self.progress(f"browse {name}-{seed}", page, settings.pages)

        visits = await browse(
            lists[:, :width],
            audience.agents,
            audience.traits,
            audience.tastes,
            self._browser(split, seed),
            page_size=settings.page_size,
            like=settings.behaviour.like if self.session is None else settings.model.like,
            workers=self.workers,
            turned=turned,
        )
        self._shown += 1
        measured = visits.measures() | offline(lists, split.relevant()[audience.agents], settings.k)
        return measured, np.bincount(visits.reason, minlength=len(REASONS)) / len(audience.agents)

    def _browser(self, split: Split, seed: int) -> Browser:
        streams, own = Streams(seed), self.audience.settings
        if self.session is None:
            return Behavioural(own.behaviour, streams)
        texts = self.audience.histories.texts
        assert texts is not None
        return ModelDriven(own.model, self.session.ask, texts, Past(split, texts, own.model.past, streams), self._shown)


def _distinct(seeds: Sequence[int]) -> list[int]:
    if not seeds:
        raise InputError("at least one seed is needed.")
    return list(dict.fromkeys(seeds))


def _names(models: Sequence[str], settings: RecommendersSettings) -> list[str]:
    """The control, and then the others in their order."""
    names = [usable(name) for name in dict.fromkeys([CONTROL, *models])]
    if len(names) < 2:
        raise InputError(
            f"models: name at least one recommender besides {CONTROL}, the control, which always takes part."
        )
    for name in settings.models:
        if name not in names:
            raise InputError(f"models.{name}: {name!r} does not take part; those who do are {', '.join(names)}.")
    return names


def _verdicts(
    measured: Mapping[str, Sequence[Mapping[str, FloatArray]]], exits: Mapping[str, Sequence[FloatArray]]
) -> tuple[tuple[Verdict, ...], tuple[dict[str, float], ...]]:
    """Of each recommender, and why agents left it, over all seeds."""
    means = {
        name: {key: np.mean([run[key] for run in runs], axis=0) for key in runs[0]} for name, runs in measured.items()
    }
    shares = [dict(zip(REASONS, np.mean(left, axis=0).tolist(), strict=True)) for left in exits.values()]
    pairs = zip(means.items(), shares, strict=True)
    found = [verdict(name, values, means[CONTROL], 1.0 - share["no answer"]) for (name, values), share in pairs]
    return tuple(found), tuple(shares)


def _few(learned: int) -> str:
    if learned < 2:
        return "Agreement without the control needs two other recommenders, and there is one."
    return (
        f"Agreement without the control rests on {learned} recommenders: few; its interval is over agents and says "
        "nothing about other recommenders."
    )


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""
