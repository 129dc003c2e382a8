"""The four prompts of a panel, and that nothing of others' stands outside of blocks."""

from collections.abc import Callable

import pytest

from tests.agents.gullible import HOSTILE, orders
from townsquare.agents.prompts import filter_panel as prompts
from townsquare.protocols.chat import Message
from townsquare.protocols.filtering import Aspect, Fact, Shown

FACETS = [Aspect("rude", "is rude", "any", (), 0.8, ("a quote",), False)]


def facts(text: str) -> list[Fact]:
    return [Fact("t0", "text", "The sun shines.", 0, 15), Fact("i0", "image", text)]


STEPS: dict[str, Callable[[str], tuple[Message, ...]]] = {
    "text": lambda text: prompts.perceive(Shown("x", text, ("a tree",))),
    "image": lambda text: prompts.perceive(Shown("x", "Look.", ("a tree", text))),
    "related": lambda text: prompts.relate(facts(text), FACETS),
    "judged": lambda text: prompts.judge(facts(text), FACETS, {("i0", "rude"): "supports"}),
    "disputed": lambda text: prompts.dispute(facts(text), FACETS, ["i0"]),
    "facet": lambda text: prompts.relate(facts("x"), [Aspect("rude", text, "any", (), 0.8, (text,), False)]),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_text_gives_orders(step: str) -> None:
    for name, text in HOSTILE.items():
        assert orders(STEPS[step](text)) == {}, name


@pytest.mark.parametrize("step", STEPS)
def test_the_system_message_is_ours(step: str) -> None:
    assert len({STEPS[step](text)[0] for text in HOSTILE.values()}) == 1


def test_facts_and_facets_go_by_number() -> None:
    told = prompts.judge(facts("a sign"), FACETS, {("i0", "rude"): "supports", ("t0", "rude"): "unrelated"})[1].text
    assert '[2, "image: a sign"]' in told
    assert '[1, "is rude (matters 0.80)"]' in told
    assert '"fact 2 supports facet 1"' in told
    assert "fact 1" not in told
    assert '\n"a quote"\n' in told
