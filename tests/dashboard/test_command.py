import shlex
import tomllib

import pytest

from townsquare.dashboard.command import command_of, toml, wrapped
from townsquare.protocols.scenario import parse_override


def one_line(parts):
    """What a shell makes of the wrapped lines."""
    return wrapped(parts).replace(" \\\n  ", " ")


def overrides(command):
    words = shlex.split(command)
    return dict(parse_override(words[i + 1]) for i, word in enumerate(words) if word == "--set")


def test_every_setting_comes_back(run):
    command = one_line(command_of(run.info))
    assert command.startswith("townsquare run news --seed 7 ")
    assert overrides(command) == {
        "ticks": 51, "users.count": 1000, "users.mind": "behavioural-reader", "slate.length": 50,
        "slate.cold_start": 0.2, "slate.cold_start_by": "random", "recommender.name": "bpr", "recommender.epochs": 20,
    }  # fmt: skip


def test_long_commands_are_broken_where_a_shell_allows_it(run):
    text = wrapped(command_of(run.info))
    assert all(len(line) < 110 for line in text.splitlines())
    assert all(line.endswith(" \\") for line in text.splitlines()[:-1])
    assert one_line(command_of(run.info)) == " ".join(command_of(run.info))


def test_changes_are_spelled_out(fake_run, run):
    change = {"tick": 10, "set": {"recommender.name": "random", "slate.hot": 0.2}}
    info = fake_run(run.measures(), scenario=run.info.scenario | {"changes": [change]}).info
    assert overrides(one_line(command_of(info)))["changes"] == [change]


def test_a_fork_is_made_from_its_parent(fake_run, run):
    change = {"tick": 10, "set": {"slate.hot": 0.2}}
    info = fake_run(
        run.measures(),
        scenario=run.info.scenario | {"changes": [{"tick": 3, "set": {"clicks": 5}}, change]},
        parent={"path": "../news 7", "at": 10, "digest": "ab"},
    ).info
    assert one_line(command_of(info)) == "townsquare fork '../news 7' --at 10 --set slate.hot=0.2"


def test_hostile_settings_stay_one_word(fake_run, run):
    info = fake_run(run.measures(), scenario={"scenario": "news; rm -rf .", "x": "$(reboot)'`\""}).info
    words = shlex.split(one_line(command_of(info)))
    assert words[2] == "news; rm -rf ."
    assert overrides(one_line(command_of(info)))["x"] == "$(reboot)'`\""


@pytest.mark.parametrize("value", [1, 0.5, True, 'a "b" c', [1, [2, 3]], {"a.b": {"c": [1]}}, "grün"])
def test_values_are_toml(value):
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value
