import shlex
import tomllib

import pytest

from townsquare.dashboard.command import command_of, toml
from townsquare.protocols.scenario import parse_override


def overrides(command):
    words = shlex.split(command)
    return dict(parse_override(words[i + 1]) for i, word in enumerate(words) if word == "--set")


def test_every_setting_comes_back(run):
    command = command_of(run.info)
    assert command.startswith("townsquare run news --seed 7 ")
    assert overrides(command) == {
        "ticks": 51, "users.count": 1000, "users.mind": "behavioural-reader", "slate.length": 50,
        "slate.cold_start": 0.2, "slate.cold_start_by": "random", "recommender.name": "bpr", "recommender.epochs": 20,
    }  # fmt: skip


def test_changes_are_spelled_out(fake_run, run):
    change = {"tick": 10, "set": {"recommender.name": "random", "slate.hot": 0.2}}
    info = fake_run(run.measures(), scenario=run.info.scenario | {"changes": [change]}).info
    assert overrides(command_of(info))["changes"] == [change]


def test_a_fork_is_made_from_its_parent(fake_run, run):
    change = {"tick": 10, "set": {"slate.hot": 0.2}}
    info = fake_run(
        run.measures(),
        scenario=run.info.scenario | {"changes": [{"tick": 3, "set": {"clicks": 5}}, change]},
        parent={"path": "../news 7", "at": 10, "digest": "ab"},
    ).info
    assert command_of(info) == "townsquare fork '../news 7' --at 10 --set slate.hot=0.2"


def test_hostile_settings_stay_one_word(fake_run, run):
    info = fake_run(run.measures(), scenario={"scenario": "news; rm -rf .", "x": "$(reboot)'`\""}).info
    words = shlex.split(command_of(info))
    assert words[2] == "news; rm -rf ."
    assert overrides(command_of(info))["x"] == "$(reboot)'`\""


@pytest.mark.parametrize("value", [1, 0.5, True, 'a "b" c', [1, [2, 3]], {"a.b": {"c": [1]}}, "grün"])
def test_values_are_toml(value):
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value
