"""Looking into the heads of a run's agents afterwards; nothing here changes the run."""

import json
from typing import Any

from townsquare import build
from townsquare.agents.chat.cassette import Cassette
from townsquare.agents.chat.tape import Call
from townsquare.protocols.errors import InputError
from townsquare.protocols.recording import newest_checkpoint
from townsquare.protocols.runfolder import RunFolder
from townsquare.runs import closing, rebuilt, scenario_of
from townsquare.ticking import restore

INTERVIEWS = "interviews.sqlite"
"""The cassette of interviews, beside the run's own."""


def asked(run: RunFolder, agent: int, tick: int, purpose: str | None = None) -> list[dict[str, Any]]:
    """Every ask for ``agent`` at ``tick``: purpose, model, outcome, why, and its calls with messages and reply.

    Empty when nothing was asked.
    """
    asks = run.asks()
    if not len(asks):
        return []
    rows = asks[(asks["agent"] == agent) & (asks["tick"] == tick)]
    if purpose is not None:
        rows = rows[rows["purpose"] == purpose]
    shelves = [build.as_shelf(run, tick + 1), *build.ancestors(run)]
    found = []
    with Cassette(shelves[0].path, "replay", run=run.info.id, shelves=shelves[1:]) as cassette:
        for row in rows.to_dict("records"):
            found.append(
                {
                    **{name: row[name] for name in ("tick", "agent", "purpose", "number", "model", "outcome", "why")},
                    "calls": [_told(cassette, key) for key in row["keys"]],
                }
            )
    return found


def _told(cassette: Cassette, key: str) -> dict[str, Any]:
    held = cassette.look_up(key)
    if held is None:
        return {"key": key, "messages": [], "reply": "(not in the cassette)"}
    request, record = held
    return {
        "key": key,
        "messages": [{"role": message.role, "text": message.text} for message in request.messages],
        "schema": json.loads(request.schema) if request.schema else None,
        "reply": record.reply.text if isinstance(record, Call) else f"(no reply: {record.why})",
    }


async def ainterview(
    run: RunFolder, agent: int, tick: int, question: str, *, model: str | None = None
) -> dict[str, Any]:
    """What ``agent`` says to ``question``, knowing what it knew at the start of ``tick``: answer, outcome, why, model.

    The town is brought to that tick from a checkpoint, with every recorded call read from the cassette; the question
    and its answer go into a cassette of their own. Raises InputError for a tick that is not finished, an agent that no
    language model stands for, or a question without words.
    """
    if not question.strip():
        raise InputError("an interview needs a question.")
    if not 0 <= tick <= run.info.ticks_done:
        raise InputError(f"{run.path} can be looked at from tick 0 to {run.info.ticks_done} (got {tick}).")
    scenario = scenario_of(run)
    async with closing(rebuilt(run, scenario, None, "interviewed", offline=True)) as built:
        if built.models is None:
            raise InputError(f"nobody in {run.path} is driven by a language model, so nobody can be interviewed.")
        shelves = build.ancestors(run)
        built.open_models(run.path, run.info.id, shelves=shelves, settled=run.info.ticks_done, replay=True)
        done, state = newest_checkpoint(run, before=tick)
        await restore(built, scenario, run, done, state, tick)
        return await build.interviewed(built, scenario, run.path / INTERVIEWS, agent, tick, question, model)
