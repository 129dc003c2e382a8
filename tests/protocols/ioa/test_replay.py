"""The same groups once more from what was noted of them, whatever happened (dossier check 9)."""

import json
from functools import partial

import pytest

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.groups import Groups
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.messages import Say, Usage
from townsquare.protocols.ioa.replay import Numbered, flows, records
from townsquare.protocols.ioa.rules import OutOfTurn, Rules
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type
from townsquare.protocols.streams import Streams

NAMES = ("ann", "bob", "cat")
RULES = Rules(turn_seconds=2, task_seconds=5, max_turns=60)


def a_group(seed, journal):
    """Three members who do anything, noted as a server does; only what was taken is noted."""
    random = Streams(seed).get("group")
    cards = [Card(name=name, speaks=name != "cat") for name in NAMES]
    flow = Groups(RULES).open("g", "goal", cards, task_ids=Numbered("g"))
    opened = {"goal": "goal", "members": [card.model_dump(mode="json") for card in cards], "max_turns": flow.max_turns}
    journal.note("opened", comm_id="g", **opened, team_up_depth=flow.team_up_depth, rules=RULES.model_dump())
    times = iter(random.random(500).cumsum())

    def did(event, what, *given, settings=None, **fields):
        now = float(next(times))
        try:
            what(*given, now, **settings or {})
        except OutOfTurn:
            return
        journal.note("group", comm_id="g", event=event, now=now, **fields, **settings or {})

    did("start", flow.start, None)
    for n in range(120):
        who, task_id = NAMES[random.integers(3)], f"g.{random.integers(1, 6)}"
        match random.integers(7):
            case 0 | 1 | 2:
                kinds = (Type.DISCUSSION, Type.SYNC_TASK, Type.ASYNC_TASK, Type.PAUSE, Type.CONCLUDE)
                kind = kinds[random.integers(4 if seed % 2 else 5)]
                head = {"id": f"m{n}", "sender": flow.floor or who, "comm_id": "g"}
                say = Say(**head, type=kind, next_speaker=NAMES[random.integers(3)])
                did("say", flow.say, say, who=who, said=say.model_dump(mode="json", exclude_defaults=True))
            case 3:
                did("progress", flow.progress, task_id, who, who=who, task_id=task_id)
            case 4:
                told = {"task_id": task_id, "status": "completed", "output": {"n": n}, "error": ""}
                told |= {"usage": {"communication": 0, "work": n}} if n % 2 else {}
                result = partial(flow.result, usage=Usage(work=n) if n % 2 else None)
                did("result", result, task_id, who, TaskStatus.COMPLETED, {"n": n}, "", who=who, **told)
            case 5:
                did("left", flow.left, who, who=who, settings={"grace": 1.0})
                did("back", flow.back, who, who=who)
            case _:
                did("tick", flow.tick)
    if seed % 2:
        did("cancel", flow.cancel, "enough", reason="enough")
    return flow


@pytest.mark.parametrize("seed", range(20))
def test_replaying_gives_identical_records(seed, tmp_path):
    journal = Journal(tmp_path)
    flow = a_group(seed, journal)
    journal.close()
    assert records(journal.entries()) == {"g": flow.record()}
    again = [json.loads(json.dumps(entry)) for entry in journal.entries()]
    assert flows(again)["g"].record() == flow.record()


def test_the_groups_made_up_here_see_every_end_and_tasks():
    ends, tasks = set(), 0
    for seed in range(20):
        flow = a_group(seed, Journal())
        ends.add(flow.status)
        tasks += len(flow.tasks)
    assert {"concluded", "cancelled"} <= ends
    assert tasks > 20


def test_a_group_whose_opening_is_missing_is_left_out():
    journal = Journal()
    a_group(3, journal)
    entries = list(journal.entries())
    assert records(entries[1:]) == {}
    assert records(entries[:1])["g"].turns == 0
