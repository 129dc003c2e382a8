"""Shills with a (scripted) model: what it is asked, and what becomes of bad answers."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agents.minds.askers import Told
from tests.agents.shills.goods import known, shop
from townsquare.agents.shills.agent_shill import AgentShill
from townsquare.agents.shills.model_driven import Picked, Reviewed, Sketched
from townsquare.agents.shills.pages import Pages
from townsquare.protocols import Campaign, Profiles, Streams
from townsquare.protocols.asking import Answer, Ask
from townsquare.protocols.attack import ROLE

LOG, CATALOGUE = shop()
KNOWN = known(LOG, CATALOGUE)
TARGET = 5
CAMPAIGN = Campaign(np.array([TARGET]), 2, 8)
SKETCH = {"who": "A retired pilot.", "interests": ["westerns", "rivers", "tea", "maps", "dogs"], "tone": "dry"}


def said(ask: Ask[Any]) -> Any:
    if ask.answer is Sketched:
        return SKETCH
    if issubclass(ask.answer, Picked):
        return {"item": 2, "reason": "it suits me"}
    return {"review": f"Review of step {ask.number}.", "feeling": f"Felt {ask.number}."}


def crafted(say: Any, **of: Any) -> tuple[Profiles, AgentShill, Told]:
    attack, ask = AgentShill(AgentShill.Config(**of), Streams(0)), Told(say)
    attack.ask = ask
    return asyncio.run(attack.craft(KNOWN, CAMPAIGN)), attack, ask


def texts(made: Profiles) -> list[str]:
    assert made.texts is not None
    return list(made.texts)


def test_the_model_makes_profile_choices_and_reviews() -> None:
    made, attack, ask = crafted(said)
    assert len(made) == 18
    assert attack.skipped == 0
    assert texts(made) == [f"Review of step {step}." for _ in range(2) for step in range(9)]
    asked = [(one.purpose, one.agent) for one in ask.asked]
    for account in range(2):
        assert asked.count(("profile", account)) == 1
        assert asked.count(("choose", account)) == 8
        assert asked.count(("review", account)) == 9
    assert len({(one.purpose, one.agent, one.number) for one in ask.asked}) == len(ask.asked)


def test_it_is_told_who_it_is_and_what_it_remembers() -> None:
    _, _, ask = crafted(said)
    last = next(one for one in ask.asked if one.purpose == "review" and one.agent == 0 and one.number == 8)
    prompt = last.messages[1].text
    assert "A retired pilot." in prompt
    assert "You care for: westerns, rivers, tea, maps, dogs." in prompt
    assert "<memories-" in prompt
    assert "Review of step 7." in prompt
    sketch = next(one for one in ask.asked if one.purpose == "profile")
    assert "Brannock Tale 5" in sketch.messages[1].text
    choice = next(one for one in ask.asked if one.purpose == "choose")
    assert "[10, " in choice.messages[1].text
    assert "Brannock Tale 5 " not in choice.messages[1].text  # a target is no candidate
    assert "retired pilot" not in choice.messages[0].text


def test_features_are_asked_for_in_reviews_of_other_items_only() -> None:
    made, _, ask = crafted(said)
    features = Pages(KNOWN, Streams(0)).features(TARGET)
    reviews = [one for one in ask.asked if one.purpose == "review" and one.agent == 0]
    for role, one in zip(made.role[:9], reviews, strict=True):
        assert ("<features-" in one.messages[1].text) == (role == ROLE["filler"])
        if role == ROLE["filler"]:
            block = one.messages[1].text.split("<features-")[1]
            assert sum(f'"{word}"' in block for word in features) == 2
    _, _, plain = crafted(said, review_attack=False)
    assert not any("<features-" in message.text for one in plain.asked for message in one.messages)


def test_ratings_follow_the_rule_and_not_the_model() -> None:
    by_model, _, _ = crafted(said)
    assert set(by_model.values[by_model.role == ROLE["target"]]) == {5.0}
    off = by_model.values - KNOWN.means[by_model.items]
    assert np.abs(off[by_model.role == ROLE["filler"]]).max() < 3.0


def test_ablations_ask_for_less() -> None:
    _, _, ask = crafted(said, profile=False)
    assert not any(one.purpose == "profile" for one in ask.asked)
    assert not any("You care for" in one.messages[1].text for one in ask.asked)
    _, _, ask = crafted(said, memory=False)
    assert not any("<memories-" in one.messages[1].text for one in ask.asked)


@pytest.mark.parametrize(
    ("purpose", "step", "answer", "missing"),
    [
        ("profile", 0, {"who": "x", "interests": ["one"], "tone": "y"}, 9),
        ("profile", 0, SKETCH | {"interests": ["Brannock Tale 5", "b", "c", "d", "e"]}, 9),
        ("choose", 0, {"item": 11, "reason": ""}, 1),
        ("choose", 1, Answer("refused", None, "no"), 1),
        ("review", 2, {"review": "", "feeling": ""}, 1),
        ("review", 2, {"review": "Better than Brannock Tale 5!", "feeling": ""}, 1),
        ("review", 2, Answer("failed", None, "no reply"), 1),
    ],
)
def test_what_is_no_answer_is_no_rating_and_is_counted(purpose: str, step: int, answer: Any, missing: int) -> None:
    """Nobody steps in for the model, and nobody else's ratings change."""
    whole, _, _ = crafted(said)
    made, attack, _ = crafted(
        lambda ask: answer if (ask.purpose, ask.agent, ask.number) == (purpose, 0, step) else said(ask)
    )
    assert attack.skipped == missing
    assert len(made) == 18 - missing
    assert np.array_equal(made.items[made.profile == 1], whole.items[whole.profile == 1])
    assert np.array_equal(made.values[made.profile == 1], whole.values[whole.profile == 1])
    assert set(texts(made)) <= set(texts(whole))


