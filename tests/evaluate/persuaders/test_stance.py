"""Conversations that move stances."""

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import pytest

from townsquare.agents.prompts.probe_stance import PROBES
from townsquare.evaluate.persuaders.settings import StanceSettings
from townsquare.evaluate.persuaders.stance import aevaluate_stance, evaluate_stance
from townsquare.protocols import ContractError, InputError, Settings, Streams, registry
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import BudgetExceeded, TooManyFailures
from townsquare.protocols.persuader import Talk
from townsquare.testing.chat_server import ChatServer

TOPICS = ("The library should open on Sundays.", "Cars should leave the old town.", "School should begin at nine.")


class Leaning:
    """A target that moves by one point towards PRO in every conversation, whoever talks."""

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ()
    by = 1.0

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config = config

    async def reply(self, talk: Talk) -> str | None:
        return "I see."

    async def rate(self, talk: Talk, probe: int) -> float | None:
        return self.by if talk.messages else 0.0


@pytest.fixture(autouse=True)
def leaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._REGISTERED, ("target", "leaning"), Leaning)
    monkeypatch.setitem(registry._REGISTERED, ("target", "wild"), type("Wild", (Leaning,), {"by": 4.0}))


def by_side(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["side"]: row for row in rows}


def test_the_signed_shift_turns_with_the_side() -> None:
    """Dossier check 9: both sides run; a target that always moves +1 towards PRO gives +1 to PRO and -1 to CON."""
    found = evaluate_stance(["behavioural"], "leaning", settings=StanceSettings(topics=TOPICS))
    assert {(one.topic, one.side) for one in found.conversations} == {(t, s) for t in TOPICS for s in (1, -1)}
    rows = by_side(found.rows())
    assert (rows["pro"]["shift"], rows["con"]["shift"], rows["both"]["shift"]) == (1.0, -1.0, 0.0)
    assert rows["both"]["topics"] == 3
    assert all(len(one.messages) == 8 for one in found.conversations)
    with pytest.raises(ContractError, match=r"rate returned 4\.0, which is not within \(-3, 3\)"):
        evaluate_stance(["behavioural"], "wild", settings=StanceSettings(topics=TOPICS))


def test_without_a_model_it_is_the_same_each_time_and_both_sides_share_the_luck() -> None:
    first, second = (evaluate_stance(seeds=(3,), settings=StanceSettings(inputs=6)) for _ in range(2))
    assert first.digest == second.digest
    by = {(one.pair, one.side): one for one in first.conversations}
    assert all(by[pair, 1].before == by[pair, -1].before for pair in range(6))
    assert evaluate_stance(seeds=(4,), settings=StanceSettings(inputs=6)).digest != first.digest
    assert any("People moved by -0.33 to +0.21 of 6 points" in remark for remark in first.remarks)


def test_a_shift_beyond_peoples_is_said_to_be() -> None:
    settings = StanceSettings(inputs=6, target={"yielding": 1.0, "noise": 0.0})
    found = evaluate_stance(settings=settings)
    assert by_side(found.rows())["both"]["shift"] > 0.21
    assert any("times the largest mean shift of people in the debate trial (+0.21" in said for said in found.remarks)


def answers(body: dict[str, Any]) -> str:
    """SCRIPTED, no language model: a target that is 1 point nearer to the side that spoke last, and a persuader."""
    task = body["messages"][1]["content"]
    if "JSON: stance" in task:
        return json.dumps({"stance": 0 if "conversation-" not in task else 1 if "argues-for" in task else -1})
    if match := re.search(r"You argue (for|against)", task):
        return json.dumps({"text": f"It argues-{match.group(1)} the matter."})
    return json.dumps({"text": "I hear you."})


async def test_models_talk_over_http_and_the_persuader_never_sees_a_probe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dossier check 9, in every prompt that went out; and a replay asks nobody."""
    pytest.importorskip("openai")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    settings = StanceSettings(topics=TOPICS[:2])
    with ChatServer(answers) as server:
        chat = ChatSettings(base_url=server.url)
        found = await aevaluate_stance(
            ["llm"], "llm", model="openai:scripted", settings=settings, chat=chat, folder=tmp_path / "out"
        )
        sent = [[turn["content"] for turn in received.body["messages"]] for received in server.requests]
    rows = by_side(found.rows())
    assert (rows["pro"]["shift"], rows["con"]["shift"], rows["both"]["shift"]) == (1.0, 1.0, 1.0)
    persuading = [text for text in sent if any("want to win them over" in part for part in text)]
    probing = [text for text in sent if any("JSON: stance" in part for part in text)]
    assert len(persuading) >= 2 * 2
    assert {sum(probe in part for part in text for probe in PROBES) for text in probing} == {1}
    for text in persuading:
        for part in text:
            assert not any(probe in part for probe in PROBES)
            assert "stance" not in part
    counts = found.asks["purpose"].value_counts().to_dict()
    assert counts == {"probe": 4 * 6, "persuade": 4 * 4, "answer": 4 * 4}
    assert any("times the largest mean shift of people" in said for said in found.remarks)
    lines = (tmp_path / "out" / "conversations.jsonl").read_text().splitlines()
    assert [json.loads(line)["shift"] for line in lines] == [1.0] * 4
    tape = ChatSettings(cassette="replay", tape=str(tmp_path / "out" / "cassette.sqlite"))
    again = await aevaluate_stance(["llm"], "llm", model="openai:scripted", settings=settings, chat=tape)
    assert again.digest == found.digest


def test_a_missing_answer_is_no_shift_of_nothing() -> None:
    def moody(request: Any) -> str:
        text = request.messages[1].text
        if "School" in text and ("JSON: text" in text):
            return "no"
        return answers({"messages": [{"content": turn.text} for turn in request.messages]})

    some = ChatSettings(failures=1.0)
    settings = StanceSettings(topics=TOPICS)
    found = evaluate_stance(["llm"], "llm", model=moody, settings=settings, chat=some)
    row = by_side(found.rows())["both"]
    assert (row["conversations"], row["counted"], row["topics"]) == (6, 4, 2)
    broken = [one for one in found.conversations if one.topic.startswith("School")]
    assert {one.after for one in broken} == {(None, None, None)}
    assert {one.messages for one in broken} == {()}
    assert any(said.startswith("2 of 6 conversations do not count") for said in found.remarks)
    with pytest.raises(TooManyFailures):
        evaluate_stance(["llm"], "llm", model=lambda request: "no", settings=settings)
    with pytest.raises(BudgetExceeded):
        evaluate_stance(["llm"], "llm", model=moody, settings=settings, chat=some, budget=Budget(calls=5))


def test_bad_input() -> None:
    with pytest.raises(InputError, match=r"arguer 'llm' needs a language model: give --model"):
        evaluate_stance(["llm"])
    with pytest.raises(InputError, match=r"target 'llm' needs a language model: give --target-model"):
        evaluate_stance(["behavioural"], "llm")
    with pytest.raises(InputError, match=r"no arguer named 'behavioral'. Did you mean 'behavioural'"):
        evaluate_stance(["behavioral"])
    with pytest.raises(InputError, match="at least one seed"):
        evaluate_stance(seeds=())
