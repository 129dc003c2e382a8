"""The state machine move by move: the checks 2 to 5 of our notes on the paper, and what was decided beyond it."""

import pytest

from tests.protocols.ioa.table import Table, assigned, cancelled, end, floor, told
from townsquare.protocols.ioa.effects import Assign, End, GiveFloor, Tell
from townsquare.protocols.ioa.messages import Say
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.tasks import result_of
from townsquare.protocols.ioa.vocabulary import Code, State, TaskStatus, Type


def refusal(table: Table, *move: object, **fields: object) -> Code:
    """The code of a refused move, which must have changed nothing."""
    before = (table.flow.record(), table.flow.floor, table.flow.deadline)
    with pytest.raises(OutOfTurn) as caught:
        table.say(*move, **fields)  # type: ignore[arg-type]
    assert (table.flow.record(), table.flow.floor, table.flow.deadline) == before
    assert caught.value.reason == str(caught.value) != ""
    return caught.value.code


def test_check_2_all_five_states_one_speaker_at_a_time() -> None:
    table = Table("ann", "ben", "TOOL", "WORK")
    states = [table.flow.state]

    def note() -> None:
        states.append(table.flow.state)

    table.say("ann", Type.DISCUSSION, "ben")
    assert table.flow.floor == "ben"
    table.say("ben", Type.SYNC_TASK, "TOOL")
    note()
    table.result("t1", "TOOL")
    table.say("ben", Type.ASYNC_TASK, "TOOL", "WORK")
    note()
    table.progress("t2", "TOOL")
    table.progress("t3", "WORK")
    table.say("ben", Type.PAUSE, triggers=("t2", "t3"))
    note()
    table.result("t3", "WORK")
    table.result("t2", "TOOL")
    table.say("ben", Type.CONCLUDE)
    note()
    table.say("ben", Type.CONCLUSION, content="here is what we found")
    assert states == ["discussion", "sync", "async", "paused", "conclusion"]
    assert table.where == ("concluded", None)
    assert table.log[-1] == End("concluded", "here is what we found")
    assert table.floors == ["ann", "ben", "ben", "ben", "ben", "ben"]
    holder = None  # over the whole log: whoever speaks has the floor, and nobody else
    for effect in table.log:
        if isinstance(effect, GiveFloor):
            assert holder is None
            holder = effect.member
        elif isinstance(effect, Tell) and effect.say.type not in (Type.TASK_RESULT, Type.TASK_PROGRESS):
            assert effect.say.sender == holder
            holder = None
    assert holder is None


def test_check_3_sync_the_assigner_is_silent_until_all_results_are_there() -> None:
    table = Table("ann", "ben", "A", "B")
    effects = table.say("ann", Type.SYNC_TASK, "A", "B", task_desc="look", task_input={"n": 1}, task_abstract="look!")
    assert assigned(effects) == {"t1": "A", "t2": "B"}
    task = next(effect.task for effect in effects if isinstance(effect, Assign))
    assert (task.assigner, task.description, task.abstract, task.input, task.sync, task.seconds, task.status) == (
        "ann", "look", "look!", {"n": 1}, True, 30.0, TaskStatus.TO_START,
    )  # fmt: skip
    assert table.where == ("sync", None)
    assert refusal(table, "ann") is Code.FLOOR
    assert refusal(table, "ben") is Code.FLOOR
    assert floor(table.progress("t1", "A")) == []  # progress moves nothing here
    assert floor(table.result("t2", "B")) == []
    effects = table.result("t1", "A", {"found": 3})
    assert told(effects) == [("A", "inform_task_result")]
    assert floor(effects) == [("ann", False)]
    assert table.where == ("discussion", "ann")


def test_check_3_async_the_assigner_goes_on_after_all_progress_and_results_move_nothing() -> None:
    table = Table("ann", "A", "B")
    table.say("ann", Type.ASYNC_TASK, "A", "B")
    assert refusal(table, "ann") is Code.FLOOR
    effects = table.progress("t1", "A")
    assert told(effects) == [("A", "inform_task_progress")]
    assert floor(effects) == []
    assert table.progress("t1", "A") == []  # only the first is news
    assert floor(table.progress("t2", "B")) == [("ann", False)]
    effects = table.result("t1", "A", "one")
    assert told(effects) == [("A", "inform_task_result")]
    assert floor(effects) == []
    assert table.where == ("discussion", "ann")
    assert [task.status for task in table.flow.tasks] == ["completed", "in_progress"]


