"""A simulated debate trial, analysed as the published one was."""

from typing import Any

from townsquare.comparison.debaters import is_trial
from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder
from townsquare.sim.trials.analysis import Analysis, Clusters, analyse
from townsquare.sim.trials.rows import from_run
from townsquare.sim.trials.susceptibility import drift_sentence, warnings


def analysed(run: RunFolder, clusters: Clusters | None = None) -> Analysis:
    """The analysis of a finished run of ``persuasion``; strength of topics by default as its scenario says.

    Raises InputError for a run that is not finished, or in which nobody gave an opinion before and after.
    """
    if run.info.ticks_done < run.info.ticks:
        raise InputError(f"{run.path} is not finished: `townsquare resume {run.path}` first.")
    known: Clusters = "published" if run.info.scenario.get("clusters") == "published" else "recomputed"
    return analyse(from_run(run.events(), run.agents(), run.items()), clusters or known)


def reported(run: RunFolder) -> dict[str, Any] | None:
    """What a report says of a trial: rows, remarks, warnings; None for every other run, and for one without rows."""
    if not is_trial(run):
        return None
    try:
        found = analysed(run)
    except InputError:
        return None
    drift = drift_sentence(found)
    remarks = [*found.remarks, *([drift] if drift else [])]
    return {"n": found.n, "rows": found.rows(), "remarks": remarks, "warnings": warnings(found)}
