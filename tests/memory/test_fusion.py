import pytest

from townsquare.memory.fusion import NewItemTexts, NewText, Prompts, Step, learn
from townsquare.memory.layers import DualMemory
from townsquare.memory.limits import count
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols.asking import Answer
from townsquare.protocols.chat import Message

STEP = Step(user=0, domain="Books", tick=0, positive=1, negative=2, title="A Book", right=False, explanation="because")


def begun():
    made = DualMemory(DualMemory.Config(), Arrays(Arrays.Config(), 4), ["Books", "Movies", "Games"])
    made.begin(0, {domain: f"Enjoys {domain}." for domain in made.domains})
    made.describe("Books", {1: "a book", 2: "another book"})
    return made


def messages(*parts):
    return (Message("system", "rewrite"), Message("user", "\n".join(parts)))


PROMPTS = Prompts(
    separated=lambda step, text: messages("SEPARATED", text, step.explanation),
    fused=lambda step, material: messages("FUSED", material.text()),
    items=lambda step, fused, negative, positive: messages("ITEMS", fused, negative, positive),
)


class Scripted:
    """Answers with what is put into it, and fails at one call."""

    def __init__(self, fail=None, text="likes poems.", outcome="invalid"):
        self.fail, self.text, self.outcome, self.asks = fail, text, outcome, []

    async def __call__(self, ask):
        self.asks.append(ask)
        if len(self.asks) == self.fail:
            return Answer(self.outcome, why="no")
        value = (
            NewText(text=f"{ask.purpose} {self.text}")
            if ask.answer is NewText
            else NewItemTexts(negative=f"neg {self.text}", positive=f"pos {self.text}")
        )
        trouble = ask.check(value)
        return Answer("invalid", why=trouble) if trouble else Answer("answered", value)


def held(made):
    return [(entry, entry.text) for entry in made.store.entries()]


async def test_three_questions_and_one_write():
    made, ask = begun(), Scripted()
    before = len(made.store)
    answer = await learn(made, ask, PROMPTS, STEP)
    assert answer.outcome == "answered"
    assert [(one.purpose, one.agent, one.tick) for one in ask.asks] == [
        ("reflect", 0, 0),
        ("fuse", 0, 0),
        ("describe", 0, 0),
    ]
    assert len(made.store) == before + 5, "S, F, two items, and the choice for the groups"
    assert made.separated(0, "Books", 1) == "reflect likes poems."
    assert made.fused(0, "Books", 1) == "fuse likes poems."
    assert (made.item(2, "Books", 1), made.item(1, "Books", 1)) == ("neg likes poems.", "pos likes poems.")


async def test_each_question_builds_on_the_one_before():
    made, ask = begun(), Scripted()
    await learn(made, ask, PROMPTS, STEP)
    first, second, third = (one.messages[-1].text for one in ask.asks)
    assert "Enjoys Books." in first
    assert "Movies" not in first, "the first step stays inside its domain"
    assert all(f"[{domain}]" in second for domain in made.domains)
    assert "reflect likes poems." in second, "the new separated text"
    assert "so far for Books]\nEnjoys Books." in second, "the previous fused text"
    assert "fuse likes poems.\nanother book\na book" in third


@pytest.mark.parametrize("fail", [1, 2, 3])
@pytest.mark.parametrize("outcome", ["invalid", "refused", "failed"])
async def test_a_question_without_answer_leaves_everything_as_it_was(fail, outcome):
    made, ask = begun(), Scripted(fail, outcome=outcome)
    before = held(made)
    answer = await learn(made, ask, PROMPTS, STEP)
    assert answer.outcome == outcome
    assert len(ask.asks) == fail
    assert held(made) == before


async def test_a_long_text_is_cut_at_a_sentence():
    made, ask = begun(), Scripted(text="likes poems. " * 100)
    await learn(made, ask, PROMPTS, STEP)
    found = made.separated(0, "Books", 1), made.fused(0, "Books", 1), made.item(1, "Books", 1), made.item(2, "Books", 1)
    for text, limit in zip(found, (150, 180, 50, 50), strict=True):
        assert limit - 2 <= count(text) <= limit
        assert text.endswith("poems.")


async def test_or_asked_for_again():
    made, ask = begun(), Scripted(text="likes poems. " * 100)
    before = held(made)
    answer = await learn(made, ask, PROMPTS, STEP, too_long="ask")
    assert answer.outcome == "invalid"
    assert "201 words; at most 150" in answer.why
    assert held(made) == before
