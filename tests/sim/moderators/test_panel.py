"""Four steps, verdicts that name what they rest on, and no false alarm without a fact."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sim.moderators.known import known
from townsquare.agents.roles.filter_panel import LLMFilterParts
from townsquare.protocols import InputError, Streams
from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.protocols.registry import register
from townsquare.sim.data.confusable import pairs
from townsquare.sim.moderators.panel import RULES, Panel, Rule
from townsquare.sim.preferences.word_parts import WordParts

known("filter-parts", "model", LLMFilterParts)

SHOUTING = {
    "shouting": {"description": "attacks somebody", "words": ["you fool"], "exceptions": ["april"], "weight": 0.7},
    "selling": {"description": "sells something", "words": ["buy pills"], "weight": 0.9},
    "reports": {"description": "reports what others did", "words": ["police said"], "protects": True},
    "trifles": {"description": "is of no consequence", "words": ["lunch"], "weight": 0.4},
}


def made(**settings: Any) -> Panel:
    return Panel(Panel.Config.model_validate(settings), Streams(0))


async def reviewed(*texts: str, **settings: Any) -> Verdicts:
    return await made(**{"rules": SHOUTING, **settings}).review(Posts.of_texts(texts))


async def test_a_verdict_names_the_places_and_the_rules_it_rests_on() -> None:
    text = "The sun shines. You fool! Buy these pills."
    verdicts = await reviewed(text, action="blur")
    assert verdicts.action.tolist() == [ACTION["blur"]]
    assert [text[start:end] for start, end in verdicts.spans[0]] == [" You fool!", " Buy these pills."]
    assert verdicts.category[0] == "selling"
    assert verdicts.score[0] == 0.9
    assert verdicts.evidence[0][:2] == ("shouting: attacks somebody", "selling: sells something")
    assert "You fool!" in verdicts.evidence[0]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("The sun shines.", 0.0),
        ("You fool, it is April.", 0.0),
        ("You fool, police said.", 0.0),
        ("We had lunch.", 0.0),
        ("You fool. I would not call you a fool.", 0.5),
    ],
)
async def test_what_is_shown(text: str, score: float) -> None:
    """Nothing said, an exception, protection, a rule that matters too little, and a fact that contradicts."""
    verdicts = await reviewed(text)
    assert verdicts.action.tolist() == [ACTION["show"]]
    assert verdicts.score.tolist() == [score]


async def test_empty_and_repeated_texts() -> None:
    panel = made(rules=SHOUTING)
    verdicts = await panel.review(Posts.of_texts(["", "!!", *["You fool!"] * 1_000]))
    assert verdicts.action.tolist() == [ACTION["abstain"]] * 2 + [ACTION["remove"]] * 1_000
    assert panel.tally["repeated"] == 999
    assert not hasattr(panel, "ask")  # words ask nobody
    assert len((await panel.review(Posts.of_texts([]))).action) == 0


async def test_the_screen_changes_no_verdict() -> None:
    texts = ["The sun shines.", "You fool!", "Buy pills.", "A quiet day at sea."]
    plain, screened = [await reviewed(*texts, screen=on) for on in (False, True)]
    assert plain.action.tolist() == screened.action.tolist()
    panel = made(rules=SHOUTING, screen=True)
    await panel.review(Posts.of_texts(texts))
    assert panel.tally["screened"] == 2


@register("filter-parts", "test-words")
class LongWay(WordParts):
    """Words, without the short way that the panel has for them."""

    def __init__(self, *told: object) -> None:
        pass


async def test_the_short_way_changes_no_verdict() -> None:
    texts = [text for pair in pairs() for text in (pair.harmful, pair.confusable)] + ["", "y o u  f o o l", "ﬁne", "?"]
    short, long = made(rules=SHOUTING), made(rules=SHOUTING, parts="test-words")
    long.ask = nobody
    one, other = [await panel.review(Posts.of_texts(texts)) for panel in (short, long)]
    assert one.action.tolist() == other.action.tolist()
    assert one.score.tolist() == other.score.tolist()
    assert short.tally["screened"] > 80


async def nobody(ask: object) -> Any:
    raise AssertionError("nobody is asked here")


async def test_rules_of_its_own() -> None:
    assert set(RULES) == {"spam", "toxic"}
    verdicts = await made().review(Posts.of_texts(["You idiot.", "Claim your prize now!", "Hello."]))
    assert list(verdicts.category) == ["toxic", "spam", ""]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"rules": {"a": Rule(description="b")}, "screen": True}, "the rule 'a' has none"),
        ({"rules": {"the rules": Rule(description="b")}}, "is no name for a rule"),
        ({"parts": "wrds"}, "filter-parts 'wrds'|wrds"),
    ],
)
def test_what_cannot_work(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        made(**settings)


def test_no_rule_that_counts() -> None:
    with pytest.raises(ValueError, match="at least one rule"):
        Panel.Config(rules={"a": Rule(description="b", weight=0.2)})


async def test_by_a_language_model(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    from tests.agents.roles import panel_answers
    from townsquare.evaluate.session import Session
    from townsquare.protocols.chat_settings import ChatSettings
    from townsquare.testing.chat_server import ChatServer

    panel = made(parts="model", rules={"rude": {"description": "is rude"}})
    with pytest.raises(InputError, match="asks a language model needs one"):
        await panel.review(Posts.of_texts(["x"]))
    texts = ["He is bad.", "The sun shines.", "He is bad. A joke!", "He is bad."]
    with pytest.MonkeyPatch.context() as patch, ChatServer(panel_answers.answer) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "none")
        async with Session("openai:scripted", ChatSettings(), folder=tmp_path) as session:
            panel = made(parts="model", rules={"rude": {"description": "is rude"}})
            panel.ask = session.test
            verdicts = await panel.review(Posts.of_texts(texts))
        steps = [panel_answers.step(one.body) for one in server.requests]
    assert verdicts.action.tolist() == [ACTION[name] for name in ("remove", "show", "show", "remove")]
    assert verdicts.score.tolist() == [0.8, 0.0, 0.5, 0.8]
    assert list(verdicts.spans[0]) == [(0, 10)]
    assert verdicts.rationale[0] == "because of what is cited"
    assert sorted(steps) == sorted(["perceive"] * 3 + ["relate"] * 3 + ["judge"] * 2 + ["dispute"] * 2)
    assert panel.tally == {"texts": 4, "repeated": 1, "screened": 0, "asked": 3, "invalid": 0}
    assert json.loads(json.dumps(verdicts.category)) == ["rude", "", "rude", "rude"]
