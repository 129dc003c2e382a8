import json

import numpy as np
import pytest

from townsquare.memory.export import export, load
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import InputError
from townsquare.protocols.memory import Entry, Scope
from townsquare.testing.memories import DIMENSIONS, little_memories


def store(entries=()):
    made = Arrays(Arrays.Config(), DIMENSIONS)
    made.write(list(entries))
    return made


ODD = Entry(Scope(3, "Ångström"), 9, "a\nline\u2028 \0 half \ud83d", 0.1 + 0.2, None, 7)


def test_a_file_brings_everything_back(tmp_path):
    path = tmp_path / "memories.jsonl"
    first, again = store([*little_memories(), ODD]), store()
    assert export(first, path) == len(first)
    assert load(path, again) == len(first)
    one, two = first.state(), again.state()
    for name in one:
        assert one[name].tobytes() == two[name].tobytes(), name
    other = tmp_path / "again.jsonl"
    export(again, other)
    assert other.read_bytes() == path.read_bytes()


def test_a_line_can_be_read_by_anybody(tmp_path):
    path = tmp_path / "memories.jsonl"
    export(store(little_memories()[:2]), path)
    head, first, _ = map(json.loads, path.read_text().splitlines())
    assert head == {"format": "townsquare-memory/1", "entries": 2}
    assert (first["kind"], first["owner"], first["layer"], first["text"]) == ("agent", 0, "episode", "saw 0")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines[:-1], "torn"),
        (lambda lines: [], "first line"),
        (lambda lines: ["[]", *lines[1:]], "first line"),
        (lambda lines: [lines[0], "{", *lines[2:]], "line 2: not JSON"),
        (lambda lines: [*lines[:-1], lines[-1].replace('"tick": ', '"tick": "x", "t": ')], "line 4"),
        (lambda lines: [*lines[:-1], lines[-1].replace('"text": "saw 2"', '"text": 5')], "text must be a string"),
        (lambda lines: [*lines[:-1], lines[-1].replace('"vector": "', '"vector": "!')], "line 4: the vector"),
        (lambda lines: [*lines[:-1], lines[-1].replace('"layer": "episode"', '"layer": "dream"')], "layer"),
    ],
)
def test_a_spoilt_file_is_refused_whole(tmp_path, change, says):
    path = tmp_path / "memories.jsonl"
    export(store(little_memories()[:3]), path)
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    target = store()
    with pytest.raises(InputError, match=says):
        load(path, target)
    assert len(target) == 0


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.jsonl"):
        load(tmp_path / "none.jsonl", store())


def test_vectors_of_another_length_are_refused(tmp_path):
    path = tmp_path / "memories.jsonl"
    export(store([Entry(Scope(0), 0, "x", vector=np.eye(DIMENSIONS)[0])]), path)
    with pytest.raises(InputError, match="shape"):
        load(path, Arrays(Arrays.Config(), DIMENSIONS + 1))
