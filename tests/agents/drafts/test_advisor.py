"""What an author is told before posting (dossier, DeMod, acceptance checks 1 to 7)."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from townsquare.agents.drafts.advisor import DraftAdvisor
from townsquare.agents.drafts.consent import Consent
from townsquare.agents.drafts.llm import LLMDraftParts
from townsquare.agents.drafts.words import WordDraftParts
from townsquare.agents.personas import BigFive, Persona
from townsquare.evaluate.session import Session
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import InputError, Streams
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.drafts import Part, Reaction
from townsquare.testing.chat_server import ChatServer

DRAFT = "The bridge is late again. The planners are idiots and everybody in town has to wait for them."
CLEAN = "The bridge is late again. The planners are slow and everybody in town has to wait for them."


class Scripted:
    """Finds the word idiots; rewrites as it is told to."""

    def __init__(self, rewrites: Sequence[str] = (CLEAN,), quotes: Sequence[str] = ("idiots",)) -> None:
        self.rewrites, self.quotes = rewrites, quotes
        self.asked: list[tuple[str, Sequence[str]]] = []

    async def detect(self, draft: str, /) -> Sequence[tuple[str, str, str]] | None:
        return [(quote, "insult", "reads as an insult") for quote in self.quotes if "idiots" in draft]

    async def score(self, text: str, /) -> float | None:
        return 0.9 if "idiots" in text else 0.05

    async def imagine(self, follower: int, post: str, /) -> Reaction | None:
        return Reaction(follower, "anger", "no", True)

    async def rewrite(self, draft: str, parts: Sequence[Part], style: Sequence[str], attempt: int, /) -> str | None:
        self.asked.append((draft, style))
        return self.rewrites[min(attempt, len(self.rewrites) - 1)]


def advisor(parts: Any) -> DraftAdvisor:
    return DraftAdvisor(DraftAdvisor.Config(), parts, Hashing(Hashing.Config(dimensions=1_024), Streams(0)))


async def test_spans_are_the_text_and_invented_quotes_are_dropped() -> None:
    made = advisor(Scripted(quotes=("idiots", "a word that is not there", "")))
    advice = await made.advise(DRAFT, [1, 2, 3, 4, 5], Consent())
    assert advice.detection is not None
    assert [DRAFT[p.start : p.end] == p.text for p in advice.detection.parts] == [True]
    assert advice.detection.invented == 2
    assert [one.follower for one in advice.reactions] == [1, 2, 3]


async def test_the_same_words_twice_are_two_places() -> None:
    advice = await advisor(Scripted(quotes=("idiots", "idiots"))).advise("idiots and idiots", [], Consent())
    assert advice.detection is not None
    assert [part.start for part in advice.detection.parts] == [0, 11]


async def test_a_harmless_draft_costs_nothing() -> None:
    parts = Scripted()
    advice = await advisor(parts).advise(CLEAN, [1], Consent())
    assert advice.detection is not None
    assert advice.detection.parts == ()
    assert (advice.suggestion, advice.reactions, parts.asked) == (None, (), [])


async def test_a_rewrite_that_changes_nothing_is_rejected_until_it_is_given_up() -> None:
    parts = Scripted(rewrites=(DRAFT,))
    advice = await advisor(parts).advise(DRAFT, [], Consent())
    assert advice.suggestion is None
    assert advice.tried == len(parts.asked) == 3
    assert advice.note.startswith("no other way")


async def test_a_rewrite_that_means_something_else_is_rejected() -> None:
    parts = Scripted(rewrites=("Good evening.", CLEAN))
    advice = await advisor(parts).advise(DRAFT, [], Consent())
    assert advice.suggestion is not None
    assert advice.suggestion.text == CLEAN
    assert advice.tried == 2
    assert advice.suggestion.meaning >= 0.7


async def test_harm_that_is_gone() -> None:
    made = advisor(Scripted())
    for n in range(20):
        draft = DRAFT.replace("bridge", f"bridge number {n}")
        await made.settle(n, 0, await made.advise(draft, [], Consent()), "accept")
    assert made.summary()["harm_gone"] == pytest.approx(1 - 0.05 / 0.9)
    assert made.summary()["harm_gone"] >= 0.94
    assert made.summary()["accept_share"] == 1


async def test_posts_are_read_with_consent_only() -> None:
    parts, consent = Scripted(), Consent(most=2)
    made = advisor(parts)
    await made.advise(DRAFT, [], consent)
    consent.give(["one", "two", "three"])
    advice = await made.advise(DRAFT, [], consent, tick=7)
    consent.revoke()
    await made.advise(DRAFT, [], consent)
    assert [style for _, style in parts.asked] == [(), ("two", "three"), ()]
    assert (consent.used, consent.last, consent.posts) == (1, 7, ())
    assert advice.suggestion is not None
    assert np.isfinite(advice.suggestion.style)


async def test_what_an_author_chooses_is_recorded() -> None:
    made = advisor(Scripted())
    advice = await made.advise(DRAFT, [], Consent())
    assert await made.settle(1, 3, advice, "ignore") == DRAFT
    assert await made.settle(1, 4, advice, "edit", "Late again.") == "Late again."
    assert [one.choice for one in made.outcomes] == ["ignore", "edit"]
    with pytest.raises(InputError, match="say what"):
        await made.settle(1, 5, advice, "edit", " ")
    with pytest.raises(InputError, match="no suggestion"):
        await made.settle(1, 5, await made.advise(CLEAN, [], Consent()), "accept")
    assert len(made.outcomes) == 2


async def test_by_words() -> None:
    def reads(text: str) -> tuple[float, list[tuple[str, str]]]:
        return (0.9, [("IDIOTS", "insult")]) if "idiots" in text.lower() else (0.0, [])

    persona = Persona(big_five=BigFive(agreeableness=0.9))
    made = advisor(WordDraftParts(reads, lambda follower: persona if follower else None, Streams(0)))
    advice = await made.advise(DRAFT, [0, 1], Consent())
    assert advice.suggestion is not None
    assert "idiots" not in advice.suggestion.text
    assert [one.would_report for one in advice.reactions] == [True, True]


async def test_by_a_model_over_http_with_one_ask_per_follower() -> None:
    pytest.importorskip("openai")
    prompts: list[str] = []

    def answer(body: dict[str, Any]) -> str:
        said = body["messages"][-1]["content"]
        prompts.append(said)
        if "Answer with JSON: parts" in said:
            return json.dumps({"parts": [{"quote": "idiots", "kind": "insult", "why": "belittles"}]})
        if "harm, from 0" in said:
            return json.dumps({"harm": 0.9 if "idiots" in said else 0.1})
        if "emotion" in said:
            return json.dumps({"emotion": "anger", "reply": "", "would_report": False})
        return json.dumps({"text": CLEAN})

    with pytest.MonkeyPatch.context() as patch, ChatServer(answer) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "none")
        async with Session("openai:scripted", ChatSettings(failures=1.0)) as session:
            parts = LLMDraftParts(session.test, lambda follower: Persona(name=f"reader {follower}"))
            consent = Consent()
            made = advisor(parts)
            advice = await made.advise(DRAFT, [4, 5], consent)
            assert not any("<style" in prompt for prompt in prompts)
            consent.give(["I wrote this earlier."])
            await made.advise(DRAFT, [], consent)
            assert any("I wrote this earlier." in prompt for prompt in prompts)
            consent.revoke()
            before = len(prompts)
            await made.advise(f"Really. {DRAFT}", [], consent)  # what was asked before is not asked again
            assert len(prompts) > before
            assert not any("I wrote this earlier." in prompt or "<style" in prompt for prompt in prompts[before:])
    assert advice.suggestion is not None
    assert advice.suggestion.text == CLEAN
    imagined = [prompt for prompt in prompts if "reader " in prompt]
    assert sum("reader 4" in prompt for prompt in imagined) == sum("reader 5" in prompt for prompt in imagined) == 1
    assert not any("I wrote this earlier." in prompt for prompt in imagined)


async def test_no_valid_answer_is_not_harmless() -> None:
    class Silent(Scripted):
        async def score(self, text: str, /) -> float | None:
            return None

    advice = await advisor(Silent()).advise(DRAFT, [1], Consent())
    assert advice.detection is None
    assert "nobody could say" in advice.note
