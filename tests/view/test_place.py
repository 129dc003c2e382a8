"""The address of a page."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import townsquare as ts
from tests.view.towns import NEWS
from townsquare.protocols.errors import InputError
from townsquare.view import place

SOURCE = """
import streamlit as st
from townsquare.view import place

place.keep(gone=None, tick=3, run=["a", "b"], none=[])
st.text(f"{place.asked('x', 'y')}|{place.number('n', 0, 9, 4)}|{place.several('run')}")
"""


def test_values_are_kept_and_taken_out() -> None:
    test = AppTest.from_string(SOURCE)
    for key, value in (("gone", "1"), ("none", "1"), ("n", "77")):
        test.query_params[key] = value
    test.run()
    assert test.text[0].value == "y|9|['a', 'b']"
    assert dict(test.query_params) == {"n": "77", "tick": "3", "run": ["a", "b"]}


@pytest.mark.parametrize("text", ["", "x", "--1", "9" * 40, "1.5", "²"])
def test_what_is_no_number_is_the_default(text: str) -> None:
    test = AppTest.from_string(SOURCE)
    test.query_params["n"] = text
    assert test.run().text[0].value.split("|")[1] == "4"


def test_links_name_everything_they_are_given() -> None:
    assert place.link("why", run="a b&c", tick=3, item=None) == "/why?run=a+b%26c&tick=3"
    assert place.link("compare", run=["a", "b"]) == "/compare?run=a&run=b"


def test_a_run_lies_below_the_root(tmp_path: Path) -> None:
    root = place.Root((tmp_path / "runs").resolve(), read_only=False)
    root.folder.mkdir()
    (root.folder / "out").symlink_to(tmp_path)
    for name in ("..", "../runs-other", "/etc", "out", "a/../../b"):
        with pytest.raises(InputError, match="there is no run"):
            root.run(name)


CHOSEN = """
import streamlit as st
from townsquare.view import place, queries

found = place.chosen_run(queries.names_below(place.Root.given().folder))
st.text("none" if found is None else f"{found[0]}|{found[1].path.name}")
"""


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with two runs."""
    ts.run("news", seed=3, set={**NEWS, "ticks": 1}, out=tmp_path / "news")
    shutil.copytree(tmp_path / "news", tmp_path / "team")
    monkeypatch.setenv(place.ROOT, str(tmp_path))
    return tmp_path


def test_a_run_that_cannot_be_shown_is_told_and_another_shown(two: Path) -> None:
    (two / "newer").mkdir()
    (two / "newer" / "run.json").write_text('{"format": 99}')
    for name, problem in (("newer", "format 99"), ("gone", "there is no run folder"), ("../x", "there is no run")):
        test = AppTest.from_string(CHOSEN)
        test.query_params["run"] = name
        test.run()
        assert problem in test.warning[0].value.replace("\\", "")
        assert test.text[0].value in ("news|news", "team|team")
        assert "newer" not in test.selectbox[0].options
        assert not test.run().warning  # the address names by now what is shown


def test_the_address_says_which_run_also_after_one_was_chosen(two: Path) -> None:
    test = AppTest.from_string(CHOSEN)
    test.query_params["run"] = "news"
    assert test.run().text[0].value == "news|news"
    test.selectbox[0].set_value("team").run()
    assert test.text[0].value == "team|team"
    assert test.query_params["run"] == "team"
    test.query_params["run"] = "news"  # a link to the same page
    assert test.run().text[0].value == "news|news"
    assert test.selectbox[0].value == "news"


def test_a_run_stays_chosen_where_the_address_names_none_or_one_that_is_gone(two: Path) -> None:
    test = AppTest.from_string(CHOSEN)
    test.query_params["run"] = "team"
    test.run()
    test.query_params.clear()  # the links in the sidebar
    assert test.run().text[0].value == "team|team"
    test.query_params["run"] = "nowhere"
    first = test.run().text[0].value
    assert first in ("news|news", "team|team")
    shutil.rmtree(two / first.split("|")[1])
    assert test.run().text[0].value != first
    assert not test.exception


def test_the_only_run_is_called_like_its_folder(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(place.ROOT, str(two / "news"))
    test = AppTest.from_string(CHOSEN).run()
    assert test.text[0].value == ".|news"
    assert test.selectbox[0].options == ["news"]
    assert place.called("deep/fork") == "deep/fork"