def test_check_4_pause_wakes_once_and_only_after_the_last_trigger() -> None:
    table = Table("ann", "ben", "A", "B")
    table.say("ann", Type.ASYNC_TASK, "A", "B")
    table.progress("t1", "A")
    table.progress("t2", "B")
    (said,) = table.say("ann", Type.PAUSE)
    assert isinstance(said, Tell)
    assert said.say.triggers == ("t1", "t2")  # all that is unfinished, and everybody is told
    assert table.where == ("paused", None)
    for who in ("ann", "ben"):
        assert refusal(table, who) is Code.FLOOR
    assert floor(table.result("t1", "A")) == []
    assert table.flow.waiting == {"t2"}
    assert floor(table.result("t2", "B")) == [("ann", False)]
    assert table.flow.waiting == set()
    assert floor(table.say("ann", Type.DISCUSSION, "ben")) == [("ben", False)]  # awake once: nothing more comes of it


def test_check_4_pause_on_what_has_ended_is_a_discussion_with_oneself() -> None:
    table = Table("ann", "ben", "A")
    assert floor(table.say("ann", Type.PAUSE)) == [("ann", False)]
    table.say("ann", Type.ASYNC_TASK, "A")
    table.result("t1", "A")
    effects = table.say("ann", Type.PAUSE, triggers=("t1",))
    assert told(effects) == [("ann", "discussion")]
    assert floor(effects) == [("ann", False)]
    assert table.flow.turns == 3


@pytest.mark.parametrize("how", ["fails", "times out", "leaves"])
def test_check_4_a_trigger_that_comes_to_nothing_wakes_the_pauser(how: str) -> None:
    table = Table("ann", "A")
    table.say("ann", Type.ASYNC_TASK, "A")
    table.progress("t1", "A")
    table.say("ann", Type.PAUSE, triggers=("t1",))
    if how == "fails":
        effects = table.result("t1", "A", None, TaskStatus.FAILED, "no such page")
    elif how == "leaves":
        effects = table.left("A")
    else:
        assert table.at(29.9) == []
        effects = table.at(30.0)
        assert cancelled(effects) == ["t1"]
    assert floor(effects) == [("ann", False)]
    told_of = next(result_of(effect.say) for effect in effects if isinstance(effect, Tell))
    assert told_of is not None
    assert (told_of.status, told_of.error) == {
        "fails": ("failed", "no such page"),
        "leaves": ("failed", "left"),
        "times out": ("timed_out", "no result within 30 s"),
    }[how]


def test_a_pause_on_unknown_tasks_is_refused() -> None:
    table = Table("ann", "A")
    assert refusal(table, "ann", Type.PAUSE, triggers=("t9",)) is Code.UNKNOWN
    assert table.where == ("discussion", "ann")


@pytest.mark.parametrize("bound", [1, 2, 5])
@pytest.mark.parametrize("stubborn", [Type.DISCUSSION, Type.SYNC_TASK, Type.ASYNC_TASK, Type.PAUSE, Type.CONCLUDE])
def test_check_5_a_conclusion_by_message_k_plus_one(bound: int, stubborn: Type) -> None:
    table = Table("ann", "ben", "A", max_turns=bound)
    said = 0
    while not table.flow.ended:
        speaker = table.flow.floor
        assert speaker is not None
        effects = table.say(speaker, stubborn, "A" if "task" in stubborn else "ben", content=f"{said} more")
        said += 1
        for task_id, assignee in assigned(effects).items():
            table.result(task_id, assignee)
    assert said <= bound + 1
    assert stubborn is Type.CONCLUDE or said == bound + 1
    final = [effect.say for effect in table.log if isinstance(effect, Tell)][-1]
    assert (final.type, table.flow.status, table.flow.conclusion) == (Type.CONCLUSION, "concluded", f"{said - 1} more")
    gives = [effect for effect in table.log if isinstance(effect, GiveFloor)]
    assert [give.must_conclude for give in gives] == [False] * (said - 1) + [True]


