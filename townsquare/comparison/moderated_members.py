"""What each member of a moderated timeline was shown, read and posted, for comparisons member by member."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray
from townsquare.protocols.events import Events
from townsquare.protocols.post_kinds import KIND, KINDS
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import validate
from townsquare.sim.measures.moderation_tally import ModerationTally
from townsquare.sim.scenarios.moderation import Moderation


class MembersTally:
    """Takes in a run of the scenario moderation tick by tick, from the first on; members have the ids from 0.

    What it comes to is what the run prints of its readers and authors (``comparison.moderation``), member by member.
    """

    def __init__(self, run: RunFolder, scenario: Moderation) -> None:
        items, agents, n = run.items(), run.agents(), scenario.members.count
        self.kinds = np.array([KIND.get(name, 0) for name in items["kind"]], np.int64)
        self._born = items["born"].to_numpy(np.int64)
        self._kind, self._policy = (agents[name].to_numpy(object)[:n] for name in ("kind", "policy"))
        self._blocks = {one.name: these(one.block) for one in scenario.readers.policies}
        self.tally = ModerationTally(n, these(scenario.breaks))

    def add(self, tick: int, events: Events) -> None:
        """One tick."""
        self.tally.add(events, self.kinds[: int(np.searchsorted(self._born, tick, side="right"))])

    def values(self) -> dict[str, FloatArray]:
        """By name (members,): ``harm_of_shown`` and ``harm_of_read``, the share that breaks the rules, of all readers
        and, after a stroke, of those with each policy and without one (``none``); ``unwanted_of_shown``, the share of
        a kind that the reader's own policy blocks; ``posts_per_author`` and tick, answers left out, of authors of each
        kind. NaN for all others, and 0 for who was shown, or read, nothing. Without exposures on record there is
        nothing about what was shown.
        """
        tally, found = self.tally, dict[str, FloatArray]()
        shown = {"harm_of_shown": tally.harm()} if tally.places.any() else {}
        groups = [*self._blocks, "none"]
        for name, values in {**shown, "harm_of_read": tally.harm_read()}.items():
            found[name] = values
            found |= {f"{name}/{group}": _of(values, self._policy == group) for group in groups}
        for group, blocked in self._blocks.items() if shown else ():
            unwanted = tally.shown[:, blocked].sum(axis=1) / np.maximum(tally.places, 1)
            found[f"unwanted_of_shown/{group}"] = _of(unwanted, self._policy == group)
        posts = tally.posted / max(tally.ticks, 1)
        found |= {f"posts_per_author/{kind}": _of(posts, self._kind == kind) for kind in KINDS}
        return {name: values for name, values in found.items() if not np.isnan(values).all()}


def members_of(run: RunFolder) -> MembersTally | None:
    """A tally for a run of the scenario moderation; None for every other."""
    scenario = validate(run.info.scenario) if run.info.name == "moderation" else None
    return MembersTally(run, scenario) if isinstance(scenario, Moderation) else None


def these(names: tuple[str, ...]) -> BoolArray:
    """(kinds,) which are named."""
    return np.array([kind in names for kind in KINDS])


def _of(values: FloatArray, rows: BoolArray) -> FloatArray:
    return np.where(rows, values, np.nan)
