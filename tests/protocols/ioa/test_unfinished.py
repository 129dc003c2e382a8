"""What is under way in a journal, and what is over."""

from townsquare.protocols.ioa.clock import Clock
from townsquare.protocols.ioa.journal import Journal
from townsquare.protocols.ioa.unfinished import KILLED, Unfinished, over


def a_journal():
    journal = Journal()
    for comm_id, names in (("g1", ("ann", "bob")), ("g2", ("bob",)), ("g3", ("ann",))):
        journal.note("opened", comm_id=comm_id, members=[{"name": name} for name in names])
    journal.note("group", comm_id="g1", event="start")
    journal.note("group", comm_id="g2", event="say", ended="concluded")
    for task_id in ("t1", "t2"):
        journal.note("task", task_id=task_id, status="to_start")
    journal.note("task", task_id="t1", status="completed")
    return journal


def test_only_what_has_no_end_is_unfinished():
    left = Unfinished(a_journal().entries())
    assert left.groups == {"g1": ("ann", "bob"), "g3": ("ann",)}
    assert left.tasks == {"t2"}


def test_everybody_is_told_once_and_only_of_groups_of_its_own():
    left = Unfinished(a_journal().entries())
    assert [left.of("ann"), left.of("ann"), left.of("bob"), left.of("cat")] == [["g1", "g3"], [], ["g1"], []]


def test_what_was_ended_here_is_not_found_again():
    journal = a_journal()
    Unfinished(journal.entries()).note(journal)
    again = Unfinished(journal.entries())
    assert (again.groups, again.tasks) == ({}, set())


def test_an_end_is_told_as_the_servers_own_message():
    told = over("g1", Clock("server"))
    assert (told.sender, told.comm_id, told.status, told.conclusion) == ("server", "g1", "cancelled", KILLED)
