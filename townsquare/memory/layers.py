"""Memories in two layers per domain, and what circles of agents share (AgentCF++, Liu et al., SIGIR 2025).

Published: the layers, the two-step fusion, the group's last five titles. Derived: what each ablation leaves out.
Ours: one transaction per interaction, word limits that hold, and a time bound on every read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from townsquare.memory.interest_groups import Group, Groups
from townsquare.protocols.columns import IntArray
from townsquare.protocols.memory import Embedder, Entry, MemoryStore, Scope
from townsquare.protocols.settings import Settings

START = -1
"""The tick of a text that was there before anything happened."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What one group is seen to do."""

    group: Group
    titles: tuple[str, ...]
    """What its members chose in one domain, newest last."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an agent has in mind when it chooses in one domain; "" or () for what it has not, or may not use."""

    separated: str = ""
    fused: str = ""
    groups: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What a fused text is made from."""

    domain: str
    """The domain it is for."""
    previous: str
    """The fused text so far."""
    separated: Mapping[str, str]
    """The separated text of every domain the agent has, by domain in alphabetical order."""

    def text(self) -> str:
        """All of it under headings."""
        parts = [f"[What was known so far for {self.domain}]\n{self.previous}"]
        return "\n\n".join(parts + [f"[{domain}]\n{text}" for domain, text in self.separated.items()])


@dataclass(frozen=True, slots=True)
class Update:
    """What one interaction makes of the memories it touches: written together, or not at all."""

    user: int
    domain: str
    tick: int
    separated: str
    fused: str
    items: Mapping[int, str] = field(default_factory=dict)
    """New texts of the items in question, usually two."""
    chosen: int = -1
    """What the user chose; its groups get to see it under ``title``. -1 for nothing."""
    title: str = ""


class DualMemory:
    """Separated texts S(user, domain), fused texts F(user, domain), item texts and group memories, over one store.

    A user has the domains it was begun with, and exactly one S and one F for each. Everything lives in the store, all
    versions of it; this object only knows the groups, which ``regroup`` tells it. A tick is the caller's clock: what
    is written at one tick is read from the next one on.
    """

    class Config(Settings):
        """What agents may use, and how much of it."""

        use: Literal["both", "dual", "shared", "none"] = "both"
        """dual: separated and fused text; shared: separated text and groups; both: all three; none: the separated text.
        Decides what ``context`` returns and nothing else: what is written is the same."""
        titles: int = Field(default=5, ge=0)
        "Titles shown of each group."

    def __init__(
        self, config: Config, store: MemoryStore, domains: Sequence[str], embedder: Embedder | None = None
    ) -> None:
        """With an ``embedder`` every version of a text gets a vector, so that old ones can be recalled."""
        self.config, self.store, self.embedder = config, store, embedder
        self.domains = tuple(sorted(set(domains)))
        self._groupings: list[Groups] = []

    # what is written

    def begin(self, user: int, texts: Mapping[str, str], tick: int = START) -> IntArray:
        """Give a user the domains of ``texts``; both layers start with the text."""
        scopes = [_of(user, domain, layer) for domain in texts for layer in ("separated", "fused")]
        return self._write([(scope, texts[scope.domain]) for scope in scopes], tick)

    def describe(self, domain: str, texts: Mapping[int, str], tick: int = START) -> IntArray:
        """Set the texts of items."""
        return self._write([(_item(item, domain), text) for item, text in texts.items()], tick)

    def write(self, update: Update) -> IntArray:
        """All of an update in one transaction; serial numbers of S, F, the items in order, and the choice.

        Raises WordLimit, and leaves everything as it was, when one of the texts is too long.
        """
        texts = [
            (_of(update.user, update.domain, "separated"), update.separated),
            (_of(update.user, update.domain, "fused"), update.fused),
            *((_item(item, update.domain), text) for item, text in update.items.items()),
        ]
        choice = [_choice(update)] if update.chosen >= 0 else []
        return self._write(texts, update.tick, choice)

    def _write(self, texts: list[tuple[Scope, str]], tick: int, more: Sequence[Entry] = ()) -> IntArray:
        vectors = self.embedder.embed([text for _, text in texts]) if self.embedder else [None] * len(texts)
        entries = [
            Entry(scope, tick, text, vector=vector, item=scope.owner if scope.kind == "item" else -1)
            for (scope, text), vector in zip(texts, vectors, strict=True)
        ]
        return self.store.write([*entries, *more])

    def regroup(self, groups: Groups) -> None:
        """From ``groups.tick`` on these are the groups; those of before keep counting for what was before."""
        self._groupings.append(groups)

    # what is read

    def context(self, user: int, domain: str, tick: int) -> Context:
        """What the user has in mind at ``tick``: only what was written, chosen and grouped before."""
        use = self.config.use
        return Context(
            self.separated(user, domain, tick),
            self.fused(user, domain, tick) if use in ("dual", "both") else "",
            self.shared(user, domain, tick) if use in ("shared", "both") else (),
        )

    def separated(self, user: int, domain: str, tick: int) -> str:
        """S(user, domain) as it stood before ``tick``; "" when the user does not have the domain."""
        return self._text(_of(user, domain, "separated"), tick)

    def fused(self, user: int, domain: str, tick: int) -> str:
        """F(user, domain) as it stood before ``tick``."""
        return self._text(_of(user, domain, "fused"), tick)

    def item(self, item: int, domain: str, tick: int) -> str:
        """The text of an item as it stood before ``tick``."""
        return self._text(_item(item, domain), tick)

    def material(self, user: int, domain: str, tick: int, separated: str | None = None) -> Material:
        """What F(user, domain) is to be made from: its previous text, and S of every domain the user has.

        ``separated`` stands in for S(user, domain), which is not written before F is.
        """
        texts = {} if separated is None else {domain: separated}
        for other in self.domains:
            found = self.store.current(_of(user, other, "separated"), before=tick)
            if found is not None:
                texts.setdefault(other, found.text)
        return Material(domain, self.fused(user, domain, tick), dict(sorted(texts.items())))

    def shared(self, user: int, domain: str, tick: int) -> tuple[Shared, ...]:
        """For each of the user's groups the last titles its members chose in ``domain`` before ``tick``, newest last.

        The groups are the newest formed no later than ``tick``. Choices of one tick stand in the order of the members;
        a group without any is left out.
        """
        now = [groups for groups in self._groupings if groups.tick <= tick]
        shown = [] if not now else [Shared(g, self._titles(g, domain, tick)) for g in now[-1].of(user)]
        return tuple(one for one in shown if one.titles)

    def _titles(self, group: Group, domain: str, tick: int) -> tuple[str, ...]:
        if not self.config.titles:
            return ()
        newest = [
            entry
            for member in group.members
            for entry in self.store.log(_of(member, domain, "group"), tick)[-self.config.titles :]
        ]
        newest.sort(key=lambda entry: entry.tick)  # stable: members stand in order
        return tuple(entry.text for entry in newest[-self.config.titles :])

    def _text(self, scope: Scope, tick: int) -> str:
        found = self.store.current(scope, before=tick)
        return found.text if found else ""


def _of(user: int, domain: str, layer: Literal["separated", "fused", "group"]) -> Scope:
    return Scope(user, domain, layer)


def _item(item: int, domain: str) -> Scope:
    return Scope(item, domain, "separated", "item")


def _choice(update: Update) -> Entry:
    # by member and not by group, so that groups can be formed anew without rewriting what they share
    return Entry(_of(update.user, update.domain, "group"), update.tick, update.title, item=update.chosen)
