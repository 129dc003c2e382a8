"""``townsquare evaluate persuaders`` as a user meets it."""

import json
from pathlib import Path

import pytest

from tests.commands import answer, townsquare
from townsquare.cli import _how_to_go_on
from townsquare.cli.options import parser

ARENA = ["evaluate", "persuaders", "--data", "made:900", "--cases", "Ref,parap", "--inputs", "10"]


def test_the_arena(tmp_path: Path) -> None:
    found = answer(townsquare(*ARENA, "--seeds", "0..1", "--json", "--out", "out", cwd=tmp_path))
    pooled = {row["contestant"]: row for row in found["ratings"] if row["case"] == "all"}
    assert set(pooled) == {"unchanged", "topline", "flipped", "words"}
    assert pooled["unchanged"]["elo"] == 979
    assert pooled["topline"]["elo"] > 979
    assert found["published"][0]["contestant"] == "Topline T2 (real)"
    assert found["ledger"]["asks"] == 0
    assert (tmp_path / "out" / "ratings.csv").exists()
    json.dumps(found, allow_nan=False)


def test_whoever_stops_it_is_told_how_to_go_on() -> None:
    words = ["evaluate", "persuaders", "--data", "made"]
    assert _how_to_go_on(parser().parse_args([*words, "--out", "x"])).endswith("the same command goes on.")
    assert _how_to_go_on(parser().parse_args(words)) == ""


def test_its_tables(tmp_path: Path) -> None:
    done = townsquare(*ARENA, "--judge", "likes", "--set", "mining.hours=48", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for words in ("Pairs mined", "Bradley-Terry", "Audit", "on the real pairs", "Published", "Likes are engagement"):
        assert words in done.stdout
    assert " words " not in done.stdout.split("Bradley-Terry")[1].split("Audit")[0]


@pytest.mark.slow
def test_simulate_and_stance(tmp_path: Path) -> None:
    words = ["evaluate", "persuaders", "--protocol"]
    simulated = answer(townsquare(*words, "simulate", *ARENA[2:], "--json", cwd=tmp_path))
    assert [row["judge"] for row in simulated["comparative"]] == ["chance", "oracle"]
    found = answer(townsquare(*words, "stance", "--inputs", "3", "--json", cwd=tmp_path))
    assert [row["side"] for row in found["shifts"]] == ["both", "pro", "con"]
    assert len(found["human"]) == 4
    done = townsquare(
        *words, "stance", "--inputs", "3", "--set", 'topics=["Bread is good.", "Cake is bad."]', cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "people in the debate trial" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--protocol arena needs --data"),
        (["--data", "nowhere.csv"], "nowhere.csv does not exist"),
        (["--data", "made", "--cases", "Reff"], "no case 'Reff'. Did you mean 'Ref'"),
        (["--data", "made", "--contestants", "word"], "Did you mean 'words'"),
        (["--data", "made", "--contestants", "llm"], "needs a language model: give --model"),
        (["--data", "made", "--judge", "likes", "--contestants", "words"], "knows posts of the table only"),
        (["--data", "made", "--inputs", "1"], "inputs"),
        (["--data", "made", "--set", "mining.hour=3"], "mining.hour"),
        (["--data", "made", "--set", "mining.embedder.name=hash"], "no embedder named 'hash'"),
        (["--protocol", "stance", "--data", "made"], "--data has no meaning with --protocol stance"),
        (["--protocol", "simulate", "--data", "made", "--contestants", "words"], "--contestants has no meaning"),
        (["--data", "made", "--seeds", "one"], "--seeds takes numbers"),
    ],
)
def test_bad_input_is_a_sentence(words: list[str], said: str, tmp_path: Path) -> None:
    done = townsquare("evaluate", "persuaders", *words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
