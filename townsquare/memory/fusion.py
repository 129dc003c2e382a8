"""Two-step fusion with a language model: what one interaction teaches, asked for step by step, written at once.

Steps and order are those of AgentCF++ and its code: (i) the separated text of the domain, (ii) from it, the other
domains' and the previous fused text a new fused text, (iii) the two items. With the choice before it that makes four
calls per interaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field

from townsquare.memory.layers import DualMemory, Material, Update
from townsquare.memory.limits import Words, cut, excess
from townsquare.protocols.asking import Answer, Ask, AskModel
from townsquare.protocols.chat import Message
from townsquare.protocols.memory import Scope

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Step:
    """One interaction to learn from."""

    user: int
    domain: str
    tick: int
    positive: int
    """The item that was chosen in truth."""
    negative: int
    title: str = ""
    """The positive item's, for the user's groups."""
    right: bool = True
    """Whether the agent had foreseen it."""
    explanation: str = ""
    """What it said when it chose."""


class NewText(BaseModel):
    """A memory, rewritten."""

    text: str = Field(min_length=1)


class NewItemTexts(BaseModel):
    """The memories of two items, rewritten."""

    negative: str = Field(min_length=1)
    positive: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Prompts:
    """How the three questions are put: pure functions from what is known to messages."""

    separated: Callable[[Step, str], tuple[Message, ...]]
    """From S(user, domain)."""
    fused: Callable[[Step, Material], tuple[Message, ...]]
    items: Callable[[Step, str, str, str], tuple[Message, ...]]
    """From the new F(user, domain), and the texts of the negative and of the positive item."""


async def learn(
    memory: DualMemory, ask: AskModel, prompts: Prompts, step: Step, too_long: Literal["cut", "ask"] = "cut"
) -> Answer[Any]:
    """Ask three times and write four texts, and the choice for the user's groups, in one transaction.

    When one question gets no valid answer, nothing is written, and that answer is returned; else the last one. A text
    over its limit is cut at a sentence's end, or with ``too_long="ask"`` counts as not valid, which asks once more.
    """
    user, domain, tick = step.user, step.domain, step.tick
    words = getattr(getattr(memory.store, "config", None), "words", Words())
    limits = {name: words.of(scope) for name, scope in _scopes(step).items()}

    def within(answer: BaseModel, *names: str) -> str:
        texts = answer.model_dump().values()
        found = [excess(text, limits[name]) for name, text in zip(names, texts, strict=True)]
        return "; ".join(each for each in found if each) if too_long == "ask" else ""

    def fit(name: str, text: str) -> str:
        limit = limits[name]
        return text if limit is None else cut(text, limit)

    def question(purpose: str, messages: tuple[Message, ...], answer: type[A], *names: str) -> Ask[A]:
        return Ask(purpose, user, tick, messages, answer, lambda found: within(found, *names))

    first = await ask(
        question("reflect", prompts.separated(step, memory.separated(user, domain, tick)), NewText, "separated")
    )
    if first.value is None:
        return first
    separated = fit("separated", first.value.text)
    material = memory.material(user, domain, tick, separated)
    second = await ask(question("fuse", prompts.fused(step, material), NewText, "fused"))
    if second.value is None:
        return second
    fused = fit("fused", second.value.text)
    texts = (memory.item(step.negative, domain, tick), memory.item(step.positive, domain, tick))
    third = await ask(question("describe", prompts.items(step, fused, *texts), NewItemTexts, "item", "item"))
    if third.value is None:
        return third
    items = {step.negative: fit("item", third.value.negative), step.positive: fit("item", third.value.positive)}
    memory.write(Update(user, domain, tick, separated, fused, items, step.positive, step.title))
    return third


def _scopes(step: Step) -> dict[str, Scope]:
    return {
        "separated": Scope(step.user, step.domain, "separated"),
        "fused": Scope(step.user, step.domain, "fused"),
        "item": Scope(step.positive, step.domain, "separated", "item"),
    }
