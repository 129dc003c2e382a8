"""``evaluate persuaders --protocol simulate``: does a judge understand the audience at all?

The two simulative tasks of PersuasionBench (arXiv 2410.02653): which of two posts of an account got more engagement,
and in which third of the account's posts one is. Models are barely above chance there, as the paper says without
figures per task; chance is in both tables.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from townsquare.agents.chat.ledger import no_asks
from townsquare.agents.minds.per_agent import together
from townsquare.agents.persuaders.llm_guesser import LLMGuesser
from townsquare.evaluate.persuaders import buckets
from townsquare.evaluate.persuaders.arena import mined_from, taught
from townsquare.evaluate.persuaders.inputs import draw
from townsquare.evaluate.persuaders.models import Models
from townsquare.evaluate.persuaders.posts import Posts
from townsquare.evaluate.persuaders.roster import Entry, entries
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.evaluate.persuaders.simulative import compared
from townsquare.protocols import InputError, Settings, Streams
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.persuader import Brief, Pair, Side, Version


class Coin:
    """Tosses a coin for every question: what chance gets, and how far it strays."""

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.streams = streams

    def learn(self, pairs: Sequence[Pair]) -> None:
        """Nothing."""

    async def choose(self, brief: Brief, left: Version, right: Version, *, number: int) -> Side | None:
        """One or the other."""
        return "left" if self.streams.get("coin", number).random() < 0.5 else "right"


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """What came of it."""

    data: str
    comparative: tuple[dict[str, Any], ...]
    """A row per seed and judge (``simulative.Compared.row``); ``chance`` first."""
    behaviour: tuple[dict[str, Any], ...]
    """A row per seed and judge (``buckets.Bucketed.row``); ``chance`` first."""
    remarks: tuple[str, ...]
    asks: pd.DataFrame = field(default_factory=no_asks)


async def aevaluate_simulation(
    data: str | Path | Posts,
    judges: Sequence[str] = ("oracle",),
    *,
    model: Any = None,
    seeds: Sequence[int] = (0,),
    settings: PersuadersSettings | None = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
) -> SimulationResult:
    """Both tasks for each judge; ``inputs`` of the settings counts pairs of each kind, and posts.

    ``likes`` knows the answers and is refused. Thirds are guessed by ``oracle`` (a regression on words) and by judges
    with a language model (asked ``guess_engagement``); other plug-ins compare only. Raises as ``aevaluate_persuaders``.
    """
    settings = settings or PersuadersSettings()
    roster = entries("judge", judges, settings.judges, model)
    for one in roster:
        if "likes" in one.needs:
            raise InputError(f"the judge {one.label} is told the likes, so that there is nothing for it to guess.")
    if not seeds or not roster:
        raise InputError("at least one seed and one judge are needed.")
    posts, mined, _ = mined_from(data, settings)
    comparative, behaviour = list[dict[str, Any]](), list[dict[str, Any]]()
    async with Models(chat, budget, folder) as models:
        for seed in dict.fromkeys(seeds):
            streams = Streams(seed)
            drawn = draw(mined.pairs, settings.cases, settings.inputs, settings.held, streams)
            coin = Coin(Settings(), streams)
            found = await compared(coin, drawn.inputs)
            comparative.append({"seed": seed, **found.row("chance", drawn.inputs, streams)})
            asked = buckets.draw(posts, settings.inputs, settings.held, streams)
            behaviour.append({"seed": seed, **asked.row("chance", buckets.chance(asked, streams), streams)})
            for one in roster:
                found = await compared(taught(one, drawn, streams, models), drawn.inputs)
                comparative.append({"seed": seed, **found.row(one.label, drawn.inputs, streams)})
                guesses = await _guesses(one, asked, models)
                if guesses is not None:
                    behaviour.append({"seed": seed, **asked.row(one.label, guesses, streams)})
                models.settle()
        asks = models.asks()
    return SimulationResult(posts.name, tuple(comparative), tuple(behaviour), mined.remarks, asks)


def evaluate_simulation(
    data: str | Path | Posts, judges: Sequence[str] = ("oracle",), **options: Any
) -> SimulationResult:
    """``aevaluate_simulation`` where no event loop is running."""
    return asyncio.run(aevaluate_simulation(data, judges, **options))


async def _guesses(one: Entry, asked: buckets.Bucketed, models: Models) -> list[int | None] | None:
    if "model" in one.needs:
        guesser = LLMGuesser(models.ask(one.model, 0.0))
        return await together(guesser.guess(post, number=number) for number, post in enumerate(asked.asked))
    return buckets.learnt(asked) if "pairs" in one.needs else None
