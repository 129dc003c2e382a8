"""What a debate trial came to, as a run prints it: the arms, and the analysis beside the published one."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from townsquare.cli import evaluating_persuasion, printing
from townsquare.protocols.debate import ARMS, CONTROL, STRATEGIES
from townsquare.protocols.errors import InputError
from townsquare.protocols.registry import find
from townsquare.runs import Run

if TYPE_CHECKING:
    from townsquare.sim.trials.analysis import Analysis

_GROUPS = ("people", "opponents")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is printed of a trial."""

    arms: list[dict[str, Any]]
    """A row per arm: its people, their opinions, whom they took their opponents for, and how much was written."""
    rhetoric: list[dict[str, Any]]
    """A row per strategy, with a mean level per arm and group; empty without judges."""
    told: list[str]
    """What decided for whom, and what is missing, a sentence each."""
    analysis: "Analysis | None"
    """None where nobody gave an opinion before and after."""
    warnings: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        remarks, warned = ([], []) if self.analysis is None else evaluating_persuasion.said(self.analysis)
        return {
            "arms": self.arms,
            "rhetoric": self.rhetoric,
            "rows": [] if self.analysis is None else self.analysis.rows(),
            "remarks": [*self.told, *remarks],
            "warnings": [*self.warnings, *warned],
        }


def of(run: Run) -> Trial | None:
    """What a finished run of a debate came to; None for every other run."""
    if getattr(find("scenario", run.info.name), "environment", "") != "debate" or run.info.status != "finished":
        return None
    from townsquare.evaluate.persuasion import evaluate_persuasion

    measures = run.measures()
    last = measures[measures["tick"] == measures["tick"].max()].set_index("measure")["value"].to_dict()
    analysis, warnings = None, []
    try:
        analysis = evaluate_persuasion(run)
    except InputError as error:
        warnings.append(str(error))
    missing = {str(name): float(value) for name, value in measures.groupby("measure")["value"].sum().items()}
    return Trial(_arms(last), _rhetoric(last), _told(run, missing), analysis, warnings)


def show(trial: Trial) -> None:
    """Print it."""
    columns = ("", "people", "before", "after", "shift", "changed", "took opponent for an AI", "words", "of the AI")
    body = []
    for row in trial.arms:
        opinions = [printing.number(row[name], 2) for name in ("before", "after", "shift", "changed", "believed_ai")]
        words = [printing.number(row[name], 0) for name in ("words_people", "words_opponents")]
        body.append((row["arm"], printing.number(row["people"], 0), *opinions, *words))
    printing.table("Agreement with the opponent's side, 1 to 5; words per statement", columns, body)
    if trial.rhetoric:
        names = [name for name in trial.rhetoric[0] if name != "strategy"]
        levels = [(row["strategy"], *(printing.number(row[name], 2) for name in names)) for row in trial.rhetoric]
        printing.table("Rhetoric of the statements, 0 to 3", ("", *names), levels)
    if trial.analysis is not None:
        evaluating_persuasion.show(trial.analysis, "Beside the published trial")
    out = printing.console()
    for sentence in trial.told:
        out.print(f"* {sentence}", markup=False)
    for sentence in trial.warnings:
        out.print(f"warning: {sentence}", markup=False)


def _arms(last: dict[str, float]) -> list[dict[str, Any]]:
    found = []
    wanted = ("people", "before", "after", "shift", "changed", "believed_ai", "words_people", "words_opponents")
    for arm in (*ARMS, CONTROL):
        name = arm.replace("-", "_")
        if f"people_{name}" in last:
            found.append({"arm": arm, **{key: _plain(last.get(f"{key}_{name}")) for key in wanted}})
    return found


def _rhetoric(last: dict[str, float]) -> list[dict[str, Any]]:
    """Levels by strategy; a column per arm and group, those who are there."""
    cells = [(group, arm) for arm in ARMS for group in _GROUPS]
    found = []
    for strategy in STRATEGIES:
        levels = {
            f"{group}, {arm}": _plain(
                last.get(f"rhetoric_{strategy}_{group}_{arm}".replace(" ", "_").replace("-", "_"))
            )
            for group, arm in cells
        }
        there = {name: level for name, level in levels.items() if level is not None}
        if there:
            found.append({"strategy": strategy, **there})
    return found


def _told(run: Run, missing: dict[str, float]) -> list[str]:
    """Who decided, and what did not come."""
    scenario = run.info.scenario
    minds = {group: scenario[group]["mind"] for group in _GROUPS}
    rules = all(mind.startswith("behavioural") for mind in minds.values())
    who = "; ".join(f"{group}: {mind}" for group, mind in minds.items())
    how = " (rules and a bank of arguments, no language model)" if rules else ""
    after = {
        "human": "Opinions after are drawn from what people did in the published trial, whatever was said: "
        "the table shows that the machinery works, and nothing about these debaters (people.update=own: their own "
        "minds say what they think).",
        "own": "Opinions after are what their own minds say (people.update=human: drawn from what people did in the "
        "published trial).",
    }[scenario["people"]["update"]]
    told = [f"{who}{how}. {after}"]
    if scenario["paired"] and len(scenario["arms"]) > 1:
        told.append(
            "The same people sit in every arm (paired): differences between arms are surer than their errors say, "
            "which take the people of two arms for strangers."
        )
    for name, what in (
        ("statements_missing", "statements were not written"),
        ("no_answers", "questions got no valid answer"),
        ("refused", "answers were not taken"),
    ):
        if missing.get(name):
            told.append(f"{missing[name]:,.0f} {what}; `townsquare export` has them one by one.")
    return told


def _plain(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
