"""Questions to the people of a town, which never change it."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from townsquare.agents.chat.cassette import Cassette
from townsquare.agents.questionnaires import Row, interview, put, table
from townsquare.build.models import Models, alone
from townsquare.build.town import Built
from townsquare.protocols.errors import InputError
from townsquare.protocols.questionnaire import Questionnaire
from townsquare.sim.scenarios.town import TownScenario


async def questioned(built: Built, questionnaires: tuple[Questionnaire, ...], tick: int) -> pa.Table | None:
    """What is answered to the questionnaires that are due at the start of ``tick``; None when none is."""
    due = [one for one in questionnaires if tick in one.ticks]
    rows: list[Row] = []
    asked = 0
    for one in due:
        people = built.people[one.group]
        rows += await put(
            one,
            people.ask,
            people.personas,
            people.memory,
            tick,
            people.agents,
            embedder=people.embedder,
            recall=people.recall,
            first=asked,
        )
        asked += len(one.questions)
    return table(rows) if due else None


async def interviewed(
    built: Built, scenario: TownScenario, path: Path, agent: int, tick: int, question: str, model: str | None
) -> dict[str, Any]:
    """What ``agent`` of a town at the start of ``tick`` says; calls go into the cassette at ``path``.

    ``model`` is who answers, by default the agent's own. Raises InputError for an agent without a language model.
    """
    found = next(((group, people) for group, people in built.people.items() if agent in people.agents), None)
    if found is None:
        spans = ", ".join(f"{p.agents.start} to {p.agents.stop - 1} ({name})" for name, p in built.people.items())
        who = f"; it does for {spans}" if spans else ", nor for any other whom one could interview"
        raise InputError(f"no language model stands for agent {agent}{who}.")
    group, people = found
    models = Models(alone(scenario, group, tick, model))
    try:
        models.use(Cassette(path, run="interviews"))
        answer = await interview(
            question,
            agent,
            models.ask(group),
            people.personas,
            people.memory,
            tick,
            embedder=people.embedder,
            recall=people.recall,
        )
    finally:
        await models.close()
    return {
        "agent": agent,
        "tick": tick,
        "question": question,
        "model": models.scenario.chat.model,
        "answer": None if answer.value is None else answer.value.answer,
        "outcome": answer.outcome,
        "why": answer.why,
    }
