"""A run of the trial is analysed as the published one was."""

from pathlib import Path

import pytest

import townsquare as ts
from townsquare.comparison.trial import analysed, reported
from townsquare.protocols import InputError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    folder = tmp_path_factory.mktemp("trial")
    return ts.run("persuasion", set={"debates": 30, "control": 20}, out=folder / "run")


def test_rows_remarks_and_the_control(run: ts.Run) -> None:
    found = reported(run)
    assert found is not None
    assert found["n"] == 150 == analysed(run).n
    assert {row["term"] for row in found["rows"] if row["part"] == "drift"} == {"no-debate"}
    assert any("nobody" in sentence for sentence in found["remarks"])


def test_what_is_no_trial(tmp_path: Path) -> None:
    sizes = {"users.count": 20, "creators.count": 3, "ticks": 1, "slate.length": 5, "clicks": 2}
    assert reported(ts.run("news", set=sizes, out=tmp_path / "news")) is None


def test_a_trial_that_is_not_finished(run: ts.Run) -> None:
    half = ts.open_run(run.path)
    half.info.ticks_done = 3
    with pytest.raises(InputError, match="is not finished"):
        analysed(half)
    assert reported(half) is None
