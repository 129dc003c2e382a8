"""An arena from the table to the ratings."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pytest

from tests.evaluate.persuaders.posts_of import write
from townsquare.evaluate.persuaders.arena import PersuadersResult, aevaluate_persuaders, evaluate_persuaders
from townsquare.evaluate.persuaders.made import made_posts
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.protocols import InputError, Settings, Streams, registry
from townsquare.protocols.chat import Request
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import BudgetExceeded, TooManyFailures
from townsquare.protocols.persuader import Brief
from townsquare.testing.chat_server import ChatServer

SMALL = PersuadersSettings(cases=("Ref", "Parap"), inputs=12, draws=40)
MADE = made_posts(1200)


def rows(found: PersuadersResult) -> dict[str, dict[str, Any]]:
    return {row["contestant"]: row for row in found.rows()}


def test_the_oracle_finds_what_was_planted(tmp_path: Path) -> None:
    settings = PersuadersSettings(cases=("Ref", "Parap"), inputs=40)
    found = evaluate_persuaders(write(tmp_path / "posts.csv", MADE.posts), settings=settings, folder=tmp_path / "out")
    table = rows(found)
    assert found.contestants == ("unchanged", "topline", "flipped", "words")
    assert table["topline"]["low"] > table["unchanged"]["elo"] == 979
    assert found.judged[0]["low"] > 0.6
    assert found.held_out[0].low > 0.6
    assert len(found.asks) == 0
    json.dumps([found.ratings, found.wins, found.audit, found.judged, found.mined])
    assert {row["case"] for row in found.ratings} == {"all", "Ref", "Parap"}
    names = {"pairs", "ratings", "wins", "audit", "judge", "texts", "matches"}
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {*(f"{n}.csv" for n in names), "remarks.txt"}
    texts = pd.read_csv(tmp_path / "out" / "texts.csv")
    assert set(texts["contestant"]) == set(found.contestants)
    assert len(pd.read_csv(tmp_path / "out" / "matches.csv")) == len(found.rounds[0].matches)


def test_the_same_again_and_other_inputs_with_another_seed() -> None:
    first, second = (evaluate_persuaders(MADE, ["topline"], settings=SMALL) for _ in range(2))
    assert first.digest == second.digest
    assert (first.ratings, first.remarks) == (second.ratings, second.remarks)
    other = evaluate_persuaders(MADE, ["topline"], settings=SMALL, seeds=(1,))
    assert other.digest != first.digest
    both = evaluate_persuaders(MADE, ["topline"], settings=SMALL, seeds=(0, 1, 0))
    assert rows(both)["topline"]["inputs"] == rows(first)["topline"]["inputs"] + rows(other)["topline"]["inputs"]
    assert len(both.judged) == len(both.held_out) == 2


def test_the_inputs_do_not_hang_on_the_judge() -> None:
    likes = evaluate_persuaders(MADE, ["topline", "flipped"], judge="likes", settings=SMALL)
    oracle = evaluate_persuaders(MADE, ["topline", "flipped"], settings=SMALL)
    ours, theirs = ([i.pair.weak.id for i in one.rounds[0].inputs] for one in (likes, oracle))
    assert ours == theirs
    assert likes.judged[0]["accuracy"] == 1.0
    assert [row["contestant"] for row in likes.rows()] == ["topline", "unchanged", "flipped"]


def editor(body: dict[str, Any]) -> str:
    """SCRIPTED, no language model: rewrites with an invitation (or with an invented number); prefers invitations."""
    task = body["messages"][1]["content"]
    lines = [json.loads(line) for line in task.splitlines() if line.startswith(('"', "["))]
    if "JSON: text" in task:
        extra = "Over 900 people came!" if body["model"] == "boaster" else "Come along!"
        return json.dumps({"text": f"{lines[-1]} {extra}"})
    first, second = (line[1] for line in lines if isinstance(line, list))
    return json.dumps({"better": "second" if "Come" in second and "Come" not in first else "first"})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("openai")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with ChatServer(editor) as served:
        monkeypatch.setenv("OPENAI_BASE_URL", served.url)
        yield served


async def test_models_write_and_judge_over_http(server: ChatServer, tmp_path: Path) -> None:
    contestants = ["llm", "llm=openai:boaster", "topline"]
    options: dict[str, Any] = {"judge": "llm", "model": "openai:editor", "judge_model": "openai:judge"}
    warm = ChatSettings(temperature=0.7)
    options["settings"] = SMALL.model_copy(update={"inputs": 6})
    found = await aevaluate_persuaders(MADE, contestants, **options, chat=warm, folder=tmp_path / "out")
    table = rows(found)
    assert next(iter(table)) == "llm"
    assert table["llm"]["low"] > 979
    asked = [received.body for received in server.requests]
    assert {(body["model"], body["temperature"]) for body in asked} == {
        ("editor", 0.7),
        ("boaster", 0.7),
        ("judge", 0.0),
    }
    assert set(found.asks["purpose"]) == {"rewrite", "compare"}
    audit = {row["contestant"]: row for row in found.audit}
    assert (audit["llm"]["fact_added"], audit["llm=openai:boaster"]["fact_added"]) == (0.0, 1.0)
    assert audit["llm=openai:boaster"]["new_number"] == 1.0
    judged = found.judged[0]
    assert judged["turned"] > 0.3  # where neither or both invite it says "first"
    assert any("kept to the same place" in said for said in found.remarks)
    likes = {f"{post.likes:g}" for post in MADE.posts if post.likes > 1000}
    for body in asked:
        text = " ".join(turn["content"] for turn in body["messages"])
        assert "likes:" not in text
        assert not any(f" {number} " in text for number in likes)
    before = server.count
    again = await aevaluate_persuaders(MADE, contestants, **options, chat=warm, folder=tmp_path / "out")
    assert server.count == before
    assert again.digest == found.digest
    tape = warm.model_copy(update={"cassette": "replay", "tape": str(tmp_path / "out" / "cassette.sqlite")})
    replayed = await aevaluate_persuaders(MADE, contestants, **options, chat=tape)
    assert replayed.digest == found.digest


def test_an_answer_that_is_none_is_no_text() -> None:
    def moody(request: Request) -> str:
        text = request.messages[1].text
        return (
            "no"
            if "choir" in text
            else editor({"messages": [{"content": t.text} for t in request.messages], "model": ""})
        )

    some, more = ChatSettings(failures=1.0), PersuadersSettings(cases=("Ref", "Parap"), inputs=30, draws=20)
    found = evaluate_persuaders(MADE, ["llm", "topline"], model=moody, settings=more, chat=some)
    row = rows(found)["llm"]
    assert 0 < row["inputs"] - row["written"] < 20
    lost = row["inputs"] - row["written"]
    assert any(
        said == f"llm wrote nothing for {lost} of {row['inputs']} inputs (no valid answer)." for said in found.remarks
    )
    with pytest.raises(TooManyFailures):
        evaluate_persuaders(MADE, ["llm"], model=lambda request: "no", settings=SMALL)
    with pytest.raises(BudgetExceeded):
        evaluate_persuaders(MADE, ["llm"], model=moody, settings=SMALL, chat=some, budget=Budget(calls=3))


class Shouter:
    """A plug-in."""

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    async def write(self, brief: Brief) -> str | None:
        return brief.post.text.upper()


def test_plug_ins_and_who_is_above_the_topline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._REGISTERED, ("persuader", "shouter"), Shouter)
    found = evaluate_persuaders(MADE, ["shouter", "topline"], judge="llm", model=loud, settings=SMALL)
    assert next(iter(rows(found))) == "shouter"
    assert any(said.startswith("shouter rated above topline") for said in found.remarks)
    assert any("not shown to do better than chance" in said for said in found.remarks)


def loud(request: Request) -> str:
    """SCRIPTED: prefers capitals."""
    lines = [json.loads(line) for line in request.messages[1].text.splitlines() if line.startswith("[")]
    capitals: Sequence[float] = [sum(map(str.isupper, text)) for _, text in lines]
    return json.dumps({"better": "first" if capitals[0] > capitals[1] else "second"})


@pytest.mark.parametrize(
    ("contestants", "options", "said"),
    [
        (["word"], {}, "no persuader named 'word'. Did you mean 'words'"),
        (["llm"], {}, "persuader 'llm' needs a language model: give --model"),
        (["words=openai:x"], {}, "asks no language model"),
        (["nowhere.here:Mine"], {}, "persuader 'nowhere.here:Mine' cannot be loaded: ModuleNotFoundError"),
        (["words"], {"judge": "likes"}, "the judge likes knows posts of the table only"),
        (["words"], {"judge": "llm"}, "judge 'llm' needs a language model: give --judge-model or --model"),
        (["words"], {"judge": "orcale"}, "Did you mean 'oracle'"),
        (["words"], {"seeds": ()}, "at least one seed"),
        (
            ["words"],
            {"settings": PersuadersSettings(contestants={"llm": {}})},
            "contestants.llm: 'llm' does not take part",
        ),
        (["words"], {"settings": PersuadersSettings(contestants={"words": {"cuts": 1}})}, "unknown key 'cuts'"),
        (["words"], {"settings": PersuadersSettings(judges={"llm": {}})}, "judges.llm: 'llm' does not judge"),
    ],
)
def test_bad_input(contestants: list[str], options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        evaluate_persuaders(MADE, contestants, **{"settings": SMALL, **options})
    assert said in str(error.value)


def test_too_small_a_table_is_a_sentence() -> None:
    with pytest.raises(InputError, match="pairs were mined"):
        evaluate_persuaders("made:5")
    with pytest.raises(InputError, match="the oracle needs 40 pairs"):
        evaluate_persuaders("made:100", settings=SMALL)
    with pytest.raises(InputError, match="made:N makes N posts"):
        evaluate_persuaders("made:many")
