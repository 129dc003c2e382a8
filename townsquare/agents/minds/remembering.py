"""What an agent makes of what happened to it, and what of it comes back when it decides."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.events import KIND, Events
from townsquare.protocols.memory import Embedder, Entry, MemoryStore, Recalled, Scope

NAMED = 2
"""Items an episode names; the others are counted. So short that five fit into what a prompt has room for."""
HEADLINE_WORDS, HEADLINE_LETTERS = 8, 60
"""How much of an item an episode quotes. With these an episode stays below 40 words of a store, whatever the text."""


class Remembering:
    """Writes one episode per agent and tick, and finds the episodes that matter for a decision.

    Without a store nobody remembers anything; without an embedder the newest episodes come back instead of those that
    are about what lies before the agent.
    """

    def __init__(
        self, memory: MemoryStore | None, embedder: Embedder | None, *, recall: int = 5, domain: str = ""
    ) -> None:
        self.memory, self.embedder, self.k, self.domain = memory, embedder, recall, domain

    def recall(
        self, agents: IntArray, tick: int, about: Sequence[Sequence[str]], items: Sequence[Iterable[int]] | None = None
    ) -> list[tuple[str, ...]]:
        """For each of n agents at most ``recall`` episodes from before ``tick``, oldest first, in words.

        ``about`` are the texts each has at hand; the query is the mean of their vectors, so that a text before many
        agents is embedded once. ``items`` are their ids, for exact match. Nothing is written.
        """
        store, k = self.memory, self.k
        if store is None or not k or not len(agents):
            return [()] * len(agents)
        if self.embedder is None:
            logs = [store.log(Scope(int(agent), self.domain), before=tick)[-k:] for agent in agents]
            return [tuple(_told(entry, tick) for entry in log) for log in logs]
        queries = self._queries(about)
        found = store.recall(agents, queries, k, tick=tick, domain=self.domain, before=tick, items=items)
        return [self._words(store, found, row, tick) for row in range(len(agents))]

    def _words(self, store: MemoryStore, found: Recalled, row: int, tick: int) -> tuple[str, ...]:
        serials = sorted(int(serial) for serial in found.entry[row] if serial >= 0)
        entries = sorted((store.entry(serial) for serial in serials), key=lambda entry: entry.tick)
        return tuple(_told(entry, tick) for entry in entries)

    def _queries(self, about: Sequence[Sequence[str]]) -> FloatArray:
        assert self.embedder is not None
        texts = sorted({text for texts in about for text in texts}) or [""]
        place = {text: row for row, text in enumerate(texts)}
        vectors = np.asarray(self.embedder.embed(texts), np.float64)
        means = [vectors[[place[text] for text in texts]].mean(axis=0) if texts else vectors[0] * 0 for texts in about]
        return np.stack(means)

    def remember(self, tick: int, events: Events, read: Mapping[int, Mapping[int, str]]) -> None:
        """One episode for each agent of ``read`` that opened something, in one write.

        ``read`` maps agents to the texts of the items they meant to open, as they stood when the agents decided; what
        became of that is in ``events``.
        """
        if self.memory is None or not read:
            return
        mine = events.where(np.isin(events.agent, np.fromiter(read, np.int64, len(read))))
        clicked, liked = (_by_agent(mine, kind) for kind in ("click", "like"))
        written = []
        for agent in sorted(clicked):
            texts, likes = read[agent], set(liked.get(agent, ()))
            opened = [item for item in clicked[agent] if item in texts]
            if opened:
                first = next((item for item in opened if item in likes), opened[0])
                text = episode([texts[i] for i in opened if i in likes], [texts[i] for i in opened if i not in likes])
                written.append((agent, first, text, 0.7 if likes else 0.4))
        vectors = self._vectors([text for _, _, text, _ in written])
        self.memory.write(
            [
                Entry(Scope(agent, self.domain), tick, text, weight, vector, item)
                for (agent, item, text, weight), vector in zip(written, vectors, strict=True)
            ]
        )

    def _vectors(self, texts: Sequence[str]) -> Sequence[NDArray[np.float32] | None]:
        if self.embedder is None or not texts:
            return [None] * len(texts)
        return list(self.embedder.embed(texts))

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything remembered."""
        return {} if self.memory is None else self.memory.state()

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        if self.memory is not None:
            self.memory.load(state)


def _by_agent(events: Events, kind: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = events.where(events.kind == KIND[kind])
    for agent, item in zip(rows.agent.tolist(), rows.item.tolist(), strict=True):
        found.setdefault(agent, []).append(item)
    return found


def _told(entry: Entry, tick: int) -> str:
    ago = tick - entry.tick
    return f"{ago} round{'' if ago == 1 else 's'} ago: {entry.text}"


def episode(liked: Sequence[str], opened: Sequence[str]) -> str:
    """What somebody did, in the first person: two items by their headlines, the liked ones first, the rest by number.

    "I liked 'Bridge opens'. I opened 'Rain on Sunday' and 4 more." for one liked item and five others; "" for none.
    """
    named = [headline(text) for text in liked[:NAMED]]
    others = [headline(text) for text in opened[: NAMED - len(named)]]
    parts = []
    if named:
        parts.append(f"I liked {_listed(named, len(liked) - len(named))}.")
    if others:
        parts.append(f"I opened {_listed(others, len(opened) - len(others))}.")
    elif opened:
        parts.append(f"I opened {len(opened)} more.")
    return " ".join(parts)


def _listed(headlines: Sequence[str], more: int) -> str:
    quoted = [f"'{one}'" for one in headlines] + ([f"{more} more"] if more else [])
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def headline(text: str) -> str:
    """The beginning of an item, at most 8 words and 60 characters: its title, which ends at the first " | ".

    Of a line of facts without a title ("sport, by creator-3, 2 ticks old, 5 likes") the part before the first number
    between commas: age and likes will not be what they were.
    """
    title, bar, _ = clean(text).partition(" | ")
    if not bar:
        facts = title.split(", ")
        count = next((n for n, fact in enumerate(facts) if n and fact[:1].isdigit()), len(facts))
        title = ", ".join(facts[:count])
    words = title.split()
    short = " ".join(words[:HEADLINE_WORDS])
    cut = short[:HEADLINE_LETTERS].rstrip(" ,;:")
    return cut if len(words) <= HEADLINE_WORDS and cut == short else f"{cut}…"
