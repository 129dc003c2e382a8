"""Readers with policies of their own, judged for by one model: apart from one another, and taken back to the byte."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai")

from tests.sim.moderators.labelled_texts import examples
from townsquare.evaluate.session import Session
from townsquare.protocols import Streams
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.moderator import ACTION, Moderator, Posts
from townsquare.sim.moderators.demonstrations import Demonstrations
from townsquare.sim.preferences.policy import Policy
from townsquare.sim.preferences.policy_review import PolicyReview
from townsquare.testing.chat_server import ChatServer

TOXIC = ("you are an idiot and everybody knows it", "nobody wants fools like you here")
TEXTS = ["what an idiot you are", "lunch at noon?", "what an idiot you are", "babble"]


def judges(body: dict[str, Any]) -> str:
    """Does what it is told: attacks are harmful for whoever blocks them."""
    system, text = body["messages"][0]["content"], body["messages"][-1]["content"]
    if "babble" in str(body["messages"][-3:]):
        return "Harmless, I would say!!"
    return json.dumps({"label": "harmful" if "this reader: toxic" in system and "idiot" in text else "benign"})


async def test_two_readers_with_opposite_policies_in_one_run(tmp_path: Path) -> None:
    """Dossier 3e.5, 3e.6, on recorded prompts: other outcomes, nothing of the one in the other's, undo to the byte."""
    prompts: list[str] = []

    def fate(body: dict[str, Any]) -> str:
        prompts.append(json.dumps(body["messages"]))
        return judges(body)

    calm, rough = Policy(), Policy()
    shown = Demonstrations(examples(), 2, "lexical", Streams(42))
    with pytest.MonkeyPatch.context() as patch, ChatServer(fate) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "none")
        async with Session("openai:scripted", ChatSettings(retries=0, failures=1.0), folder=tmp_path) as session:
            one, other = (
                PolicyReview(p, examples(), shown, session.test, reader=n) for n, p in enumerate((calm, rough))
            )
            assert isinstance(one, Moderator)
            before = [calm.prompt(text, examples(), shown) for text in TEXTS]
            act = calm.block("toxic", examples=TOXIC)
            rough.unblock("toxic")
            mine = await one.review(Posts.of_texts(TEXTS))
            first = len(prompts)
            theirs = await other.review(Posts.of_texts(TEXTS))
            calm.undo(act.id)
            after = await one.review(Posts.of_texts(TEXTS))
    show, hide, silent = ACTION["show"], ACTION["remove"], ACTION["abstain"]
    assert mine.action.tolist() == [hide, show, hide, silent]
    assert theirs.action.tolist() == [show, show, show, silent]
    assert after.action.tolist() == [show, show, show, silent]
    assert one.tally == {"texts": 8, "asked": 6, "invalid": 2}
    assert all(TOXIC[0] in prompt for prompt in prompts[:first])
    assert not any(TOXIC[0] in prompt or "this reader: toxic" in prompt for prompt in prompts[first:])
    assert not any("acceptable" in prompt for prompt in prompts[:first])
    assert [calm.prompt(text, examples(), shown) for text in TEXTS] == before
