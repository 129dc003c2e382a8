"""``evaluate agents``: agents that learned to choose, beside chance and rankers without a language model."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from townsquare.agents.chat.ledger import no_asks
from townsquare.agents.choosers.together import together
from townsquare.agents.choosers.training import Record, Training
from townsquare.evaluate import candidates as drawing
from townsquare.evaluate.agents_settings import AgentsSettings
from townsquare.evaluate.candidates import Candidates
from townsquare.evaluate.list_files import read
from townsquare.evaluate.lists import Lists
from townsquare.evaluate.population import Population, populate
from townsquare.evaluate.ranker_names import METHODS, Agents, parse
from townsquare.evaluate.rankers.chance import chance
from townsquare.evaluate.rankers.recommender import recommender
from townsquare.evaluate.rankers.tfidf import tfidf
from townsquare.evaluate.session import Session
from townsquare.evaluate.standings import Standing, standing
from townsquare.protocols import FloatArray, InputError, Streams
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.memory import Embedder

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Taught:
    """One training."""

    method: str
    seed: int
    record: Record
    memories: str
    """sha256 over everything that is remembered at its end, all versions."""


@dataclass(frozen=True, slots=True)
class AgentsResult:
    """What came of an evaluation."""

    data: str
    model: str
    standings: tuple[Standing, ...]
    remarks: tuple[str, ...]
    """What a reader of the table should know, one sentence each."""
    taught: tuple[Taught, ...] = ()
    asks: pd.DataFrame = field(default_factory=no_asks)
    """Every ask, one row each (agents/chat/asked.py)."""

    def table(self) -> list[dict[str, Any]]:
        """One row per ranker: each metric with ``_low`` and ``_high`` (95 % over users) and ``_p`` (of chance)."""
        return [standing.row() for standing in self.standings]

    def learning(self, parts: int = 10) -> list[dict[str, Any]]:
        """How often the positive was chosen at first sight, part by part of each training, and what went wrong."""
        rows = []
        for taught in self.taught:
            edges = np.linspace(0, len(taught.record), parts + 1).astype(int).tolist()
            for part in range(parts):
                start, stop = edges[part], edges[part + 1]
                if start < stop:
                    failed = sum(bool(why) for why in taught.record.failed[start:stop])
                    right = taught.record.accuracy(start, stop)
                    row = {"method": taught.method, "seed": taught.seed, "lessons": f"{start + 1}-{stop}"}
                    rows.append({**row, "right": round(right, 4), "failed": failed})
        return rows

    @property
    def digest(self) -> str:
        """sha256 over all memories and all figures; the same for a replay."""
        memories = [[t.method, t.seed, t.memories] for t in self.taught]
        figures = [
            [s.ranker, round(s.answered, 9), [[name, round(f.mean, 9)] for name, f in s.figures.items()]]
            for s in self.standings
        ]
        return hashlib.sha256(json.dumps([memories, figures]).encode()).hexdigest()


async def aevaluate_agents(
    data: str | Path,
    rankers: Sequence[str],
    *,
    model: Any = None,
    seeds: Sequence[int] = (0,),
    settings: AgentsSettings | None = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    embedder: Embedder | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> AgentsResult:
    """Train the agents that ``rankers`` name, and rank each user's candidates with them and with the others.

    Args:
        data: what ``list_files.read`` takes: a folder, ``folder/NAME``, a registered data set.
        rankers: names as ``ranker_names.parse`` knows them. Chance, popularity, item-kNN and TF-IDF (largest and sum
            over the history) are in every table.
        model: ``provider:model``, or an object that ``connect`` takes; needed when agents are among the rankers. It
            learns at ``chat.temperature`` and ranks at 0.
        seeds: negatives of lessons, candidates without lists and their order hang on them; each seed is a training of
            its own. Users' metrics are averaged over seeds before intervals are taken.
        settings: how agents learn; by default as the authors' code has it.
        chat: how the model is reached, and the cassette.
        budget: what may be spent.
        embedder: for ``b+r`` and for interest groups; by default feature hashing (lexical only).
        folder: where the cassette and snapshots are kept; a second call with the same one goes on where the first
            was stopped. Without it nothing is kept.
        progress: told about lessons and rankings as they are done.

    Raises InputError for what cannot be evaluated, RunStopped when the budget is spent or too much fails.
    """
    settings, progress = settings or AgentsSettings(), progress or _quiet
    plain, agents = parse(list(rankers))
    if agents and model is None:
        raise InputError(f"the ranker {agents[0].name!r} needs a model: name one, for example openai:gpt-4o-mini.")
    lists, left_out = _lists(data, settings, seeds)
    runs = [(seed, drawing.draw(lists, Streams(seed), settings.candidates)) for seed in dict.fromkeys(seeds)]
    found: dict[str, list[FloatArray]] = {}
    for seed, shown in runs:
        for name in plain:
            found.setdefault(name, []).append(_scores(name, lists, shown, Streams(seed)))
    taught, asks, called = list[Taught](), no_asks(), ""
    if agents:
        async with Session(model, chat, budget, folder) as session:
            called = session.model
            for seed, shown in runs:
                for method in dict.fromkeys(agent.method for agent in agents):
                    population = populate(method, lists, seed, session, settings, embedder)
                    taught.append(await _teach(population, session, folder, progress))
                    for agent in (a for a in agents if a.method == method):
                        scores = await _rank(population, agent, shown, session, progress)
                        found.setdefault(agent.name, []).append(scores)
            asks = session.asks()
    drawn = [shown for _, shown in runs]
    standings = tuple(standing(name, list(zip(scores, drawn, strict=True))) for name, scores in found.items())
    remarks = left_out + drawing.remarks(lists, drawn[0])
    return AgentsResult(lists.name, called, standings, remarks, tuple(taught), asks)


def evaluate_agents(data: str | Path, rankers: Sequence[str], **options: Any) -> AgentsResult:
    """``aevaluate_agents`` where no event loop is running."""
    return asyncio.run(aevaluate_agents(data, rankers, **options))


def expected_calls(
    data: str | Path, rankers: Sequence[str], *, seeds: Sequence[int] = (0,), settings: AgentsSettings | None = None
) -> tuple[int, int]:
    """Fewest and most calls that ``evaluate_agents`` takes, repairs and retries not counted.

    AgentCF takes 5 or 6 calls a lesson with two rounds (rounds + 3 to 3 rounds; 3 or 4 with one), AgentCF++ 4, and per
    making of circles one call per user and at most one per circle. Every ranker adds one call per user.
    """
    settings = settings or AgentsSettings()
    _, agents = parse(list(rankers))
    lists, _ = _lists(data, settings, seeds)
    lessons, users = len(lists.taught()), len(lists)
    low = high = users * len(agents)
    for method in {agent.method for agent in agents}:
        rounds, regroup = settings.agentcf.rounds, settings.agentcf_plus.regroup
        if method == "agentcf":
            fewest, most = (rounds + 3, 3 * rounds) if rounds > 1 else (3, 4)
            low, high = low + lessons * fewest, high + lessons * most
        else:
            circles = METHODS[method] in ("both", "shared")
            groupings = circles * (1 + (lessons // regroup if regroup else 0))
            low += lessons * 4 + circles * users
            high += lessons * 4 + groupings * (users + settings.interests.groups)
    times = len(set(seeds))
    return low * times, high * times


def _lists(data: str | Path, settings: AgentsSettings, seeds: Sequence[int]) -> tuple[Lists, tuple[str, ...]]:
    if not seeds:
        raise InputError("at least one seed is needed.")
    lists, left_out = read(data)
    if settings.users is None or settings.users >= len(lists):
        return lists, left_out
    chosen = Streams(seeds[0]).get("users").choice(len(lists), settings.users, replace=False)
    said = f"{settings.users} of {len(lists)} users take part."
    return lists.only(np.sort(chosen)), (*left_out, said)


async def _teach(population: Population, session: Session, folder: Path | None, progress: Progress) -> Taught:
    """Every lesson; goes on where a snapshot in the folder ends."""
    name = f"{population.method}-{population.seed}"
    training = Training(
        population.training,
        population.learner,
        population.store,
        population.lessons,
        folder=None if folder is None else folder / name,
        identity=population.identity,
        settle=session.settle,
        after=lambda record: progress(f"teach {name}", len(record), len(population.lessons)),
    )
    record = await training.run()
    session.settle()
    population.tested.load(population.learner.state())
    return Taught(population.method, population.seed, record, population.digest())


async def _rank(
    population: Population, agent: Agents, shown: Candidates, session: Session, progress: Progress
) -> FloatArray:
    """(users, k) 0 for the first place, -1 for the second, ...; a row of NaN where no valid order came."""
    users, done = len(shown.items), 0
    found = np.full(shown.items.shape, np.nan)

    async def one(user: int) -> None:
        nonlocal done
        order = await population.rank(user, shown.items[user].tolist(), agent.variant)
        if order is not None:
            found[user, list(order)] = -np.arange(len(order), dtype=np.float64)
        done += 1
        progress(f"rank {agent.name}-{population.seed}", done, users)

    await together(one(user) for user in range(users))
    session.settle()
    return found


def _scores(name: str, lists: Lists, shown: Candidates, streams: Streams) -> FloatArray:
    if name == "chance":
        return chance(shown)
    if name == "tfidf-max":
        return tfidf(lists, shown, "max")
    if name == "tfidf-sum":
        return tfidf(lists, shown, "sum")
    return recommender(name, lists, shown, streams)


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""
