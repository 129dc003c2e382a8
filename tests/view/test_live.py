"""The pace at which a page follows a run."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.view.towns import page, told
from tests.view.visiting import at_work
from townsquare.protocols.errors import RunFolderError
from townsquare.view import live
from townsquare.view.live import Drawn

PACED = """
import streamlit as st
from townsquare.view import live

def make():
    st.session_state["made"] = st.session_state.get("made", 0) + 1
    return st.session_state["made"]

st.text(str(live.paced("number", st.session_state.get("state", 0), make, 0.0)))
"""


def test_nothing_is_drawn_again_while_nothing_has_changed() -> None:
    drawn = Drawn(state=7, at=100.0, cost=0.01)
    assert not drawn.due(7, 1e9)
    assert drawn.due(8, 100.0 + live.LEAST)
    assert not drawn.due(8, 100.0 + live.LEAST - 0.1)


def test_what_takes_long_is_drawn_seldom() -> None:
    drawn = Drawn(state=7, at=0.0, cost=0.9)
    assert 0.9 / live.SHARE > live.LEAST
    assert not drawn.due(8, 0.9 / live.SHARE - 0.1)
    assert drawn.due(8, 0.9 / live.SHARE)


def test_a_run_is_read_again_only_when_it_was_written_again(town_runs: Path, tmp_path: Path) -> None:
    with at_work(town_runs / "news", tmp_path / "live") as write:
        write(1)
        first = live.look(tmp_path / "live")
        assert live.look(tmp_path / "live") is first
        assert live.going(first)
        write(2)
        assert live.look(tmp_path / "live").info.ticks_done == 2
    assert not live.going(live.look(tmp_path / "live"))  # nobody writes it any more
    with pytest.raises(RunFolderError):
        live.look(tmp_path / "elsewhere")


def test_a_part_is_made_again_when_something_has_changed_and_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LEAST", 1_000.0)
    opened = AppTest.from_string(PACED).run()
    opened.session_state["state"] = 1
    assert opened.run().text[0].value == "1"  # changed, but a moment ago
    monkeypatch.setattr(live, "LEAST", 0.0)
    monkeypatch.setattr(live, "SHARE", 1e9)
    assert opened.run().text[0].value == "2"
    assert opened.run().text[0].value == "2"  # nothing has changed since


def test_pages_of_a_run_at_work(town_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    with at_work(town_runs / "news", tmp_path / "live") as write:
        write(2)
        for name in ("overview", "square"):
            opened = page(name, run="live")
            assert not opened.exception
            assert "2 of 4 ticks, running" in told(opened)
            assert opened.session_state[f"live-{name}"].state in (2, (1, True))
        assert {one.label: one.value for one in opened.metric}["Tick"] == "1"
        opened = page("runs")
        assert "live: 2 of 4 ticks" in told(opened)
        assert opened.dataframe[0].value["status"].tolist() == ["running"]
    assert json.loads((tmp_path / "live" / "run.json").read_text())["status"] == "running"
    assert page("runs").dataframe[0].value["status"].tolist() == ["killed"]
