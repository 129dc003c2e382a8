"""What moderation came to in a run, beside the same town without it."""

import asyncio
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from townsquare import build
from townsquare.comparison.moderated_members import MembersTally, these
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.intervals import Difference, paired
from townsquare.protocols.post_kinds import KIND, KINDS, WAYS
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import validate
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.moderated import Moderated
from townsquare.sim.measures.moderation_tally import ModerationTally, share_of
from townsquare.sim.scenarios.moderation import Moderation
from townsquare.ticking import default_workers, one_tick

_EVASION = ("abstained", "disguised", "passed")


@dataclass(frozen=True, slots=True)
class ModerationOutcome:
    """Everything that a run prints about moderation; plain values, for JSON too."""

    scenario: Moderation
    places: tuple[dict[str, Any], ...]
    """A row per place where something was done: place, who, looked, done, precision, recall, fpr (each with the ends of
    its 95 % interval; None where it is over nothing)."""
    readers: tuple[dict[str, Any], ...]
    """A row per group of readers: group, readers, harm (share of what was shown that breaks the rules), read (of what
    was read), unwanted (shown that the group blocks; None for those without a policy), without (harm without
    moderation), difference and interval."""
    authors: tuple[dict[str, Any], ...]
    """A row per kind of author: kind, authors, posts (per author and tick), without, difference, interval."""
    review: dict[str, Any]
    """Of the simulated reviewer: held, appeals_made, appeals_decided, granted, most (decided in a tick)."""
    channel: dict[str, Any] | None
    """Of the channel: abstained, disguised and passed (posts that break the rules, in disguise); None without one."""
    advice: dict[str, int]
    """Drafts by what their authors did about a warning."""
    usd: float
    tokens: int
    without: str
    """What the town beside it is without; "" where none was run."""
    why: str = ""
    """Why there is none."""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        names = ("places", "readers", "authors", "review", "channel", "advice", "usd", "tokens", "without", "why")
        return {name: getattr(self, name) for name in (*names, "unsure", "writers")}

    unsure: int = 0
    """Drafts of which whoever advises could not say whether they are harmful."""
    writers: dict[str, Any] | None = None
    """Of the members for whom a language model writes: authors, posts (answers left out), adapted (how often in which
    of ``WAYS``), silent (questions without a valid answer: write, settle, adapt); None where there are none."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The run, or the town beside it."""

    tally: ModerationTally
    kinds: IntArray
    disguised: BoolArray


def moderation_of(run: RunFolder, *, control: bool = True) -> ModerationOutcome | None:
    """The outcome of a run of the scenario moderation; None for every other run, or before the first tick.

    ``control``: run the same town without moderation in the channel too, in memory; where there is none, without advice
    and policies. It is left out where it would ask a language model, or agents elsewhere.
    """
    scenario = validate(run.info.scenario)
    if not isinstance(scenario, Moderation) or not run.info.ticks_done:
        return None
    held, agents, items = _recorded(run, scenario), run.agents(), run.items()
    n, policies, tally = scenario.members.count, scenario.readers.policies, held.tally
    kinds, policy = (agents[name].to_numpy(object)[:n] for name in ("kind", "policy"))
    without, why = control_of(scenario)
    beside = None
    if without is None or not control:
        why = why or "it was not asked for"
    else:
        beside = _alone(without, run.info.ticks_done).tally
    verdicts = run.verdicts()
    places = _places(scenario, held, items, verdicts)
    channel = next(({name: row.pop(name) for name in _EVASION} for row in places if row["place"] == "channel"), None)
    groups = [
        ("all", np.ones(n, bool)),
        *((one.name, policy == one.name) for one in policies),
        ("none", policy == "none"),
    ]
    blocks = {one.name: these(one.block) for one in policies}
    return ModerationOutcome(
        scenario,
        tuple(places),
        tuple(_reader_row(name, rows, tally, beside, blocks.get(name)) for name, rows in groups if rows.any()),
        tuple(_author_row(kind, kinds == kind, tally, beside) for kind in KINDS if (kinds == kind).any()),
        {
            "held": tally.decided[1],
            "appeals_made": tally.appeals,
            "appeals_decided": tally.decided[2],
            "granted": share_of(tally.granted, tally.decided[2]),
            "most": tally.most,
        },
        channel,
        {name: int((items["advice"] == name).sum()) for name in ("accepted", "edited", "ignored")},
        run.info.cost,
        run.info.tokens,
        "" if beside is None else _named(scenario),
        why if beside is None else "",
        int(((verdicts["by"] == "author") & (verdicts["action"] == "abstain")).sum()) if len(verdicts) else 0,
        _written(run, agents, items),
    )


