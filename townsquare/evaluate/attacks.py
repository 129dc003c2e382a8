"""``evaluate attacks``: poison ratings, defend, retrain, and measure who gained and who paid (static mode)."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from townsquare.evaluate import attack_table
from townsquare.evaluate.attack_bench import Bench, Row, Trial
from townsquare.evaluate.attack_fit import checked_victim
from townsquare.evaluate.attack_folder import AttackFolder
from townsquare.evaluate.attack_guard import guards
from townsquare.evaluate.attack_trials import Plan, checked_attacks, unseen_too
from townsquare.evaluate.attack_workers import measured
from townsquare.evaluate.attacks_settings import AttacksSettings
from townsquare.evaluate.session import Session
from townsquare.protocols import InputError
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.sim.data.ratings import RatingData, load

ATTACKS = ("random", "average", "bandwagon", "segment", "popular", "copy")
VICTIMS = ("mf", "bpr", "item-knn", "ease")
DEFENCES = ("filter:pca", "filter:fap", "filter:degree-sad", "lorec")
SEEDS = (0, 1, 2)

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class AttacksResult:
    """What came of an evaluation."""

    data: str
    targets: tuple[str, ...]
    """Item ids."""
    table: tuple[dict[str, Any], ...]
    """A row per attack, victim and defence; see ``attack_table.table``."""
    visible: tuple[dict[str, Any], ...]
    """A row per attack: stealth and cost; see ``attack_table.visible``."""
    trials: tuple[Row, ...]
    """Everything measured: a row per log, victim, defence and target."""
    remarks: tuple[str, ...]
    """What a reader of the tables should know, one sentence each."""

    def rows(self) -> list[dict[str, Any]]:
        """The table."""
        return [dict(row) for row in self.table]

    @property
    def digest(self) -> str:
        """sha256 over everything measured; the same for any number of workers."""
        lines = sorted(json.dumps(row, sort_keys=True) for row in self.trials)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


async def aevaluate_attacks(
    data: str | Path | RatingData,
    attacks: Sequence[str] = ATTACKS,
    victims: Sequence[str] = VICTIMS,
    defences: Sequence[str] = DEFENCES,
    *,
    seeds: Sequence[int] = SEEDS,
    settings: AttacksSettings | None = None,
    model: Any = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> AttacksResult:
    """Every attack on every victim behind every defence, for each target and seed, beside the log without fakes.

    Args:
        data: what ``ratings.load`` takes, or what it gives.
        attacks: names of attacks.
        victims: names of recommenders.
        defences: names of defences; ``filter:fap`` is the defence ``filter`` with the detector ``fap``. ``none`` always
            takes part and comes first. Where one learns from fakes and every chosen attack is among them, an attack
            that it never saw is added.
        seeds: what is held out, the attacks and the recommenders hang on them.
        settings: targets, sizes, and the settings of all parts.
        model: ``provider:model``, or an object that ``connect`` takes, for attacks that can ask a language model.
        chat: how the model is reached, and the cassette.
        budget: what may be spent on it.
        folder: where finished trials and the tables are kept; a second call with the same one goes on.
        workers: processes; they change nothing in the outcome.
        progress: told about logs that are done.
        tell: told once, before most of the work, how much there is, where it takes more than a minute.

    Raises InputError for what cannot be evaluated, ContractError for a plug-in that fails.
    """
    settings, progress, tell = settings or AttacksSettings(), progress or _quiet, tell or _silent
    ratings = data if isinstance(data, RatingData) else _loaded(data, settings)
    texts = ratings.log.texts is not None
    guarded = guards(defences, settings.defences, texts=texts)
    named = checked_attacks(attacks, settings.attacks)
    named, added = unseen_too(named, guarded)
    bench = Bench(ratings, settings, _victims(victims, settings, texts=texts), guarded)
    plan = Plan(bench, named, _distinct(seeds))
    kept = None if folder is None else AttackFolder(folder, _of(bench))
    async with AsyncExitStack() as stack:
        stack.enter_context(threadpool_limits(1, "blas"))
        session = None if model is None else await stack.enter_async_context(Session(model, chat, budget, folder))
        rows = await _through(bench, plan, kept, session, workers, progress, tell)
    by = attack_table.cells(rows)
    k, length, together = settings.k, settings.length, settings.together
    table = attack_table.table(by, named, bench.victims, guarded, k=k, length=length, together=together)
    seen = attack_table.visible(by, named, bench.victims[0])
    targets = tuple(ratings.item_ids[target] for target in plan.targets)
    remarks = (*ratings.remarks, *plan.remarks(), *added)
    if kept is not None:
        kept.write(rows, {"table": table, "visible": seen}, remarks)
    return AttacksResult(ratings.name, targets, tuple(table), tuple(seen), tuple(rows), remarks)


def _loaded(data: str | Path, settings: AttacksSettings) -> RatingData:
    return load(data, settings.liked, low=settings.low, high=settings.high, step=settings.step)


def evaluate_attacks(data: str | Path | RatingData, *names: Sequence[str], **options: Any) -> AttacksResult:
    """``aevaluate_attacks`` where no event loop is running."""
    return asyncio.run(aevaluate_attacks(data, *names, **options))


async def _through(
    bench: Bench,
    plan: Plan,
    kept: AttackFolder | None,
    session: Session | None,
    workers: int,
    progress: Progress,
    tell: Callable[[str], None],
) -> list[Row]:
    """All rows in the order of the plan; one clean log first, here, because it tells how long the others take."""
    finished = {} if kept is None else kept.finished
    of = len(plan.keys)

    def add(trial: Trial, rows: list[Row]) -> None:
        finished[trial.key] = rows
        if kept is not None:
            kept.add(trial.key, rows)
        progress("attack, defend, retrain", len(finished), of)

    progress("attack, defend, retrain", len(finished), of)
    todo = [key for key in plan.keys if key.name not in finished]
    if todo:
        began = time.perf_counter()
        trial = await plan.trial(todo[0], session)
        add(trial, await bench.measured(trial))
        _announce(bench, len(todo) - 1, time.perf_counter() - began, workers, tell)
        trials = [await plan.trial(key, session) for key in todo[1:]]
        async for one, rows in measured(bench, trials, workers):
            add(one, rows)
    return [row for key in plan.keys for row in finished[key.name]]


def _announce(bench: Bench, logs: int, seconds: float, workers: int, tell: Callable[[str], None]) -> None:
    minutes = logs * seconds / max(1, workers) / 60
    if minutes > 1:
        fits = logs * len(bench.victims) * len(bench.guards)
        tell(f"{logs} logs, at most {fits} fits, about {minutes:.0f} minutes (workers: {workers}).")


def _of(bench: Bench) -> dict[str, Any]:
    """What every trial hangs on, besides its own attack, target and seed."""
    log = bench.data.log
    whole = hashlib.sha256()
    for column in (log.users, log.items, log.values, log.ticks):
        whole.update(column.tobytes())
    settings = bench.settings.model_dump(mode="json", exclude={"targets", "n_targets"})
    return {
        "data": whole.hexdigest(),
        "victims": list(bench.victims),
        "defences": [guard.name for guard in bench.guards],
        "settings": settings,
    }


def _victims(names: Sequence[str], settings: AttacksSettings, *, texts: bool) -> tuple[str, ...]:
    found = tuple(checked_victim(name, settings.victims.get(name, {}), texts=texts) for name in dict.fromkeys(names))
    if not found:
        raise InputError("victims: name at least one recommender.")
    for name in settings.victims:
        if name not in found:
            raise InputError(f"victims.{name}: {name!r} does not take part; those who do are {', '.join(found)}.")
    return found


def _distinct(seeds: Sequence[int]) -> tuple[int, ...]:
    if not seeds:
        raise InputError("at least one seed is needed.")
    return tuple(dict.fromkeys(seeds))


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""


def _silent(sentence: str) -> None:
    """Nobody is told."""
