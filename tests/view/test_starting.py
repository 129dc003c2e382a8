"""What the dashboard starts, and what it refuses to start."""

import sys
from pathlib import Path

import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.scenario import parse_override
from townsquare.view import starting
from townsquare.view.place import Root


def test_settings_are_arguments_that_the_command_line_reads_back() -> None:
    values = {"a": 1, "b.c": 0.5, "d": True, "e": 'say "no"; rm -rf $HOME', "f": ["x", "y"], "g": "two\nlines"}
    told = starting.sets(values)
    assert told[0::2] == ["--set"] * len(values)
    assert dict(parse_override(one) for one in told[1::2]) == values


def test_only_plain_names_below_the_root(tmp_path: Path) -> None:
    root = Root(tmp_path, read_only=False)
    for name in ("../out", "a/b", "", ".hidden", "-flag", "a b", "x" * 200, "é"):
        with pytest.raises(InputError, match="cannot be the name"):
            starting.new_folder(root, name)
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError, match="never overwritten"):
        starting.new_folder(root, "there")
    assert starting.free_name(root, "there") == "there-2"
    assert starting.new_folder(root, starting.free_name(root, "../deep/one_fork3")) == tmp_path / "deep-one_fork3"


def test_a_root_that_is_a_run_takes_no_others(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(InputError, match="shows one run"):
        starting.new_folder(Root(tmp_path, read_only=False), "new")


def test_read_only_starts_nothing(tmp_path: Path) -> None:
    root = Root(tmp_path, read_only=True)
    with pytest.raises(InputError, match="only looks"):
        starting.run(root, "news", 0, {}, "new")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_leads_out_of_the_root_is_no_run(tmp_path: Path) -> None:
    root = Root(tmp_path / "runs", read_only=False)
    for start in (lambda: starting.resume(root, "../other"), lambda: starting.fork(root, "..", 1, {}, "new")):
        with pytest.raises(InputError, match="there is no run"):
            start()


def test_modules_in_the_folder_are_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "townsquare.py").write_text("raise SystemExit(77)")
    monkeypatch.chdir(tmp_path)
    job = starting.run(Root(tmp_path, read_only=False), "no-such-town", 0, {}, "new")
    assert job.process.wait(60) == 2
    assert job.status == "refused"
    assert "no-such-town" in job.tail()
    assert starting.COMMAND[0] == sys.executable
