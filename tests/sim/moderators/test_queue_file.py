"""A queue that people and a town share: nothing is lost, everything can be taken back."""

import sqlite3
from pathlib import Path

import pytest

from townsquare.protocols import InputError
from townsquare.protocols.moderator import Span
from townsquare.sim.moderators.queue_file import QueueFile


@pytest.fixture
def queue(tmp_path: Path) -> QueueFile:
    made = QueueFile(tmp_path / "a" / "queue.sqlite")
    assert made.put(0, 7, 3, "You fool", score=0.6, category="insult", spans=[Span(4, 8)]) == (
        "hold",
        "waits for a person",
    )
    made.put(0, 8, 3, "Good day")
    return made


def test_it_is_all_there_again(queue: QueueFile) -> None:
    assert queue.path is not None
    one, other = QueueFile(queue.path, create=False).posts()
    assert (one.n, one.item, one.author, one.tick, one.score, one.category) == (1, 7, 3, 0, 0.6, "insult")
    assert one.text[slice(*one.spans[0])] == "fool"
    assert (other.text, other.state) == ("Good day", "waiting")


def test_a_decision_counts_from_the_next_tick_on(queue: QueueFile) -> None:
    assert queue.put(1, 7, 3, "You fool")[0] == "hold"
    queue.decide(1, "label", "mild", "ann")
    assert queue.put(2, 7, 3, "You fool") == ("label", "mild")
    assert queue.put(1, 7, 3, "You fool")[0] == "hold", "what was said of a tick stays said"
    queue.decide(1, "remove")
    assert queue.put(2, 7, 3, "You fool")[0] == "label"
    assert queue.put(3, 7, 3, "You fool")[0] == "remove"
    assert len(queue.posts()) == 2


def test_another_text_of_the_same_item_is_another_post(queue: QueueFile) -> None:
    queue.put(1, 7, 3, "You dear")
    assert [post.text for post in queue.posts() if post.item == 7] == ["You fool", "You dear"]


def test_appeals_come_first_and_the_decision_holds_meanwhile(queue: QueueFile) -> None:
    queue.decide(2, "remove", who="ann")
    post = queue.appeal(2, "it was a greeting", "bob")
    assert (post.state, post.decision.action if post.decision else "") == ("appealed", "remove")
    assert [post.n for post in queue.open()] == [2, 1]
    assert queue.put(1, 8, 3, "Good day")[0] == "remove"
    queue.decide(2, "show", "so it was", "cyd")
    assert queue.post(2).state == "decided"
    assert [(act.kind, act.action, act.who) for act in queue.post(2).acts] == [
        ("decide", "remove", "ann"),
        ("appeal", "", "bob"),
        ("decide", "show", "cyd"),
    ]


def test_undoing_gives_the_decision_before_back(queue: QueueFile) -> None:
    queue.decide(1, "remove")
    queue.decide(1, "blur")
    assert queue.undo(1).decision.action == "remove"  # type: ignore[union-attr]
    assert queue.undo(1).state == "waiting"
    with pytest.raises(InputError, match="no decision that could be taken back"):
        queue.undo(1)
    assert len(queue.post(1).acts) == 4


def test_what_cannot_be_done(queue: QueueFile) -> None:
    with pytest.raises(InputError, match="no post 9 in the queue \\(2 in all\\)"):
        queue.decide(9, "show")
    with pytest.raises(InputError, match=r"'remov' is no decision\. Did you mean 'remove'"):
        queue.decide(1, "remov")
    with pytest.raises(InputError, match="not decided yet"):
        queue.appeal(1, "why")
    queue.decide(1, "remove")
    with pytest.raises(InputError, match="an appeal says why"):
        queue.appeal(1, " ")


def test_a_number_that_is_too_large_for_the_file_is_that_of_no_post(queue: QueueFile) -> None:
    with pytest.raises(InputError, match=f"there is no post {10**20} "):
        queue.undo(10**20)


def test_two_write_at_the_same_time(queue: QueueFile) -> None:
    assert queue.path is not None
    other = QueueFile(queue.path)
    for n in range(20):
        (queue if n % 2 else other).put(1, 100 + n, 0, f"post {n}")
    assert len(queue.posts()) == len(other.posts()) == 22


def test_all_or_nothing(queue: QueueFile) -> None:
    def both() -> None:
        with queue.at_once():
            queue.put(1, 50, 0, "x")
            queue.decide(99, "show")

    with pytest.raises(InputError, match="no post 99"):
        both()
    assert len(queue.posts()) == 2
    with queue.at_once():
        for n in range(1_000):
            queue.put(1, 100 + n, 0, "x")
    assert len(queue.posts()) == 1_002


def test_files_that_are_no_queue(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no queue"):
        QueueFile(tmp_path / "none.sqlite", create=False)
    text = tmp_path / "text"
    text.write_text("hello" * 100)
    with pytest.raises(InputError, match="cannot be opened as a queue"):
        QueueFile(text)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE x (y)")
    db.close()
    with pytest.raises(InputError, match="is no queue of posts"):
        QueueFile(foreign)


def test_a_queue_that_is_damaged_is_a_sentence(queue: QueueFile, tmp_path: Path) -> None:
    queue.put(0, 7, 1, "hello", spans=[Span(0, 5)])
    assert queue.path is not None
    with sqlite3.connect(queue.path) as db:
        db.execute("UPDATE post SET spans = '{half', evidence = NULL")
    db.close()
    for use in (queue.posts, lambda: queue.post(1), lambda: queue.decide(1, "remove")):
        with pytest.raises(InputError, match=r"^the queue .* cannot be used: Expecting property name"):
            use()
    with sqlite3.connect(queue.path) as db:
        db.execute("UPDATE post SET spans = '[]'")
        db.execute("DROP TABLE act")
    db.close()
    with pytest.raises(InputError, match=r"cannot be used: no such table: act\. Is it damaged\?$"):
        queue.posts()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be opened as a queue of posts"):
        QueueFile(tmp_path / "file" / "queue.sqlite")


def test_lone_surrogates_do_no_harm() -> None:
    made = QueueFile()
    assert made.put(0, 1, 1, "x\ud800")[0] == "hold"
    assert made.put(1, 1, 1, "x\ud800")[0] == "hold"
    assert len(made.posts()) == 1