def test_who_speaks_next() -> None:
    table = Table("ann", "ben", "eve", "TOOL")
    assert floor(table.say("ann", Type.DISCUSSION, "nobody", "eve", "ben")) == [("eve", False)]
    assert floor(table.say("eve", Type.DISCUSSION, "nobody")) == [("eve", False)]
    assert floor(table.say("eve", Type.DEFAULT)) == [("eve", False)]
    assert floor(table.say("eve", Type.DISCUSSION, "TOOL")) == [("ann", False)]  # cannot speak: back to the opener
    table.left("ben")
    assert floor(table.say("ann", Type.DISCUSSION, "ben", "eve")) == [("eve", False)]


def test_what_was_said_is_passed_on_as_the_same_object() -> None:
    table = Table("ann", "ben")
    message = table.message("ann", Type.DISCUSSION, "nobody", "ben")
    effect = table.flow.say(message, 0)[0]
    assert isinstance(effect, Tell)
    assert effect.say is message


@pytest.mark.parametrize("type", [Type.SYNC_TASK, Type.ASYNC_TASK])
def test_work_for_nobody_is_a_discussion_with_oneself(type: Type) -> None:
    table = Table("ann", "A")
    effects = table.say("ann", type, "nobody")
    assert told(effects) == [("ann", "discussion")]
    assert floor(effects) == [("ann", False)]


@pytest.mark.parametrize(
    "reserved", [Type.PROPOSAL, Type.VOTE, Type.VOTING_RESULT, Type.TASK_RESULT, Type.TASK_PROGRESS]
)
def test_refused_kinds_of_talk(reserved: Type) -> None:
    assert refusal(Table("ann", "ben"), "ann", reserved, "ben") is Code.STATE


def test_refused_speakers_and_states() -> None:
    table = Table("ann", "ben")
    assert refusal(table, "ben") is Code.FLOOR
    assert refusal(table, "eve") is Code.MEMBER
    assert refusal(table, "ann", state=State.VOTE) is Code.STATE
    with pytest.raises(OutOfTurn, match="'g'") as caught:
        table.flow.say(Say(id="ann:1:1", sender="ann", comm_id="h"), 0)
    assert caught.value.code is Code.UNKNOWN
    table.say("ann", Type.CONCLUSION)
    assert refusal(table, "ann") is Code.STATE


def test_the_first_speaker_may_be_chosen() -> None:
    assert Table("ann", "ben", first="ben").where == ("discussion", "ben")
    assert Table("TOOL", "ben").where == ("discussion", "ben")
    table = Table("ann", start=False)
    with pytest.raises(OutOfTurn, match="no member") as caught:
        table.flow.start("eve", 0)
    assert caught.value.code is Code.MEMBER
    assert refusal(table, "ann") is Code.FLOOR
    table.flow.start(None, 0)
    with pytest.raises(OutOfTurn, match="started before"):
        table.flow.start(None, 0)


def test_a_group_in_which_nobody_speaks_is_reported_at_once() -> None:
    table = Table("TOOL", "WORK")
    assert table.where == ("deadlock", None)
    found = end(table.log)
    assert found is not None
    assert "nobody" in found.reason


def test_silence_is_passed_over_counted_and_in_the_end_reported() -> None:
    table = Table("ann", "ben", "TOOL", "eve", first="eve")
    assert table.flow.deadline == 10
    assert table.at(9.9) == []
    assert floor(table.at(10)) == [("ann", False)]
    assert floor(table.at(20)) == [("ben", False)]
    table.say("ben", Type.DISCUSSION, "eve")  # somebody spoke: all are asked again
    for now in (30, 40):
        assert end(table.at(now)) is None
    effects = table.at(50)
    assert table.floors == ["eve", "ann", "ben", "eve", "ann", "ben"]
    assert end(effects) == End("deadlock", "", "every member who could speak had the floor and said nothing")
    assert table.flow.record().passed_over == {"ann": 2, "ben": 1, "eve": 2}
    assert table.flow.deadline is None


