"""Which runs a run can be set beside: its control, and all others of its scenario."""

from functools import lru_cache
from pathlib import Path

from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.runfolder import RunFolder
from townsquare.protocols.scenario import validate
from townsquare.runs import scenario_of
from townsquare.view import queries


def beside(root: Path, name: str) -> tuple[list[str], str]:
    """Other runs below ``root`` of the same scenario that have finished a tick, newest first; and which is the control.

    A control has the seed and every setting of the run but those of the scenario's control arm, such as a random
    recommender; "" where there is none, or where the run is its own control.
    """
    found = [one for one in queries.runs_below(root) if not one.problem]
    mine = next((one for one in found if one.name == name), None)
    if mine is None:
        return [], ""
    others = [
        one for one in found if one.name != name and one.info["scenario"] == mine.info["scenario"] and one.info["ticks"]
    ]
    wanted = controls((root / name).resolve(), str(mine.info["settings"]))
    held = [one.name for one in others if one.info["settings"] in wanted and one.info["seed"] == mine.info["seed"]]
    return [one.name for one in others], held[0] if held else ""


@lru_cache(maxsize=256)
def controls(path: Path, fingerprint: str) -> frozenset[str]:
    """Fingerprints of the control arms of the run at ``path``; none for what is no scenario any more."""
    try:
        scenario = scenario_of(RunFolder(path))
        raw = scenario.model_dump(mode="json")
        arms = getattr(type(scenario), "control", {}).values()
        made = {validate(raw, dict(values)).fingerprint() for values in arms}
    except TownsquareError:
        return frozenset()
    return frozenset(made - {fingerprint})
