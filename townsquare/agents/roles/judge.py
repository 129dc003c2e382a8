"""Weighs what an article states against what others state."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Task

CARD = Card(
    name="judge",
    description="Judges whether a statement is true or false, given what other sources state about the same thing.",
    capabilities=("judge whether a statement is true",),
)
_LEAST = 2
"""Sources about the same thing without which nothing is decided."""


class Judge:
    """The figure that sources about the same thing state most often is taken for true; behavioural, no language model.

    Input ``{"statement": {"figure", "about"}, "evidence": [{"figure", "about"}, ...]}``; output ``{"verdict": "true",
    "false" or "undecided", "score": how much of the evidence speaks against it, 0 to 1, "why": a sentence}``.
    Undecided (score .5) unless one figure is stated by two sources about the same thing, and by more than any other is.
    """

    async def run(self, task: Task) -> Mapping[str, Any]:
        """The verdict."""
        statement = task.input["statement"]
        said = [one["figure"] for one in task.input["evidence"] if one["about"] == statement["about"]]
        if statement["figure"] is None or len(said) < _LEAST:
            return {"verdict": "undecided", "score": 0.5, "why": f"only {len(said)} others are about the same thing"}
        (figure, times), *rest = Counter(said).most_common(2)
        if times < _LEAST or (rest and rest[0][1] == times):
            return {"verdict": "undecided", "score": 0.5, "why": f"{len(said)} others do not agree with one another"}
        against = sum(one != statement["figure"] for one in said) / len(said)
        told = f"{times} of {len(said)} others about the same thing state {figure:,}"
        if figure == statement["figure"]:
            return {"verdict": "true", "score": against, "why": f"{told} as well"}
        return {"verdict": "false", "score": against, "why": f"{told}, not {statement['figure']:,}"}
