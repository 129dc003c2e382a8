"""What is kept of a group."""

from townsquare.agents.roles.minutes import Minutes
from townsquare.protocols.ioa.host import Move
from townsquare.protocols.ioa.messages import Result, Usage
from townsquare.protocols.ioa.vocabulary import TaskStatus, Type


def test_rows_of_a_short_group() -> None:
    kept = Minutes()
    kept.opened("desk", ["ann"], "is it so?")
    kept.said("desk", ["ann"], Move(Type.SYNC_TASK, "please", ("ann",), "look", "look up", task_id="t"))
    done = Result(
        id="ann:1:1", sender="ann", task_id="t", output={"n": "x" * 500}, usage=Usage(communication=2, work=9)
    )
    kept.take("desk", [done])
    kept.take("desk", [done])
    kept.said("desk", ["ann"], Move(Type.PAUSE, "wait", triggers=("a", "b")))
    kept.ended(["desk", "ann"], "concluded", "yes")
    assert [(row["kind"], row["state"]) for row in kept.rows] == [
        ("opened", "discussion"), ("say", "sync"), ("task", "sync"), ("result", "discussion"), ("say", "paused"),
        ("ended", "conclusion"),
    ]  # fmt: skip
    assert kept.rows[2]["text"] == "look up"
    assert (kept.rows[3]["communication"], kept.rows[3]["work"], len(kept.rows[3]["text"])) == (2, 9, 400)
    assert kept.rows[4]["task"] == "2 3"
    assert (kept.rows[5]["sender"], kept.rows[5]["receivers"], kept.rows[5]["text"]) == ("server", "desk ann", "yes")


def test_a_failure_says_why() -> None:
    kept = Minutes()
    kept.take("desk", [Result(id="a:1:1", sender="a", task_id="t", status=TaskStatus.TIMED_OUT, error="too late")])
    assert (kept.rows[0]["text"], kept.rows[0]["status"]) == ("too late", "timed_out")
