"""AgentCF++: a text per user and domain, fused across domains, and circles that share what they took.

Liu et al., arXiv 2502.13843 (the paper's full text and the authors' code; where they differ the class says which).
"""

import json
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from townsquare.agents.choosers import scopes
from townsquare.agents.choosers.agentcf import first_text, number_of
from townsquare.agents.choosers.answers import GroupName, Tags
from townsquare.agents.choosers.circles import Circle, Grouping, lately
from townsquare.agents.choosers.length import cut
from townsquare.agents.choosers.lessons import Goods, Learned, Lesson
from townsquare.agents.choosers.prompts import shown
from townsquare.agents.choosers.prompts.name_group import name_group
from townsquare.agents.choosers.prompts.tags import tags
from townsquare.agents.choosers.ranking import Variant, ordered
from townsquare.agents.choosers.retrieval import nearest
from townsquare.agents.choosers.steps import NoAnswer, Steps
from townsquare.agents.choosers.together import together
from townsquare.agents.prompts.quoting import Block
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.memory import Embedder, Entry, MemoryStore, Scope
from townsquare.protocols.settings import Settings


class AgentCFPlus:
    """Learns a separated text S and a fused text F per user and domain, and one text per item.

    One lesson in domain d is 4 calls: the choice from S(u,d), F(u,d) and the circles (the paper; the released code
    shows F only); the reflection that rewrites S(u,d); the fusion that writes F(u,d) from its previous version and all
    S(u,.); the reflection of both items, in the light of the new F(u,d). All of it is kept, or nothing.

    Circles come from tags that the model reads out of the separated texts (the code's choice). They are made anew every
    ``regroup`` lessons and after the last one. What a circle remembers is what its members took, by domain; during
    training up to the last full batch, at a test up to the time of prediction. Who belongs to it is as last made.

    Ablations (``use``) decide what prompts show, and nothing else: with ``dual`` S and F, with ``shared`` S and the
    circles, with ``both`` all three, with ``none`` S alone; where F is not shown, items learn from S. (The paper's
    ablations start from AgentCF, which keeps one text over all domains: the ranker agentcf.) S and F start with the
    same sentence (the code; the paper starts with nothing). Prompts are in our words.
    """

    class Config(Settings):
        """How it learns and ranks."""

        use: Literal["both", "dual", "shared", "none"] = "both"
        "What prompts show besides the separated text: the fused text (dual), the circles (shared), both, or none."
        domain_words: int = Field(default=150, ge=1)
        "Most words of a user's separated text."
        fused_words: int = Field(default=180, ge=1)
        "Most words of a user's fused text."
        item_words: int = Field(default=50, ge=1)
        "Most words of an item's text."
        history: int = Field(default=20, ge=1)
        "How many last titles `b+h` shows."
        circle_titles: int = Field(default=5, ge=1)
        "How many titles of each circle are shown."
        tags: int = Field(default=10, ge=1)
        "Most tags read out of a user's texts."
        regroup: int = Field(default=0, ge=0)
        "Lessons between two makings of the circles, rounded up to whole batches; 0 makes them after the last one only."

    def __init__(
        self,
        config: Config,
        ask: AskModel,
        goods: Goods,
        domains: Sequence[Sequence[str]],
        store: MemoryStore,
        embedder: Embedder,
        grouping: Grouping,
    ) -> None:
        """``domains`` are those each user has, by user id, in the order in which prompts show them."""
        self.config, self.ask, self.goods, self.domains = config, ask, goods, domains
        self.store, self.embedder, self.grouping = store, embedder, grouping
        self.circles: tuple[Circle, ...] = ()
        self._grouped = 1

    def start(self) -> Sequence[Entry]:
        """A sentence per user and domain in both layers, and one per item."""
        people = []
        for user, domains in enumerate(self.domains):
            for domain in domains:
                words = f"I buy things online and enjoy {domain or 'items like those on offer here'}."
                people += [Entry(scope, 0, words) for scope in (scopes.taste(user, domain), scopes.fused(user, domain))]
        limit = self.config.item_words
        return people + [Entry(self._item(i), 0, first_text(self.goods, i, limit)) for i in range(len(self.goods))]

    def touches(self, lesson: Lesson) -> frozenset[tuple[str, int]]:
        """The user and both items."""
        return frozenset({("user", lesson.user), ("item", lesson.positive), ("item", lesson.negative)})

    async def learn(self, lesson: Lesson, settled: int) -> Learned:
        """One lesson; see the class."""
        config, user, domain = self.config, lesson.user, self.goods.domains[lesson.positive]
        both = lesson.negative, lesson.positive
        texts = scopes.text(self.store, self._item(both[0])), scopes.text(self.store, self._item(both[1]))
        steps = Steps(self.ask, lesson, (self.goods.titles[both[0]], self.goods.titles[both[1]]))
        right = list[bool]()
        try:
            chosen, why = await steps.choose(self.person(user, domain, before=None, news=settled), texts)
            right.append(chosen)
            before = [shown.taste(scopes.text(self.store, scopes.taste(user, domain)))]
            own = await steps.user_text(before, texts, why, right=chosen, limit=config.domain_words)
            separated = {**self._separated(user, None), domain: own}
            fused = scopes.text(self.store, scopes.fused(user, domain))
            fused = await steps.fused(domain, fused, separated, limit=config.fused_words)
            taste = [shown.taste(fused if self._dual else own)]
            texts = await steps.item_texts(taste, texts, why, right=chosen, limit=config.item_words)
        except NoAnswer as trouble:
            return Learned(lesson, (), tuple(right), steps.calls, steps.cut, str(trouble))
        entries = [
            Entry(scopes.taste(user, domain), lesson.tick, own),
            Entry(scopes.fused(user, domain), lesson.tick, fused),
            Entry(self._item(both[0]), lesson.tick, texts[0]),
            Entry(self._item(both[1]), lesson.tick, texts[1]),
            Entry(scopes.taken(user, domain), lesson.tick, self.goods.titles[both[1]], item=both[1]),
        ]
        return Learned(lesson, tuple(entries), tuple(right), steps.calls, steps.cut)

    async def rank(
        self, user: int, candidates: Sequence[int], variant: Variant, *, tick: int, history: Sequence[int] = ()
    ) -> tuple[int, ...] | None:
        """Places of ``candidates`` (item ids), best first; None without a valid answer. Arguments as in AgentCF.

        The domain is that of most candidates, in a draw the first in the alphabet.
        """
        kinds = sorted(self.goods.domains[item] for item in candidates)
        domain = max(kinds, key=kinds.count)
        texts = [scopes.text(self.store, self._item(item), tick) for item in candidates]
        person = self.person(user, domain, before=tick, news=tick)
        if variant == "b+r":
            scope = scopes.fused(user, domain) if self._dual else scopes.taste(user, domain)
            past = self.store.log(scope, tick)[1:-1]
            person.append(shown.taste(nearest(self.embedder, [entry.text for entry in past], texts), "earlier"))
        if variant == "b+h":
            person.append(Block("history", [self.goods.titles[item] for item in history[-self.config.history :]]))
        titles = [self.goods.titles[item] for item in candidates]
        return await ordered(self.ask, person, titles, texts, user=user, tick=tick, number=number_of(variant))

    def person(self, user: int, domain: str, *, before: int | None, news: int) -> list[Block]:
        """What a prompt about one domain shows of a user: of other domains only what fusion took from them.

        ``before`` bounds the texts in time, ``news`` what the circles took.
        """
        found = [shown.taste(scopes.text(self.store, scopes.taste(user, domain), before))]
        if self._dual:
            found.append(shown.taste(scopes.text(self.store, scopes.fused(user, domain), before), "fused"))
        if self._shared:
            most = self.config.circle_titles
            heard = lately(self.circles, self.store, user, domain, before=news, most=most)
            found += [Block("circle", [name, *titles]) for name, titles in heard]
        return found

    async def between(self, settled: int, *, over: bool = False) -> None:
        """Make the circles anew when it is time, or training is over."""
        due = self.config.regroup > 0 and settled - self._grouped >= self.config.regroup
        if self._shared and (over or due):
            self.circles, self._grouped = await self._new_circles(settled), settled

    def state(self) -> str:
        """The circles, as JSON."""
        return json.dumps([self._grouped, [[c.name, c.tags, c.members] for c in self.circles]])

    def load(self, state: str) -> None:
        """The circles that ``state`` had."""
        self._grouped, circles = json.loads(state)
        self.circles = tuple(Circle(name, tuple(words), tuple(members)) for name, words, members in circles)

    async def _new_circles(self, tick: int) -> tuple[Circle, ...]:
        """Ask for tags, group them, ask for names. A user without a valid answer has no tags; a circle without a name
        goes by its first tags.
        """
        answers = await together(
            self.ask(Ask("tag", user, tick, tags(self._separated(user, tick), most=self.config.tags), Tags))
            for user in range(len(self.domains))
        )
        said = [answer.value.interest_tags if answer.value is not None else [] for answer in answers]
        found = [[tag.strip().lower() for tag in of if tag.strip()][: self.config.tags] for of in said]
        grouped = self.grouping(dict(enumerate(found)), tick)
        named = await together(
            self.ask(Ask("name", -1, tick, name_group(circle.tags), GroupName, number=number))
            for number, circle in enumerate(grouped)
        )
        circles = []
        for circle, answer in zip(grouped, named, strict=True):
            name = cut(answer.value.name, 5) if answer.value is not None else ""
            circles.append(Circle(name or ", ".join(circle.tags[:3]), circle.tags, circle.members))
        return tuple(circles)

    @property
    def _dual(self) -> bool:
        return self.config.use in ("both", "dual")

    @property
    def _shared(self) -> bool:
        return self.config.use in ("both", "shared")

    def _item(self, number: int) -> Scope:
        return scopes.item(number, self.goods.domains[number])

    def _separated(self, user: int, before: int | None) -> dict[str, str]:
        """The user's separated texts by domain."""
        return {domain: scopes.text(self.store, scopes.taste(user, domain), before) for domain in self.domains[user]}
