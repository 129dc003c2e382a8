"""``townsquare debate`` as somebody meets it: a process of its own, with what they type piped in."""

import fcntl
import os
import re
import subprocess
import sys
import termios
from pathlib import Path

import pandas as pd
import pytest

import townsquare as ts
from townsquare.cli import main

TYPED = "4\n2\nPennies teach children to count.\nThat is a small price.\nSo I stay with it.\n3\na\n"


def typed(lines: str, *words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command with its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "townsquare", *words],
        input=lines,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        check=False,
    )


@pytest.fixture(scope="module")
def debated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("debate")
    return folder, typed(TYPED, "debate", "--topic", "penny", "--side", "pro", "--out", "run", cwd=folder)


def test_a_debate_from_start_to_end(debated: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = debated
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout
    for words in (
        "Stage 1 of 5: screening",
        "Stage 4 of 5: conclusion",
        "Your side is PRO: you argue for it",
        "  you: Pennies teach children to count.",
        "“Pennies teach children to count”",
        "agreement before       4 (rather agree)",
        "towards your opponent  +1",
        "people in the trial    3.66 on average, +0.34 towards their opponent",
        "no language model",
    ):
        assert words in shown, words
    assert shown.index("Stage 2") < shown.index("Your side"), "the side is told after the first rating"
    run = ts.open_run(folder / "run")
    assert (run.info.status, run.info.ticks_done) == ("finished", 6)
    events = run.events()
    assert events[events["kind"] == "assign"]["value"].tolist() == [1, -1]
    assert events[events["kind"] == "opinion"]["why"].tolist() == ["before", "after"]
    assert (run.agents()[["gender", "politics"]] == "").all(axis=None), "nobody was asked, so nobody knows"


def test_what_people_did_is_the_published_table(debated: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Pro and 4 is 2 on the opponent's side; people who began there against an AI ended at 2.341 (dossier): 3.66."""
    assert round(6 - 2.341, 2) == 3.66
    assert "3.66 on average" in debated[1].stdout


def test_replay_and_fork_need_nobody(debated: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    run = ts.open_run(debated[0] / "run")
    assert run.replay() is None
    assert run.fork(3, out=debated[0] / "fork").info.digest == run.info.digest


@pytest.mark.slow
def test_who_leaves_can_come_back(tmp_path: Path) -> None:
    lines = TYPED.splitlines(keepends=True)
    left = typed("".join(lines[:3]), "debate", "--topic", "penny", "--side", "con", "--out", "run", cwd=tmp_path)
    assert left.returncode == 130
    assert "townsquare: you left before the debate was over" in left.stderr
    assert "`townsquare resume run` goes on" in left.stderr
    assert "Traceback" not in left.stderr
    assert ts.open_run(tmp_path / "run").info.status == "interrupted"
    back = typed("".join(lines[3:]), "resume", "run", cwd=tmp_path)
    assert back.returncode == 0, back.stderr
    assert "screening" not in back.stdout
    assert "Stage 3 of 5: rebuttal" in back.stdout
    whole = typed(TYPED, "debate", "--topic", "penny", "--side", "con", "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0
    assert ts.open_run(tmp_path / "run").info.digest == ts.open_run(tmp_path / "whole").info.digest


def test_six_questions_only_where_the_opponent_is_to_know(tmp_path: Path) -> None:
    six = "female\n9\n2\n1,3\n4\n\n1\n"
    done = typed(six + TYPED, "debate", "--topic", "30", "--personalised", "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Please give one number from 1 to 6, or nothing." in done.stdout
    assert "an AI that knew who they were" in done.stdout
    run = ts.open_run(tmp_path / "run")
    person = run.agents().iloc[0]
    assert person["arm"] == "human-ai-personalised"
    found = person[["gender", "age_band", "ethnicity", "education", "employment", "politics"]].tolist()
    assert found == ["female", "25-34", "white+latino", "bachelor", "", "democrat"]
    # what the opponent is told lies before it as an item, but it is none that the run folder keeps
    assert not run.items()["text"].str.contains("politics:").any()


def test_a_topic_of_ones_own(tmp_path: Path) -> None:
    topic = "Should offices keep a cat?"
    done = typed(TYPED, "debate", "--topic", topic, "--own", "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    texts = ts.open_run(tmp_path / "run").items()["text"]
    assert texts.iloc[0] == topic
    assert texts.str.contains("Should offices keep a cat").sum() >= 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--topic", "pennny stay"], "Did you mean 'Should the Penny Stay in Circulation?'?"),
        (["--topic", "should"], "is part of 24 topics"),
        (["--topic", "Should offices keep a cat?"], "A topic of your own takes --own."),
        (["--topic", "31"], "--topic takes 1 to 30 (got 31)"),
        (["--topic", " ", "--own"], "--topic is empty"),
        (["--topic", "penny", "--against", "behavioral"], "opponents.mind: no mind named 'behavioral'. Did you mean"),
        (["--topic", "penny", "--against", "llm"], "needs a model: give --model provider:model"),
        (["--topic", "penny", "--against", "behavioural", "--model", "openai:x"], "--against behavioural asks none"),
        (["--topic", "penny", "--seed", "-1"], "seed: Input should be greater than or equal to 0"),
        (["--topic", "penny", "--budget", "-1"], "budget.usd"),
    ],
)
def test_bad_input_is_one_sentence_before_anything_is_asked(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["debate", *words]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert said in found.err
    assert len(found.err.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_agents_elsewhere_need_a_broker(tmp_path: Path) -> None:
    done = typed(TYPED, "debate", "--topic", "penny", "--against", "remote", cwd=tmp_path, TOWNSQUARE_BROKER="")
    assert done.returncode == 2
    assert "name the broker they are on with --broker" in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_without_anybody_at_the_terminal_it_ends_in_a_sentence(tmp_path: Path) -> None:
    nobody = typed("", "debate", "--topic", "penny", "--out", "run", cwd=tmp_path)
    assert nobody.returncode == 130
    assert re.fullmatch(r"townsquare: you left before the debate was over; .* goes on\.\n", nobody.stderr)
    asked = typed("", "debate", "--topic", "penny", "--personalised", "--out", "two", cwd=tmp_path)
    assert asked.returncode == 2
    assert "nothing more was typed, so there is no debate" in asked.stderr
    assert not (tmp_path / "two").exists()
    closed = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m townsquare debate --topic penny --out three <&-"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert closed.returncode == 2
    assert closed.stderr == "townsquare: a person needs a terminal: standard input or output is closed.\n"
    assert not (tmp_path / "three").exists()


def test_against_a_scripted_model(tmp_path: Path) -> None:
    (tmp_path / "wit.py").write_text(
        "import json\n\n\ndef wit(request):\n    return json.dumps({'statement': 'Words\\x1b[2J win.'})\n"
    )
    done = typed(
        TYPED, "debate", "--topic", "penny", "--model", "scripted:wit:wit", "--out", "run", cwd=tmp_path, PYTHONPATH="."
    )
    assert done.returncode == 0, done.stderr
    assert "  opponent: Words [2J win." in done.stdout
    assert "\x1b" not in done.stdout
    assert "it was           scripted:wit:wit" in done.stdout
    asks: pd.DataFrame = ts.open_run(tmp_path / "run").asks()
    assert set(asks["model"]) == {"scripted:wit:wit", "remote:person"}


def test_help_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["debate", "--help"])
    shown = capsys.readouterr().out
    for option in ("--topic", "--side", "--against", "--personalised", "--own", "--budget"):
        assert option in shown


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a pseudo-terminal")
def test_at_a_real_terminal_ctrl_c_leaves_and_nothing_is_written_over(tmp_path: Path) -> None:
    left = at_a_terminal(
        tmp_path, [("agree: ", "4\n"), ("much: ", "\x03")], "debate", "--topic", "penny", "--out", "run"
    )
    assert left[0] == 130
    assert "`townsquare resume run` goes on" in left[1]
    keys = [("agree: ", "4\n"), ("much: ", "2\n"), ("suggested): ", "Mine\x1b[D own\n"), ("rebuttal to it", "\x04")]
    code, shown = at_a_terminal(tmp_path, keys, "resume", "run")
    assert code == 130
    assert "resuming" not in shown
    run = ts.open_run(tmp_path / "run")
    assert (run.info.status, run.info.ticks_done) == ("interrupted", 3)
    assert "Mine own" in set(run.items()["text"])


def at_a_terminal(folder: Path, keys: list[tuple[str, str]], *words: str) -> tuple[int, str]:
    """A command on a pseudo-terminal: each time a text has appeared, some keys are typed; exit code and screen."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "townsquare", *words]
    with subprocess.Popen(
        command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, preexec_fn=_controlled
    ) as child:
        os.close(theirs)
        shown, after = "", 0
        for text, typing in keys:
            while text not in shown[after:]:
                shown += os.read(ours, 4096).decode("utf-8", "replace")
            after = shown.index(text, after) + len(text)
            os.write(ours, typing.encode())
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the terminal is closed
                break
            if not more:
                break
            shown += more.decode("utf-8", "replace")
        code = child.wait(60)
    os.close(ours)
    return code, shown


def _controlled() -> None:
    """Make the pseudo-terminal the one whose Ctrl-C reaches this process."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
