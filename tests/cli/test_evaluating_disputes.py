"""``townsquare evaluate disputes``: a row per cue, never an average (dossier 7e.7)."""

import json

import pytest

from townsquare.cli import main
from townsquare.sim.disputes.cues import CUES

COMMAND = ["evaluate", "disputes", "--judges", "longer", "--set", "suggestion=both sides", "--set", "cases=4"]


def test_every_cue_alone_and_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["cue"] for row in found["table"]] == list(CUES)
    for row in found["table"]:
        assert row["low"] <= row["bias"] <= row["high"]
        assert row["low_suggested"] <= row["bias_suggested"] <= row["high_suggested"]
        assert row["change_low"] <= row["change"] <= row["change_high"]
    assert main(COMMAND) == 0
    printed = capsys.readouterr().out
    assert all(cue in printed for cue in CUES)
    assert all(head in printed for head in ("bias", "with suggestion", "change", "invalid"))
