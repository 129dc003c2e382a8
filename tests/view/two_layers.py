"""A reader that keeps more than episodes: what it knows of each kind of news, and that put together with the rest."""

import numpy as np

from townsquare.agents.minds.llm_reader import LLMReader
from townsquare.agents.minds.remembering import headline
from townsquare.memory.layers import DualMemory, Update
from townsquare.protocols.columns import IntArray
from townsquare.protocols.events import KIND, Events
from townsquare.protocols.registry import register

MIND = "llm-two-layers"
DOMAINS = ("liked", "opened")


@register("mind", MIND)
class TwoLayers(LLMReader):
    """``LLMReader`` that rewrites a text per domain, and the fused one, after every tick (``DualMemory``)."""

    def remember(self, tick: int, events: Events) -> None:
        """The episode as ever; then both layers of the domain that the tick was about."""
        read = {agent: dict(texts) for agent, texts in self._read.items()}
        super().remember(tick, events)
        store = self.remembering.memory
        assert store is not None
        memory = DualMemory(DualMemory.Config(), store, DOMAINS)
        for agent in sorted(read):
            opened, liked = (_items(events, agent, kind) for kind in ("click", "like"))
            if not len(opened):
                continue
            if not memory.separated(agent, "opened", tick + 1):
                memory.begin(agent, dict.fromkeys(DOMAINS, "Nothing is known yet."), tick)
            domain, items = ("liked", liked) if len(liked) else ("opened", opened)
            named = headline(read[agent][int(items[-1])])
            separated = f"By round {tick} I {domain} {len(items)} articles of {len(opened)}, the last '{named}'."
            fused = memory.material(agent, domain, tick + 1, separated).text()
            memory.write(Update(agent, domain, tick, separated, f"{separated} {len(fused)} letters lie behind it."))


def _items(events: Events, agent: int, kind: str) -> IntArray:
    found: IntArray = events.item[np.asarray((events.agent == agent) & (events.kind == KIND[kind]))]
    return found