def _written(run: RunFolder, agents: pd.DataFrame, items: pd.DataFrame) -> dict[str, Any] | None:
    """What came of the members for whom a language model writes."""
    if "by_model" not in agents or not agents["by_model"].any():
        return None
    mine = agents.loc[agents["by_model"], "agent"]
    ways = run.events(kinds=["adapt"])["value"].astype(int)
    asks = run.asks()
    silent = asks[~asks["outcome"].isin(["answered", "repaired"])] if len(asks) else pd.DataFrame({"purpose": []})
    return {
        "authors": len(mine),
        "posts": int((items["author"].isin(mine) & (items["reply_to"] < 0)).sum()),
        "adapted": {name: int((ways == code).sum()) for code, name in enumerate(WAYS)},
        "silent": {name: int((silent["purpose"] == name).sum()) for name in ("write", "settle", "adapt")},
    }


def _places(scenario: Moderation, held: _Seen, items: pd.DataFrame, verdicts: pd.DataFrame) -> list[dict[str, Any]]:
    """A row per place where something was done; the channel's with what ``_EVASION`` names."""
    places: list[dict[str, Any]] = []
    if scenario.author.advice.name != "none":
        author = items["author"]
        mine = items[(author >= 0) & (author < scenario.members.count) & (items["reply_to"] < 0)]
        drafts = np.array([KIND[name] for name in mine["draft"]], np.int64)
        found = held.tally.author(drafts, (mine["advice"] != "").to_numpy())
        places.append({"place": "author", "who": scenario.author.advice.name, **found})
    called = list(dict.fromkeys(use.name for use in scenario.channels().values() if use.name != "none"))
    if called:
        found = held.tally.channel(held.kinds, held.disguised)
        places.append({"place": "channel", "who": ", ".join(called), **found})
    for one in scenario.readers.policies if len(verdicts) else ():
        row = held.tally.reader(one.name, these(one.block), held.kinds, verdicts)
        places.append({"place": "reader", "who": f"{one.name}: {', '.join(one.block) or 'words'}", **row})
    return places


def control_of(scenario: Moderation) -> tuple[Moderation | None, str]:
    """The town to compare with, or None and why there is none."""
    raw = scenario.model_dump(mode="json")
    if _channelled(scenario):
        for change in raw["changes"]:
            change["set"] = {path: value for path, value in change["set"].items() if path.split(".")[0] != "moderator"}
        made = validate(raw, {"moderator.name": "none"})
    elif scenario.uses() or scenario.author.advice.name != "none" or scenario.readers.policies:
        silent = [{**one.model_dump(mode="json"), "block": [], "words": []} for one in scenario.readers.policies]
        made = validate(
            raw, {"author.advice.name": "none", "readers.policies": silent, "readers.moderator.name": "none"}
        )
    else:
        return None, "nobody moderates in this town"
    assert isinstance(made, Moderation)
    if made.asking() or build.needing(made):
        return None, "it would ask models, or agents elsewhere, once more"
    return made, ""


def _channelled(scenario: Moderation) -> bool:
    return any(use.name != "none" for use in scenario.channels().values())


def _named(scenario: Moderation) -> str:
    return "the moderator" if _channelled(scenario) else "advice and policies"


def _recorded(run: RunFolder, scenario: Moderation) -> _Seen:
    members = MembersTally(run, scenario)
    for tick in run.ticks():
        members.add(tick, run.tick_events(tick))
    return _Seen(members.tally, members.kinds, run.items()["disguised"].to_numpy(bool))


def _alone(scenario: Moderation, ticks: int) -> _Seen:
    """So many ticks of a town, in memory."""
    built = build.build(scenario, default_workers())
    town = built.environment
    assert isinstance(town, Moderated)
    tally = ModerationTally(scenario.members.count, these(scenario.breaks))

    async def tick_on() -> None:
        for tick in range(ticks):
            tally.add(await one_tick(built, scenario, tick), town.docket["kind"].astype(np.int64))
            town.verdicts(tick)
        await built.close()

    with threadpool_limits(1, "blas"):
        asyncio.run(tick_on())
    return _Seen(tally, town.docket["kind"].astype(np.int64), town.docket["disguised"])


def _reader_row(
    name: str, rows: BoolArray, tally: ModerationTally, beside: ModerationTally | None, blocked: BoolArray | None
) -> dict[str, Any]:
    mine = tally.harm()[rows]
    unwanted = None
    if blocked is not None:
        unwanted = float((tally.shown[:, blocked].sum(axis=1) / np.maximum(tally.places, 1))[rows].mean())
    row = {"group": name, "readers": int(rows.sum()), "harm": float(mine.mean()), "unwanted": unwanted}
    row["read"] = float(tally.harm_read()[rows].mean())
    return row | _beside(mine, None if beside is None else beside.harm()[rows])


def _author_row(kind: str, rows: BoolArray, tally: ModerationTally, beside: ModerationTally | None) -> dict[str, Any]:
    mine = tally.posted[rows] / tally.ticks
    row = {"kind": kind, "authors": int(rows.sum()), "posts": float(mine.mean())}
    return row | _beside(mine, None if beside is None else beside.posted[rows] / beside.ticks)


def _beside(mine: FloatArray, other: FloatArray | None) -> dict[str, Any]:
    if other is None:
        return {"without": None, "difference": None, "interval": None}
    found: Difference = paired(other, mine, rng=Streams(0).get("control"))
    return {"without": found.mean_a, "difference": found.difference, "interval": found.interval}
