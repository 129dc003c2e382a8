"""A server that misbehaves in every known way, and every moderator that asks a model: nothing broken reads as harmless.
"""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai")

from tests.agents.roles import panel_answers
from tests.sim.moderators.known import known
from townsquare.agents.roles.filter_panel import LLMFilterParts
from townsquare.evaluate.moderators import ModeratorsSettings, aevaluate_moderators
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.sim.moderators.panel import Panel
from townsquare.testing.chat_server import FAULTS, Behaviour, ChatServer

known("filter-parts", "model", LLMFilterParts)
known("moderator", "panel", Panel)

BROKEN = [fault for fault in FAULTS if fault != "no usage"]
"""A good answer without a count of tokens is an answer."""


def judged(body: dict[str, Any]) -> str:
    """What a model says that works: by the word "bad"."""
    if body["messages"][0]["content"].startswith("You sort"):
        return json.dumps({"label": "spam" if "bad" in body["messages"][-1]["content"] else "ham"})
    return panel_answers.answer(body)


def fate(body: dict[str, Any]) -> str | Behaviour:
    """Each text names the fault that it meets, in whichever step it is shown."""
    told = " ".join(turn["content"] for turn in body["messages"] if turn["role"] == "user")
    if body["messages"][0]["content"].startswith("You sort"):
        told = next(turn["content"] for turn in body["messages"] if turn["content"].startswith("text"))
    fault = next((fault for fault in BROKEN if f"fault {fault}." in told), None)
    return Behaviour(fault, judged(body)) if fault else judged(body)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    rows = [f"text {n} meets fault {fault}.,{label}" for n, fault in enumerate(BROKEN) for label in ("ham",)]
    rows += [f"text {n} of {word} news.,{'spam' if word == 'bad' else 'ham'}" for n in range(9) for word in ("bad", "good")]
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
    row = found.table[1]
    working = row["texts"] - row["abstained"]
    assert row["abstained"] == broken_of(found)
    assert row["abstained"] >= 10
    assert working >= 10
    assert (row["precision"], row["recall"], row["fpr"]) == (1.0, 1.0, 0.0)


def broken_of(found: Any) -> int:
    """How many of the held-out texts are made to meet a fault: all others were answered as they should be."""
    return 0
