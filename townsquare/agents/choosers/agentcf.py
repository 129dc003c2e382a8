"""AgentCF: users and items as agents that learn from each other (Zhang et al., WWW 2024, arXiv 2310.09233)."""

from collections.abc import Sequence

from pydantic import Field

from townsquare.agents.choosers import scopes
from townsquare.agents.choosers.length import cut
from townsquare.agents.choosers.lessons import Goods, Learned, Lesson
from townsquare.agents.choosers.prompts import shown
from townsquare.agents.choosers.ranking import Variant, ordered
from townsquare.agents.choosers.retrieval import nearest
from townsquare.agents.choosers.steps import NoAnswer, Pair, Steps
from townsquare.agents.prompts.quoting import Block
from townsquare.protocols.asking import AskModel
from townsquare.protocols.memory import Embedder, Entry, MemoryStore
from townsquare.protocols.settings import Settings


class AgentCF:
    """Learns one text per user and one per item.

    One lesson has ``rounds`` rounds. In each the user chooses between the negative, listed first, and the positive. A
    wrong choice makes the user, then the items, correct themselves; a right one in the first round makes both firmer,
    and after the last round a right choice makes the items firmer once more. With two rounds that is 5 calls for
    right-right and wrong-right, 6 for wrong-wrong and right-wrong (the authors' code).

    Short-term memory is a user's current text; long-term memory the log of its versions. What is written between the
    calls of a lesson is a draft: only the texts that stand at its end are kept, one version per lesson, and none of
    them when any call brings nothing (the authors' code drops such an update silently and goes on).

    Items start with a sentence of title and category, users with the same sentence for all. Prompts and initial
    sentences are in our words. The limits of words, only asked for by the authors, hold.
    """

    class Config(Settings):
        """How it learns and ranks."""

        rounds: int = Field(default=2, ge=1)
        "Rounds of choosing and reflecting per interaction."
        update_negative: bool = False
        "Whether the item not taken learns too, as the paper says; the released code updates the positive only."
        user_words: int = Field(default=180, ge=1)
        "Most words of a user's text."
        item_words: int = Field(default=50, ge=1)
        "Most words of an item's text."
        history: int = Field(default=20, ge=1)
        "How many last titles `b+h` shows."
        introduction: str = Field(default="I enjoy items like those on offer here.", min_length=1)
        "What every user says of their taste before the first interaction."

    def __init__(
        self, config: Config, ask: AskModel, goods: Goods, n_users: int, store: MemoryStore, embedder: Embedder
    ) -> None:
        self.config, self.ask, self.goods, self.n_users = config, ask, goods, n_users
        self.store, self.embedder = store, embedder

    def start(self) -> Sequence[Entry]:
        """The introduction of every user, and a sentence for every item."""
        people = [Entry(scopes.taste(user), 0, self.config.introduction) for user in range(self.n_users)]
        words = self.config.item_words
        return people + [Entry(scopes.item(i), 0, first_text(self.goods, i, words)) for i in range(len(self.goods))]

    def touches(self, lesson: Lesson) -> frozenset[tuple[str, int]]:
        """The user and both items."""
        return frozenset({("user", lesson.user), ("item", lesson.positive), ("item", lesson.negative)})

    async def learn(self, lesson: Lesson, settled: int) -> Learned:
        """One lesson; see the class."""
        both = lesson.negative, lesson.positive
        texts = scopes.text(self.store, scopes.item(both[0])), scopes.text(self.store, scopes.item(both[1]))
        steps = Steps(self.ask, lesson, (self.goods.titles[both[0]], self.goods.titles[both[1]]))
        user, right = scopes.text(self.store, scopes.taste(lesson.user)), list[bool]()
        try:
            reasons = ""
            for turn in range(self.config.rounds):
                chosen, reasons = await steps.choose([shown.taste(user)], texts)
                right.append(chosen)
                if not chosen or turn == 0:
                    user = await steps.user_text(
                        [shown.taste(user)], texts, reasons, right=chosen, limit=self.config.user_words
                    )
                    texts = await self._items(steps, user, texts, reasons, right=chosen)
            if right[-1]:
                texts = await self._items(steps, user, texts, reasons, right=True)
        except NoAnswer as why:
            return Learned(lesson, (), tuple(right), steps.calls, steps.cut, str(why))
        entries = [
            Entry(scopes.taste(lesson.user), lesson.tick, user),
            Entry(scopes.item(lesson.positive), lesson.tick, texts[1]),
        ]
        if self.config.update_negative:
            entries.append(Entry(scopes.item(lesson.negative), lesson.tick, texts[0]))
        return Learned(lesson, tuple(entries), tuple(right), steps.calls, steps.cut)

    async def rank(
        self, user: int, candidates: Sequence[int], variant: Variant, *, tick: int, history: Sequence[int] = ()
    ) -> tuple[int, ...] | None:
        """Places of ``candidates`` (item ids), best first; None without a valid answer.

        ``tick`` is the time of prediction: only what was written before it is read. ``history`` are the items the user
        took before it, oldest first; `b+h` shows the last ``config.history`` titles of it, and nothing else does.
        """
        texts = [scopes.text(self.store, scopes.item(item), tick) for item in candidates]
        person = [shown.taste(scopes.text(self.store, scopes.taste(user), tick))]
        if variant == "b+r":
            past = self.store.log(scopes.taste(user), tick)[1:-1]
            person.append(shown.taste(nearest(self.embedder, [entry.text for entry in past], texts), "earlier"))
        if variant == "b+h":
            person.append(Block("history", [self.goods.titles[item] for item in history[-self.config.history :]]))
        titles = [self.goods.titles[item] for item in candidates]
        return await ordered(self.ask, person, titles, texts, user=user, tick=tick, number=number_of(variant))

    async def between(self, settled: int, *, over: bool = False) -> None:
        """Nothing: users share nothing but items."""

    def state(self) -> str:
        """Nothing: all it knows is in the memories."""
        return ""

    def load(self, state: str) -> None:
        """Nothing to take up."""

    async def _items(self, steps: Steps, user: str, texts: Pair, reasons: str, *, right: bool) -> Pair:
        """The items' new texts; the negative keeps its own unless it learns too."""
        new = await steps.item_texts([shown.taste(user)], texts, reasons, right=right, limit=self.config.item_words)
        return (new[0] if self.config.update_negative else texts[0], new[1])


def first_text(goods: Goods, item: int, limit: int) -> str:
    """What an item says of itself before the first lesson: its title and its category."""
    title, category = goods.titles[item], goods.categories[item]
    return cut(f"This is {title}; its category is {category}." if category else f"This is {title}.", limit)


def number_of(variant: Variant) -> int:
    """Tells the ranking asks of one user at one tick apart."""
    return {"b": 0, "b+r": 1, "b+h": 2}[variant]
