"""The address of a page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

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
