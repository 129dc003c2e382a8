"""The asks of one lesson, in their order; the first that brings nothing ends it."""

from collections.abc import Mapping, Sequence

from townsquare.agents.choosers.answers import Choice, NewItemTexts, NewUserText
from townsquare.agents.choosers.length import A, AtMost, count, cut
from townsquare.agents.choosers.lessons import Lesson
from townsquare.agents.choosers.prompts.choose import choose
from townsquare.agents.choosers.prompts.fuse import fuse
from townsquare.agents.choosers.prompts.reflect_item import reflect_item
from townsquare.agents.choosers.prompts.reflect_user import reflect_user
from townsquare.agents.prompts.quoting import Block
from townsquare.protocols.asking import Answer, Ask, AskModel, accept
from townsquare.protocols.chat import Message

Pair = tuple[str, str]
"""Something about (negative, positive)."""


class NoAnswer(Exception):
    """An ask brought no value, so that its lesson is over and leaves everything as it was; never leaves the package."""


class Steps:
    """Asks on behalf of one lesson's user, and keeps count. Items are always listed (negative, positive).

    The negative comes first on purpose: a model that simply takes the first item is then never right.
    """

    def __init__(self, ask: AskModel, lesson: Lesson, titles: Pair) -> None:
        self._ask, self._lesson, self._titles = ask, lesson, titles
        self.calls = self.cut = 0

    async def choose(self, person: Sequence[Block], texts: Pair) -> tuple[bool, str]:
        """Whether the positive was chosen, and the reasons given."""
        value = await self._one("choose", choose(person, self._titles, texts), Choice)
        return value.place == 2, value.explanation

    async def user_text(self, person: Sequence[Block], texts: Pair, reasons: str, *, right: bool, limit: int) -> str:
        """The user's text after reflection, at most ``limit`` words."""
        prompt = reflect_user(person, self._titles, texts, reasons, right=right, limit=limit)
        return await self._description("reflect", prompt, limit)

    async def fused(self, domain: str, previous: str, separated: Mapping[str, str], *, limit: int) -> str:
        """The user's text about one domain in the light of the others, at most ``limit`` words."""
        return await self._description("fuse", fuse(domain, previous, separated, limit=limit), limit)

    async def item_texts(self, person: Sequence[Block], texts: Pair, reasons: str, *, right: bool, limit: int) -> Pair:
        """The texts of both items after reflection, at most ``limit`` words each."""
        prompt = reflect_item(person, self._titles, texts, reasons, right=right, limit=limit)
        both = await self._limited(
            "describe", prompt, NewItemTexts, AtMost(lambda a: {"first": a.first, "second": a.second}, limit)
        )
        return self._cut(both.first, limit), self._cut(both.second, limit)

    async def _description(self, purpose: str, prompt: Sequence[Message], limit: int) -> str:
        check = AtMost[NewUserText](lambda a: {"description": a.description}, limit)
        return self._cut((await self._limited(purpose, prompt, NewUserText, check)).description, limit)

    async def _limited(self, purpose: str, prompt: Sequence[Message], answer: type[A], check: AtMost[A]) -> A:
        found = await self._asked(Ask(purpose, self._lesson.user, self._lesson.tick, tuple(prompt), answer, check))
        if found.value is None and found.outcome == "invalid" and check.long is not None:
            return check.long
        return self._value(purpose, found)

    async def _one(self, purpose: str, prompt: Sequence[Message], answer: type[A]) -> A:
        asked = Ask(purpose, self._lesson.user, self._lesson.tick, tuple(prompt), answer, accept)
        return self._value(purpose, await self._asked(asked))

    async def _asked(self, ask: Ask[A]) -> Answer[A]:
        self.calls += 1
        numbered = Ask(ask.purpose, ask.agent, ask.tick, ask.messages, ask.answer, ask.check, self.calls)
        return await self._ask(numbered)

    def _value(self, purpose: str, found: Answer[A]) -> A:
        if found.value is None:
            raise NoAnswer(f"{purpose}: {found.outcome}: {found.why}")
        return found.value

    def _cut(self, text: str, limit: int) -> str:
        self.cut += count(text) > limit
        return cut(text, limit)
