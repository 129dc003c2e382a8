"""Nothing is ever taken out of a log of changes."""

import json

import pytest

from townsquare.protocols import InputError
from townsquare.protocols.deltas import DeltaLog


def log() -> DeltaLog:
    made = DeltaLog()
    made.append("a", "add", value={"name": "x"})
    made.append("a", "strengthen", amount=0.3)
    made.append("a", "weaken", amount=0.2, author="agent")
    return made


def test_what_an_agent_does_waits_to_be_accepted() -> None:
    made = log()
    assert [delta.id for delta in made.active()] == [0, 1]
    made.accept(2)
    assert [delta.id for delta in made.active()] == [0, 1, 2]


def test_undo_and_redo_keep_the_row() -> None:
    made = log()
    made.undo(1)
    assert [delta.id for delta in made.active()] == [0]
    assert len(made) == 3
    made.redo(1)
    assert [delta.id for delta in made.active()] == [0, 1]
    with pytest.raises(InputError, match="there is no change number 1 that was undone"):
        made.redo(1)
    with pytest.raises(InputError, match="there is no change number 9"):
        made.accept(9)


def test_export_and_import_lose_nothing() -> None:
    made = log()
    made.undo(0)
    again = DeltaLog.load(json.loads(json.dumps(made.export())))
    assert list(again) == list(made)
    assert again.export() == made.export()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda raw: raw.update(format=2), "no log of changes of format 1"),
        (lambda raw: raw["deltas"][1].update(amount=1.0), "its hash does not fit"),
        (lambda raw: raw.update(deltas="x"), "its hash does not fit"),
    ],
)
def test_a_log_that_was_changed(spoil, told) -> None:
    raw = log().export()
    spoil(raw)
    with pytest.raises(InputError, match=told):
        DeltaLog.load(raw)
    with pytest.raises(InputError):
        DeltaLog.load([])