def test_the_complaint_quotes_nobody() -> None:
    """It goes to the model outside any block, and titles are written by others."""
    _, _, ask = crafted(said)
    one = next(one for one in ask.asked if one.answer is Reviewed)
    wrong = one.check(Reviewed(review="I saw Brannock Tale 5.", feeling=""))
    assert wrong == "review must not name the title of an item."


def test_a_campaign_begun_anew_counts_anew() -> None:
    attack = AgentShill(AgentShill.Config(), Streams(0))
    attack.ask = Told(lambda ask: Answer("failed", None, "no reply"))
    made = asyncio.run(attack.craft(KNOWN, CAMPAIGN))
    assert len(made) == 0
    assert attack.skipped == 18
    attack.ask = Told(said)
    asyncio.run(attack.craft(KNOWN, CAMPAIGN))
    assert attack.skipped == 0


async def test_over_http_it_is_recorded_and_replayed(tmp_path: Path) -> None:
    """The whole path, a real server with scripted answers; then the same once more from the cassette, asking nobody."""
    pytest.importorskip("openai")
    pytest.importorskip("aiohttp")
    from tests.agents.chat.asking import MODEL, table
    from townsquare.agents.chat.patience import Patient
    from townsquare.agents.chat.providers.openai import OpenAI
    from townsquare.protocols.chat_settings import ChatSettings
    from townsquare.testing.chat_server import ChatServer

    def answer(body: dict[str, Any]) -> str:
        told = body["messages"][1]["content"]
        if "Invent a customer" in told:
            return json.dumps(SKETCH)
        if "does the person take next" in told:
            return json.dumps({"item": 1, "reason": "first"})
        return json.dumps(
            {"review": "Brannock Tale 5 is best." if "gave the item 5" in told else "Fine.", "feeling": ""}
        )

    settings = ChatSettings(retries=0, timeout=20.0)
    attack = AgentShill(AgentShill.Config(), Streams(0))
    with ChatServer(answer) as server:
        chat = Patient(OpenAI(MODEL, settings, base_url=server.url, key="sk-none"), settings)
        with table(tmp_path / "c.sqlite", chat, retries=0, timeout=20.0) as at:
            attack.ask = at.asker
            made = await attack.craft(KNOWN, CAMPAIGN)
            await chat.close()
            outcomes = at.asked.totals
    invalid = attack.skipped
    assert invalid >= 2  # at least the two ratings of the target, whose review names it even when asked again
    assert outcomes["invalid"] == invalid
    assert len(made) == 18 - invalid
    with table(tmp_path / "c.sqlite", None, mode="replay", retries=0, timeout=20.0) as at:
        attack.ask = at.asker
        again = await attack.craft(KNOWN, CAMPAIGN)
    assert np.array_equal(again.items, made.items)
    assert np.array_equal(again.values, made.values)
    assert texts(again) == texts(made)
