"""What a run of a campaign came to, beside the same town without persuaders."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from townsquare import build
from townsquare.protocols.columns import FloatArray
from townsquare.protocols.intervals import Difference, paired
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import validate
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.timeline import Timeline
from townsquare.sim.measures.moved import HUMAN, Moved, MovedTally, warnings
from townsquare.sim.moderators.inside import inside
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.ticking import default_workers, one_tick

_POSTS = 5
"""Posts that a report quotes."""


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """Who was moved by what they were shown, and how far the persuaders moved members at all."""

    scenario: Campaign
    moved: Moved
    control: Difference | None
    """Members' opinions at the end, towards the goal: with persuaders minus without, member by member, from two towns
    that share every random number. None where no such town was run.
    """
    why: str = ""
    """Why there is none."""
    told: list[str] = field(default_factory=list)
    """Warnings."""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        held, goal = self.control, self.scenario.goal()
        control = None if held is None else {
            "members": held.n,
            "without": goal * held.mean_a,
            "with": goal * held.mean_b,
            "difference": held.difference,
            "interval": held.interval,
        }  # fmt: skip
        return {
            "goal": self.scenario.persuaders.side,
            "start": self.moved.start,
            "end": self.moved.end,
            "rows": list(self.moved.rows),
            "control": control,
            "why": self.why,
            "warnings": self.told,
        }


def tally_of(run: RunFolder) -> MovedTally:
    """The events of a run, taken in: ``moved()`` and ``of_member(agent)`` say what came of them."""
    scenario = validate(run.info.scenario)
    assert isinstance(scenario, Campaign)
    tally = MovedTally(run.items(), run.agents(), goal=scenario.goal())
    for tick in run.ticks():
        tally.add(run.tick_events(tick))
    return tally


def campaign_of(run: RunFolder, *, control: bool = True) -> CampaignOutcome | None:
    """The outcome of a run of the environment timeline; None for every other run.

    ``control``: run the same town without persuaders too, in memory, if that asks nobody: no language model, and no
    agent elsewhere. Where it would, run it yourself and compare the two.
    """
    scenario = validate(run.info.scenario)
    if not isinstance(scenario, Campaign):
        return None
    moved, difference = tally_of(run).moved(), None
    alone = validate(run.info.scenario, {"persuaders.count": 0})
    assert isinstance(alone, Campaign)
    why = _why_not(scenario, alone) or ("" if control else "it was not asked for")
    if not why:
        quiet = _quiet(alone, run.info.ticks_done)
        sign = scenario.goal()
        difference = paired(sign * quiet, sign * moved.opinions, rng=Streams(0).get("control"))
    told = warnings(moved.whole["move"], moved.whole["low"], "in all")
    if difference is not None and difference.interval is not None:
        told = warnings(difference.difference, difference.interval[0], "because of the persuaders") or told
    return CampaignOutcome(scenario, moved, difference, why, told)


def reported(run: RunFolder, beside: RunFolder | None = None) -> dict[str, Any] | None:
    """What a report shows of a campaign, posts with their words; None for every other run, or before the first tick.

    The town without persuaders is run in memory, unless another run stands ``beside`` this one already.
    """
    outcome = campaign_of(run, control=beside is None) if run.info.ticks_done else None
    if outcome is None:
        return None
    text = run.items().set_index("item")["text"]
    posts = [
        {**row, "text": str(text[int(row["item"])])} for row in outcome.moved.posts.head(_POSTS).to_dict("records")
    ]
    return outcome.plain() | {"posts": posts, "human": HUMAN}


def _why_not(scenario: Campaign, alone: Campaign) -> str:
    """Why the same town ``alone``, without persuaders, is not run beside a run; "" where nothing speaks against it."""
    if not scenario.persuaders.count:
        return "nobody persuades in this town"
    if alone.asking() or build.needing(alone):
        return "it would ask models, or agents elsewhere, once more"
    if any(one.name == "human-queue" for use in alone.uses().values() for one in inside(use)):
        return "it would put its posts before people"
    strange = [group for group in (alone.members, alone.bots) if group.count and "behavioural" not in group.mind]
    return "a mind of your own decides in it" if strange else ""


def _quiet(alone: Campaign, ticks: int) -> FloatArray:
    """(members,) opinions after so many ticks of a town in which nobody persuades."""
    built = build.build(alone, default_workers())
    assert isinstance(built.environment, Timeline)

    async def tick_on() -> None:
        for tick in range(ticks):
            await one_tick(built, alone, tick)
        await built.close()

    # in a thread of its own, for whoever asks may have a loop running
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, tick_on()).result()
    return np.array(built.environment.opinions)
