"""A reader's filter: screen, perceive, relate, judge, dispute, protect (arXiv 2604.17459; our reconstruction)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from townsquare.protocols.filtering import Aspect, Fact, FilterParts, Opinion, Shown
from townsquare.protocols.settings import Settings
from townsquare.sim.moderators.word_counts import words
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph
from townsquare.sim.preferences.word_parts import ENOUGH, excepted

Why = Literal["screened", "shown", "hidden", "protected", "disputed", "ungrounded", "no answer"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an item, and on what grounds: everything that a reader needs to say right or wrong."""

    item: str
    shown: bool
    why: Why
    """``screened``: the first look found nothing, no more was asked; ``ungrounded``: the judge cited no fact that there
    is, so the item is shown; ``disputed``: judge and dispute disagreed, so it is shown."""
    starred: bool = False
    facts: tuple[Fact, ...] = ()
    """Those that were cited."""
    facets: tuple[str, ...] = ()
    """Those that the cited facts support."""
    deltas: tuple[int, ...] = ()
    """The changes that made these facets what they are."""
    reason: str = ""


class PreferenceFilter:
    """Hides what a reader's graph wants hidden, and can say why. Nothing is hidden without a fact that supports it."""

    class Config(Settings):
        """When it looks closer."""

        low: float = Field(default=0.25, ge=0, le=1)
        "First look: below this score an item is shown, and nothing more is asked (our reconstruction)."
        tiebreak: bool = False
        "Whether the judge is asked a second time where it and the dispute disagree; else the item is shown."

    def __init__(self, config: Config, graph: PreferenceGraph, parts: FilterParts) -> None:
        self.config, self.graph, self.parts = config, graph, parts
        self.log: list[Decision] = []
        """Every decision, in order: what was hidden stays reviewable."""
        self.tally = {"items": 0, "screened": 0, "judged": 0}

    async def decide(self, items: Sequence[Shown]) -> list[Decision]:
        """One decision per item, in their order; they are kept in ``log`` as well."""
        made = [await self._one(item) for item in items]
        self.log += made
        return made

    def wrong(self, decision: Decision, exception: str, tick: int = 0) -> list[int]:
        """The reader says that it was wrong to hide this: an exception for the facets that were cited, not a weaker
        concern. Numbers of the changes.
        """
        return [
            self.graph.change(facet, "add_exception", value=exception, evidence=decision.item, tick=tick).id
            for facet in decision.facets
        ]

    def missed(self, item: Shown, facet: str, amount: float = 0.2, tick: int = 0) -> int:
        """The reader says that this should have been hidden: the facet matters more. Number of the change."""
        return self.graph.change(facet, "strengthen", amount=amount, evidence=item.id, tick=tick).id

    def revoke(self) -> dict[str, int]:
        """Forget the graph, and every decision that was made by it."""
        self.log.clear()
        return self.graph.revoke()

    async def _one(self, item: Shown) -> Decision:
        self.tally["items"] += 1
        if self._first_look(item) < self.config.low:
            self.tally["screened"] += 1
            return Decision(item.id, True, "screened")
        self.tally["judged"] += 1
        aspects = self._aspects()
        facts = list(await self.parts.perceive(item))
        told = await self.parts.relate(item, facts, aspects)
        by_id = {fact.id: fact for fact in facts}
        supported = {
            aspect.id: tuple(f for f in facts if told.get((f.id, aspect.id)) == "supports" and not excepted(f, aspect))
            for aspect in aspects
        }
        protecting = next((a for a in aspects if a.protects and a.weight >= ENOUGH and supported[a.id]), None)
        if protecting is not None:
            return self._told(item, True, "protected", supported[protecting.id], (protecting.id,), starred=True)
        opinion = await self.parts.judge(item, facts, aspects, told)
        if opinion.hide is None:
            return Decision(item.id, True, "no answer", reason=opinion.why)
        if not opinion.hide:
            return Decision(item.id, True, "shown", reason=opinion.why)
        cited = tuple(by_id[id] for id in opinion.facts if id in by_id)
        grounds = tuple(
            a.id for a in aspects if not a.protects and a.weight >= ENOUGH and set(cited) & set(supported[a.id])
        )
        if not grounds or len(cited) < len(opinion.facts):
            return Decision(item.id, True, "ungrounded", reason=opinion.why)
        if not await self._upheld(item, facts, aspects, opinion):
            return self._told(item, True, "disputed", cited, grounds, reason=opinion.why)
        return self._told(item, False, "hidden", cited, grounds, reason=opinion.why)

    async def _upheld(self, item: Shown, facts: list[Fact], aspects: list[Aspect], opinion: Opinion) -> bool:
        other = await self.parts.dispute(item, facts, aspects, opinion.facts)
        if other.hide:
            return True
        if not self.config.tiebreak:
            return False
        again = await self.parts.judge(item, facts, aspects, await self.parts.relate(item, facts, aspects))
        return bool(again.hide)

    def _first_look(self, item: Shown) -> float:
        """How much an item may have to do with any concern: the weight of the strongest that it has a word of."""
        held = set(words(" ".join([item.text, *item.images])))
        best = 0.0
        for node in self.graph.concerns():
            assert isinstance(node.what, Concern)
            entries = [*node.what.words, *(w for facet in self.graph.facets(node.id) for w in _facet(facet.what).words)]
            if any(held & set(words(entry)) for entry in entries):
                best = max(best, node.weight)
        return best

    def _aspects(self) -> list[Aspect]:
        found = []
        for node in self.graph.facets():
            facet = _facet(node.what)
            concern = self.graph.nodes[facet.concern]
            assert isinstance(concern.what, Concern)
            weight = min(node.weight, 1.0) if concern.weight > 0 else 0.0
            protects = concern.what.polarity == "protect"
            exceptions = (*node.exceptions, *concern.exceptions)
            found.append(Aspect(node.id, facet.description, facet.modality, facet.words, weight, exceptions, protects))
        return found

    def _told(
        self,
        item: Shown,
        shown: bool,
        why: Why,
        facts: tuple[Fact, ...],
        facets: tuple[str, ...],
        *,
        starred: bool = False,
        reason: str = "",
    ) -> Decision:
        deltas = tuple(sorted({id for facet in facets for id in self.graph.nodes[facet].deltas}))
        return Decision(item.id, shown, why, starred, facts, facets, deltas, reason)


def _facet(what: Concern | Facet) -> Facet:
    assert isinstance(what, Facet)
    return what