def test_silence_in_conclusion_hands_the_duty_to_conclude_on() -> None:
    table = Table("ann", "ben")
    table.say("ann", Type.CONCLUDE)
    assert floor(table.at(10)) == [("ben", True)]
    table.say("ben", Type.DISCUSSION, "ann", content="no idea")
    assert (table.flow.status, table.flow.conclusion) == ("concluded", "no idea")


def test_leavers() -> None:
    table = Table("ann", "ben", "eve", "A")
    table.say("ann", Type.DISCUSSION, "eve")
    assert floor(table.left("eve")) == [("ann", False)]  # to the opener
    assert floor(table.left("ann")) == [("ben", False)]  # to the next in order
    assert table.left("ann") == []
    assert table.left("zoe") == []
    table.say("ben", Type.SYNC_TASK, "A", "ben")
    effects = table.left("ben")
    assert told(effects) == [("ben", "inform_task_result")]
    assert table.where == ("sync", None)
    table.back("ann")
    assert floor(table.result("t1", "A")) == [("ann", False)]  # the assigner is gone; the wait was not
    table.left("ann")
    assert end(table.log[-1:]) is not None
    assert table.where == ("deadlock", None)  # A is here, but cannot speak and has nothing to do


def test_who_left_with_the_floor_is_not_asked_again_before_somebody_speaks() -> None:
    table = Table("ann", "ben", "eve")
    table.left("ann")  # ben has it
    table.back("ann")
    assert floor(table.left("ben")) == [("eve", False)]
    table.back("ben")
    assert end(table.left("eve")) is not None  # coming and going keeps no group alive
    assert table.flow.status == "deadlock"


def test_nobody_left_is_abandoned() -> None:
    table = Table("ann", "A")
    table.say("ann", Type.SYNC_TASK, "A")
    table.left("ann")
    effects = table.left("A")
    assert end(effects) == End("abandoned", "", "all members have left")
    assert table.flow.tasks["t1"].error == "left"
    assert table.back("ann") == []


def test_speakers_are_waited_for_while_tasks_go_on() -> None:
    table = Table("ann", "A")
    table.say("ann", Type.ASYNC_TASK, "A")
    table.progress("t1", "A")
    assert floor(table.left("ann")) == []
    assert (table.flow.status, table.flow.deadline) == ("open", 30)
    assert floor(table.back("ann")) == [("ann", False)]
    table.left("ann")
    assert end(table.result("t1", "A")) == End("deadlock", "", "nobody who is here can speak, and no task is under way")


def test_a_grace_for_those_who_only_lost_the_line() -> None:
    table = Table("ann", "ben", "A")
    table.say("ann", Type.ASYNC_TASK, "A")
    table.progress("t1", "A")
    table.now = 5
    assert table.left("A", grace=3) == []
    assert table.left("A", grace=3) == []
    assert table.flow.deadline == 8
    table.now = 7
    assert table.back("A") == []
    assert table.flow.tasks["t1"].status == "in_progress"
    table.left("A", grace=3)
    assert told(table.at(10)) == [("A", "inform_task_result")]
    assert table.flow.tasks["t1"].error == "left"


def test_an_assignee_that_is_away_fails_at_once() -> None:
    table = Table("ann", "A", "B")
    table.left("A")
    effects = table.say("ann", Type.SYNC_TASK, "A", "B")
    assert assigned(effects) == {"t2": "B"}
    assert table.flow.tasks["t1"].status == "failed"
    assert table.where == ("sync", None)
    table.result("t2", "B")
    assert floor(table.say("ann", Type.SYNC_TASK, "A")) == [("ann", False)]


def test_times_of_tasks() -> None:
    table = Table("ann", "A", task_seconds=20)
    table.say("ann", Type.SYNC_TASK, "A", "A", task_seconds=5)
    assert len(table.flow.tasks) == 1  # named twice is once
    assert table.flow.deadline == 5
    effects = table.at(5)
    assert table.flow.tasks["t1"].status == "timed_out"
    assert told(effects) == [("A", "inform_task_result")]
    table.say("ann", Type.SYNC_TASK, "A")
    assert table.flow.tasks["t2"].seconds == 20  # the card says 30, the rules allow 20
    table.at(25)
    table.say("ann", Type.ASYNC_TASK, "A")
    assert floor(table.at(35)) == [("ann", False)]  # no progress: after a turn's time the assigner goes on all the same
    assert table.flow.tasks["t3"].status == "to_start"


