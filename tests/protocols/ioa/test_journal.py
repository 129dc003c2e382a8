"""The record: numbered, append-only, whole after a kill."""

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise

import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.journal import FILE, Journal, read
from townsquare.protocols.ioa.messages import Say, Usage


def test_entries_are_numbered_in_order():
    journal = Journal()
    assert [journal.note("a", x=1, y=None), journal.note("b")] == [1, 2]
    assert list(journal.entries()) == [{"n": 1, "what": "a", "x": 1}, {"n": 2, "what": "b"}]
    assert len(journal) == 2


def test_without_a_folder_the_latest_are_kept():
    journal = Journal(kept=2)
    for _ in range(5):
        journal.note("a")
    assert [entry["n"] for entry in journal.entries()] == [4, 5]
    assert len(journal) == 5


def test_goes_on_after_the_last_whole_entry(tmp_path):
    first = Journal(tmp_path / "deep" / "folder")
    first.note("a", text="\u00e9\n\u2028")
    first.note("b")
    first.close()
    first.close()
    path = tmp_path / "deep" / "folder" / FILE
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":3,"wha')
    assert [entry["n"] for entry in read(path)] == [1, 2]
    second = Journal(tmp_path / "deep" / "folder")
    assert second.note("c") == 3
    second.close()
    assert path.read_bytes() == whole + b'{"n":3,"what":"c"}\n'
    assert [entry["what"] for entry in second.entries()] == ["a", "b", "c"]
    assert next(read(tmp_path / "deep" / "folder"))["text"] == "\u00e9\n\u2028"


def test_what_cannot_be_read_or_written_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(read(tmp_path / "nothing"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        Journal(tmp_path / "file")
    (tmp_path / FILE).write_text('{"n":1,"what":"a"}\nnonsense\n')
    with pytest.raises(InputError, match="line 2: no entry"):
        list(read(tmp_path))


def test_a_full_disk_is_told_of_once_and_stops_nobody(tmp_path, monkeypatch, caplog):
    journal = Journal(tmp_path)
    journal.note("a")

    def full(handle, line):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert [journal.note("b"), journal.note("c")] == [2, 3]
    assert "No space left" in journal.failure
    assert caplog.text.count("No space left") == 1
    monkeypatch.undo()
    journal.close()


def test_notes_a_message_without_its_words():
    journal = Journal()
    usage = Usage(communication=3, work=4)
    journal.message(Say(id="x", sender="ann", comm_id="g", content="secret", usage=usage, time="2026"), 123)
    (entry,) = journal.entries()
    assert entry == {
        **{"n": 1, "what": "message", "from": "ann", "kind": "say", "id": "x", "logical": 0, "comm_id": "g"},
        **{"type": "discussion", "bytes": 123, "communication": 3, "work": 4},
    }
    assert json.dumps(entry)


WRITES = """
import sys
from townsquare.protocols.ioa.journal import Journal
journal = Journal(sys.argv[1])
while True:
    print(journal.note("a", text="x" * 1000), flush=True)
"""


def test_a_kill_loses_nothing_that_was_noted(tmp_path):
    with subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path)], stdout=subprocess.PIPE) as process:
        said = [process.stdout.readline() for _ in range(300)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    numbers = [entry["n"] for entry in read(tmp_path)]
    assert len(numbers) >= len(said) >= 300
    assert all(b == a + 1 for a, b in pairwise(numbers))
    journal = Journal(tmp_path)
    assert journal.note("b") == len(journal) >= len(numbers) + 1
    journal.close()
