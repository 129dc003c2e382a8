"""``evaluate persuaders``: contestants write the same texts anew, a judge compares them in pairs, ratings come out.

After PersuasionArena (Singh et al., arXiv 2410.02653). Likes are engagement and not persuasion; the pairs are observed
and no experiment; see docs/evaluate-persuaders.md for what that does to the figures.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from townsquare.agents.chat.ledger import no_asks
from townsquare.evaluate.persuaders import audit, remarks, standings
from townsquare.evaluate.persuaders.inputs import Drawn, draw
from townsquare.evaluate.persuaders.made import NAME, made_posts
from townsquare.evaluate.persuaders.matches import Output, judge_all, write
from townsquare.evaluate.persuaders.models import Models
from townsquare.evaluate.persuaders.oracle import HeldOut
from townsquare.evaluate.persuaders.pairs import Mined, mine
from townsquare.evaluate.persuaders.posts import Posts, read_posts
from townsquare.evaluate.persuaders.roster import Entry, entries, entry
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.evaluate.persuaders.simulative import compared
from townsquare.evaluate.persuaders.standings import CONTROL, Round
from townsquare.protocols import InputError, Streams, make
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.memory import Embedder

CONTESTANTS = ("unchanged", "topline", "flipped", "words")
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class PersuadersResult:
    """What came of an arena."""

    data: str
    judge: str
    contestants: tuple[str, ...]
    mined: tuple[dict[str, Any], ...]
    """A row per kind of pair (``Mined.rows``)."""
    ratings: tuple[dict[str, Any], ...]
    """A row per kind and contestant (``standings.rows``); the kind ``all`` first."""
    wins: tuple[dict[str, Any], ...]
    """Who beat whom (``standings.wins``)."""
    audit: tuple[dict[str, Any], ...]
    """What was added or changed, a row per contestant (``audit.rows``)."""
    judged: tuple[dict[str, Any], ...]
    """How well the judge does on the real pairs, a row per seed (``simulative.Compared.row``)."""
    held_out: tuple[HeldOut, ...]
    """What a judge that learns says about itself, one per seed."""
    rounds: tuple[Round, ...]
    remarks: tuple[str, ...]
    """What a reader of the tables should know, one sentence each."""
    asks: pd.DataFrame = field(default_factory=no_asks)
    """Every ask, one row each (agents/chat/asked.py)."""

    def rows(self) -> list[dict[str, Any]]:
        """The ratings over all kinds, the best first."""
        return [row for row in self.ratings if row["case"] == standings.ALL]

    @property
    def digest(self) -> str:
        """sha256 over all texts, verdicts and ratings; the same for a replay."""
        whole = [
            [[one.seed, [asdict(o) for o in one.outputs], [asdict(m) for m in one.matches]] for one in self.rounds],
            [[row["case"], row["contestant"], round(row["elo"], 6)] for row in self.ratings],
        ]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


async def aevaluate_persuaders(
    data: str | Path | Posts,
    contestants: Sequence[str] = CONTESTANTS,
    *,
    judge: str = "oracle",
    model: Any = None,
    judge_model: Any = None,
    seeds: Sequence[int] = (0,),
    settings: PersuadersSettings | None = None,
    chat: ChatSettings | None = None,
    budget: Budget | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> PersuadersResult:
    """Hold an arena.

    Args:
        data: a table of posts (``posts.read_posts``); ``made`` or ``made:N`` for posts that are made up.
        contestants: names of persuaders, ``module:Class``, or ``llm=provider:model`` for several models in one arena.
            ``unchanged`` is always among them.
        judge: the name of a judge, the same way.
        model: ``provider:model`` or an object that ``connect`` takes, for contestants with a model that name none.
        judge_model: the same for the judge; by default ``model``. It is asked at temperature 0.
        seeds: each draws inputs of its own; matches of all of them are rated together.
        settings: kinds of pairs, number of inputs, how ratings are made.
        chat: how models are reached, and the cassette.
        budget: what may be spent on all of them together.
        folder: where cassette and tables are kept; a second call with the same one asks nothing twice.
        progress: told about texts and matches that are done.

    Raises InputError for what cannot be evaluated, RunStopped when the budget is spent or too much fails.
    """
    settings, progress = settings or PersuadersSettings(), progress or _quiet
    names = [CONTROL, *(name for name in contestants if name != CONTROL)]
    roster = entries("persuader", names, settings.contestants, model)
    referee = _referee(judge, settings, model if judge_model is None else judge_model)
    if not seeds:
        raise InputError("at least one seed is needed.")
    progress("mine pairs", 0, 1)
    posts, mined, embedder = mined_from(data, settings)
    rounds, judged, held_out = list[Round](), list[dict[str, Any]](), list[HeldOut]()
    async with Models(chat, budget, folder) as models:
        for seed in dict.fromkeys(seeds):
            streams = Streams(seed)
            drawn = draw(mined.pairs, settings.cases, settings.inputs, settings.held, streams)
            party = taught(referee, drawn, streams, models)
            held_out += [one for one in [getattr(party, "held_out", None)] if isinstance(one, HeldOut)]
            rounds.append(await _round(seed, drawn, roster, party, streams, models, progress))
            real = await compared(party, drawn.inputs, 2 * len(rounds[-1].matches))
            models.settle()
            judged.append({"seed": seed, **real.row(referee.label, drawn.inputs, streams)})
        asks = models.asks()
    result = _told(posts, mined, embedder, referee, roster, settings, rounds, judged, held_out, asks)
    if folder is not None:
        from townsquare.evaluate.persuaders.arena_folder import keep

        keep(result, folder)
    return result


def evaluate_persuaders(
    data: str | Path | Posts, contestants: Sequence[str] = CONTESTANTS, **options: Any
) -> PersuadersResult:
    """``aevaluate_persuaders`` where no event loop is running."""
    return asyncio.run(aevaluate_persuaders(data, contestants, **options))


def taught(judge: Entry, drawn: Drawn, streams: Streams, models: Models) -> Any:
    """A judge that has learnt, if it needs to, from what is not in the arena."""
    party = judge.made(streams, models)
    if "pairs" in judge.needs:
        party.learn(drawn.rest)
    return party


def mined_from(data: str | Path | Posts, settings: PersuadersSettings) -> tuple[Posts, Mined, Embedder]:
    """The posts, the pairs in them, and what their texts were compared with."""
    posts = data if isinstance(data, Posts) else _posts(data)
    use = settings.mining.embedder
    embedder = make("embedder", use.name, use.settings(), Streams(0))
    return posts, mine(posts, embedder, settings.mining, settings.cases), embedder


def _posts(data: str | Path) -> Posts:
    name, colon, count = str(data).partition(":")
    if name == NAME and not Path(data).exists():
        if colon and not count.isdigit():
            raise InputError(f"--data {data}: {NAME}:N makes N posts, as {NAME}:3000.")
        return made_posts(int(count)) if colon else made_posts()
    return read_posts(data)


def _referee(judge: str, settings: PersuadersSettings, model: Any) -> Entry:
    base = judge.partition("=")[0].strip()
    for name in settings.judges:
        if name != base:
            raise InputError(f"judges.{name}: {name!r} does not judge; {base} does.")
    return entry("judge", judge, settings.judges.get(base, {}), model, "--judge-model or --model")


async def _round(
    seed: int, drawn: Drawn, roster: Sequence[Entry], judge: Any, streams: Streams, models: Models, progress: Progress
) -> Round:
    outputs = list[Output]()
    for one in roster:
        told = _counter(progress, f"write: {one.label}", len(drawn.inputs))
        outputs += await write(one, one.made(streams, models), drawn.inputs, told)
        models.settle()
    told = _counter(progress, "judge", len(drawn.inputs) * len(roster) * (len(roster) - 1) // 2)
    matches = await judge_all(judge, drawn.inputs, outputs, told)
    models.settle()
    return Round(seed, drawn.inputs, tuple(outputs), tuple(matches))


def _told(
    posts: Posts,
    mined: Mined,
    embedder: Embedder,
    referee: Entry,
    roster: Sequence[Entry],
    settings: PersuadersSettings,
    rounds: Sequence[Round],
    judged: Sequence[dict[str, Any]],
    held_out: Sequence[HeldOut],
    asks: pd.DataFrame,
) -> PersuadersResult:
    names = tuple(one.label for one in roster)
    ratings = standings.rows(rounds, names, settings, Streams(rounds[0].seed))
    known = sorted({name for post in posts.posts for name in (post.brand, post.account) if name})
    texts = [
        audit.Rewrite(output.contestant, brief.post.text, output.text, brief.better or "")
        for one in rounds
        for output in one.outputs
        if output.text is not None and (brief := one.inputs[output.input].brief)
    ]
    said = (*mined.remarks, *remarks.of(rounds, ratings, judged, held_out, referee.label))
    return PersuadersResult(
        posts.name,
        referee.label,
        names,
        tuple(mined.rows()),
        tuple(ratings),
        tuple(standings.wins(rounds, names)),
        tuple(audit.rows(texts, known, embedder)),
        tuple(judged),
        tuple(held_out),
        tuple(rounds),
        said,
        asks,
    )


def _counter(progress: Progress, what: str, of: int) -> Callable[[], None]:
    done = 0

    def told() -> None:
        nonlocal done
        done += 1
        progress(what, done, of)

    return told


def _quiet(what: str, done: int, of: int) -> None:
    """Nobody is told."""