def test_two_tasks_at_a_time_and_tasks_for_oneself() -> None:
    table = Table("ann", "A")
    for task_id in ("t1", "t2"):
        table.say("ann", Type.ASYNC_TASK, "A")
        table.progress(task_id, "A")
    table.say("ann", Type.SYNC_TASK, "ann")
    assert floor(table.result("t3", "ann")) == [("ann", False)]
    assert [task.assignee for task in table.flow.tasks.unfinished()] == ["A", "A"]


def test_wanted_ids() -> None:
    table = Table("ann", "A", "B")
    table.flow.taken = lambda task_id: task_id == "elsewhere"
    assert refusal(table, "ann", Type.SYNC_TASK, "A", task_id="elsewhere") is Code.DUPLICATE
    assert refusal(table, "ann", Type.SYNC_TASK, "A", task_id="a b") is Code.NAME
    assert assigned(table.say("ann", Type.ASYNC_TASK, "A", task_id="mine")) == {"mine": "A"}
    table.progress("mine", "A")
    assert refusal(table, "ann", Type.SYNC_TASK, "A", task_id="mine") is Code.DUPLICATE
    effects = table.say("ann", Type.SYNC_TASK, "B", "A", task_id="both")
    assert assigned(effects) == {"both.1": "B", "both.2": "A"}
    table.result("both.1", "B")
    table.result("both.2", "A")
    table.say("ann", Type.ASYNC_TASK, "A", task_id="t1")  # what the group itself would have called its next task
    table.progress("t1", "A")
    assert assigned(table.say("ann", Type.ASYNC_TASK, "A")) == {"t2": "A"}


def test_results_that_are_not_taken() -> None:
    table = Table("ann", "A", "B")
    table.say("ann", Type.ASYNC_TASK, "A", "B")

    def code(task_id: str, who: str, status: TaskStatus = TaskStatus.COMPLETED) -> Code:
        with pytest.raises(OutOfTurn) as caught:
            table.result(task_id, who, status=status)
        return caught.value.code

    assert code("t9", "A") is Code.UNKNOWN
    assert code("t1", "B") is Code.SENDER
    assert code("t1", "A", TaskStatus.IN_PROGRESS) is Code.STATE
    table.result("t1", "A")
    assert code("t1", "A") is Code.DUPLICATE
    table.at(30)
    assert code("t2", "B") is Code.LATE
    with pytest.raises(OutOfTurn):
        table.progress("t2", "B")


def test_what_is_unfinished_at_the_end_is_cancelled() -> None:
    table = Table("ann", "A")
    table.say("ann", Type.ASYNC_TASK, "A")
    table.progress("t1", "A")
    assert cancelled(table.say("ann", Type.CONCLUSION)) == ["t1"]
    assert table.flow.tasks["t1"].status == "cancelled"


def test_cancelled_from_outside() -> None:
    table = Table("ann", "A")
    table.say("ann", Type.SYNC_TASK, "A")
    effects = table.flow.cancel("the server stops", 3)
    assert cancelled(effects) == ["t1"]
    assert end(effects) == End("cancelled", "", "the server stops")
    assert table.flow.cancel("again", 4) == table.at(1000) == table.left("ann") == []


def test_a_clock_that_goes_back_stands_still() -> None:
    table = Table("ann", "ben")
    table.at(5)
    table.now = 1
    table.say("ann", Type.DISCUSSION, "ben")
    assert table.flow.deadline == 15


def test_logical_steps() -> None:
    table = Table("ann", "A")
    table.say("ann", Type.SYNC_TASK, "A")  # 1
    table.progress("t1", "A")  # 2
    table.at(7)  # nothing happens, nothing counts
    table.result("t1", "A")  # 3
    assert (table.flow.tasks["t1"].begun, table.flow.tasks["t1"].ended) == (1, 3)
