"""A server that misbehaves in every known way, and every moderator that asks a model: no fault reads as harmless."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai")

from tests.agents.roles import panel_answers
from tests.sim.moderators.known import known
from townsquare.agents.roles.filter_panel import LLMFilterParts
from townsquare.evaluate.moderators import ModeratorsSettings, aevaluate_moderators, split
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.sim.data.labelled import load
from townsquare.sim.moderators.panel import Panel
from townsquare.testing.chat_server import FAULTS, Behaviour, ChatServer

known("filter-parts", "model", LLMFilterParts)
known("moderator", "panel", Panel)

BROKEN = [fault for fault in FAULTS if fault != "no usage"]
"""A good answer without a count of tokens is an answer."""


def sorting(body: dict[str, Any]) -> str:
    """The text that is to be sorted, if one is: the last turn, unless the model is told to answer again."""
    texts = [turn["content"] for turn in body["messages"] if turn["content"].startswith("text ")]
    return str(texts[-1]) if body["messages"][0]["content"].startswith("You sort") else ""


def judged(body: dict[str, Any]) -> str:
    """What a model says that works: by the word "bad"."""
    text = sorting(body)
    return json.dumps({"label": "spam" if "bad" in text else "ham"}) if text else panel_answers.answer(body)


def fate(body: dict[str, Any]) -> str | Behaviour:
    """Each text names the fault that it meets, in whichever step it is shown."""
    told = sorting(body) or " ".join(turn["content"] for turn in body["messages"])
    fault = next((fault for fault in BROKEN if f"fault {fault}." in told), None)
    return Behaviour(fault, judged(body)) if fault else judged(body)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    rows = [f"text {n} meets fault {fault}.,ham" for n, fault in enumerate(BROKEN)]
    rows += [
        f"text {n} of {word} news.,{'spam' if word == 'bad' else 'ham'}" for n in range(9) for word in ("bad", "good")
    ]
    path = tmp_path / "texts.csv"
    path.write_text("\n".join(["text,label", *rows]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("zero-shot", {}),
        ("in-context", {"examples": 2, "chosen": "random"}),
        ("panel", {"parts": "model", "rules": {"bad": {"description": "is bad"}}}),
    ],
)
async def test_every_broken_answer_is_abstained_from(
    texts: Path, name: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(fate) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        found = await aevaluate_moderators(
            texts,
            [name],
            seeds=[0],
            settings=ModeratorsSettings(test=0.9, disguise=0, moderators={name: settings}),
            model="openai:scripted",
            chat=ChatSettings(retries=0, timeout=1.0, failures=1.0),
        )
    data = load(texts).examples
    held, _ = split(len(data), 0.9, seed=0)
    broken = sum("fault" in data.texts[row] for row in held.tolist())
    assert broken >= 10
    row = found.table[1]
    assert row["abstained"] == broken
    assert row["asked"] == row["texts"] == len(held)
    assert (row["precision"], row["recall"], row["fpr"]) == (1.0, 1.0, 0.0)
    assert len(found.asks[~found.asks.outcome.isin(["answered", "repaired"])]) == broken
