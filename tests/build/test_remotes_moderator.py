"""A town whose moderator is an agent on a real broker: its verdicts count, are on record, and replay without it."""

from pathlib import Path

import pytest

import townsquare as ts
from tests.bus import bus
from tests.processes import Staying
from tests.sim.moderators.known import known
from townsquare.protocols.errors import InputError
from townsquare.runs import open_run
from townsquare.sim.moderators.remote import Remote

pytest.importorskip("aiomqtt")
known("moderator", "remote", Remote)

TOWN = {
    "customers.count": 40, "shop.items": 30, "ticks": 5, "recommender.factors": 8, "shills.count": 6,
    "shills.fillers": 6, "shills.start": 1, "moderator.name": "remote",
}  # fmt: skip
MINE = '''
def odd_one(text):
    """Removes reviews with an odd number of letters."""
    return "remove" if len(text) % 2 else "show"
'''


def test_join_a_moderator_and_replay_without_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE, "utf-8")
    with bus(tmp_path) as there:
        agent = Staying("join", "--moderator", "mine:odd_one", "--broker", there.url, cwd=tmp_path)
        try:
            agent.says(" joined ")
            run = ts.run("shilling", set=TOWN | {"remote.broker": there.url}, out=tmp_path / "run")
        finally:
            agent.kill()
    verdicts = run.events(kinds=["verdict"])
    assert set(verdicts["why"]) >= {"remove", "show"}
    asks = run.asks()
    mine = asks[asks["purpose"] == "moderate"]
    assert set(mine["model"]) == {"remote:odd-one"}
    assert set(mine["outcome"]) == {"answered"}
    assert run.replay() is None
    assert open_run(tmp_path / "run").resume().info.status == "finished"


def test_nobody_is_there(tmp_path: Path) -> None:
    with bus(tmp_path) as there, pytest.raises(InputError, match="with the capability 'moderate' was waited for"):
        ts.run("shilling", set=TOWN | {"remote.broker": there.url, "remote.wait": 0.5}, out=tmp_path / "run")
