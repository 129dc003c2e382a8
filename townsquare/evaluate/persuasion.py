"""``evaluate persuasion``: the published analysis of the debate trial, on one's own or on a simulated trial."""

from pathlib import Path

from townsquare.comparison.trial import analysed
from townsquare.protocols.runfolder import RunFolder
from townsquare.sim.trials.analysis import Analysis, Clusters, analyse
from townsquare.sim.trials.rows import TrialRows, read_csv


def evaluate_persuasion(trial: str | Path | RunFolder | TrialRows, *, clusters: Clusters | None = None) -> Analysis:
    """The partial proportional odds model and all that goes with it (``sim/trials/analysis.py``).

    Args:
        trial: a table (``sim/trials/rows.py`` has its columns), a run folder of the scenario ``persuasion``, or rows.
        clusters: strength of topics as these rows have it, or as published; by default as the run's scenario says, and
            else published where every topic is one of the published ones.

    Raises InputError, one sentence, for what is no trial.
    """
    if isinstance(trial, TrialRows):
        return analyse(trial, clusters)
    path = trial.path if isinstance(trial, RunFolder) else Path(trial)
    if not path.is_dir():
        return analyse(read_csv(path), clusters)
    return analysed(trial if isinstance(trial, RunFolder) else RunFolder(path), clusters)
