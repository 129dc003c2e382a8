"""``townsquare evaluate persuasion`` as a user meets it."""

import json
import re
from pathlib import Path

import pytest

import townsquare as ts
from tests.commands import townsquare
from tests.sim.trials.trials_of import write_trial
from townsquare.cli import main
from townsquare.cli.options import parser

PAGE = (Path(__file__).parents[2] / "docs" / "evaluate-persuasion.md").read_text("utf-8")
Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_table_stands_beside_the_published_one(tmp_path: Path, capsys: Printed) -> None:
    write_trial(tmp_path / "trial.csv", 0)
    done = townsquare("evaluate", "persuasion", "--csv", "trial.csv", "--full", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("human-ai-personalised"))
    for word in ("+0.5347 (0.1934)", "+0.5945 (0.1856)", "+81.2", "0.644"):
        assert word in line
    for word in ("-1.7102", "before: 5 - 4 at 4|5", "Brant chi2, all, as printed", "128.32", "-957.53", "who start so"):
        assert word in done.stdout
    assert main(["evaluate", "persuasion", "--csv", "trial.csv"]) == 0
    short = capsys.readouterr().out
    assert "-1.7102" not in short
    assert "\n* No arm effects by strength of the topic" in short


def test_json_holds_every_term(tmp_path: Path, capsys: Printed) -> None:
    write_trial(tmp_path / "trial.csv", 0)
    assert main(["evaluate", "persuasion", "--csv", "trial.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"n", "rows", "remarks", "warnings"}
    assert found["n"] == 750
    assert {row["part"] for row in found["rows"]} >= {"arm", "threshold", "before", "shift", "brant", "fit"}
    json.dumps(found, allow_nan=False)


def test_a_run(capsys: Printed) -> None:
    ts.run("persuasion", set={"debates": 20, "control": 10}, out="run")
    assert main(["evaluate", "persuasion", "--run", "run"]) == 0
    told = capsys.readouterr().out
    assert "* no-debate: 10 people" in told
    assert "over-susceptible" not in told


def test_minds_that_give_in(tmp_path: Path, capsys: Printed) -> None:
    rows = "arm,side,agreement_before,agreement_after\n"
    rows += "".join(f"human-ai,con,{1 + i % 3},5\nhuman-human,con,{1 + i % 3},{1 + i % 4}\n" for i in range(40))
    (tmp_path / "yes.csv").write_text(rows)
    assert main(["evaluate", "persuasion", "--csv", "yes.csv"]) == 0
    told = capsys.readouterr().out
    assert "warning: over-susceptible: people of human-ai moved +3." in told
    assert "* human-ai: its effect cannot be told from these rows" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "takes either --csv FILE or --run RUN"),
        (["--csv", "a.csv", "--run", "b"], "takes either --csv FILE or --run RUN"),
        (["--csv", "nowhere.csv"], "nowhere.csv does not exist"),
        (["--csv", "."], "is a folder; a run folder is given with --run"),
        (["--run", "bad.csv"], "is no run folder; a table is given with --csv"),
        (["--run", "."], "run folder"),
        (["--csv", "bad.csv"], "line 3: arm 'human-robot' is none of"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, capsys: Printed, words: list[str], said: str) -> None:
    header = "arm,side,agreement_before,agreement_after"
    (tmp_path / "bad.csv").write_text(f"{header}\nhuman-ai,pro,1,2\nhuman-robot,pro,1,2\n")
    assert main(["evaluate", "persuasion", *words]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_the_page_prints_what_its_commands_print(capsys: Printed) -> None:
    blocks = re.findall(r"^```(sh|python|text)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"__name__": "__main__"}
    for text in (text for language, text in blocks if language == "python"):
        exec(compile(text, "docs/evaluate-persuasion.md", "exec"), names)
    capsys.readouterr()
    assert main(["evaluate", "persuasion", "--csv", "trial.csv"]) == 0
    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    lines = [" ".join(line.split()) for language, text in blocks if language == "text" for line in text.splitlines()]
    assert len(lines) > 5
    for line in lines:
        assert line in printed
    commands = "".join(text for language, text in blocks if language == "sh")
    for line in re.findall("^townsquare (.*)$", commands, flags=re.MULTILINE):
        parser().parse_args(line.split())
