"""Who looks at new posts of a moderated timeline: the moderator of the channel, and the filters of readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from townsquare.protocols.columns import BoolArray
from townsquare.protocols.filtering import Fact, Shown
from townsquare.protocols.moderator import ACTIONS, HARMLESS, Moderator, Posts, Span, Verdicts
from townsquare.protocols.post_kinds import KINDS
from townsquare.protocols.reviewing import reviewed
from townsquare.sim.environments.moderated_notes import Notes
from townsquare.sim.preferences.filter import Decision, PreferenceFilter
from townsquare.sim.preferences.graph import Concern, Facet, PreferenceGraph
from townsquare.sim.preferences.kind_words import WORDS
from townsquare.sim.preferences.word_parts import WordParts
from townsquare.sim.scenarios.moderation import Policy

_TOLD = "moderator"
"""Id of the fact that a moderator tells readers' filters."""


@dataclass(frozen=True, slots=True)
class Ruled(Verdicts):
    """The verdicts of the channel, and which posts readers' policies hide."""

    hidden: BoolArray = field(default_factory=lambda: np.zeros((0, 0), bool))
    """(policies, n)."""


class Desk:
    """A moderator of the channel, if there is one, and readers' filters, with a note of what each says.

    A filter is the reader's own preference graph; what it sees in a post are its words, or where a moderator tells
    readers of posts, what that moderator says. Whoever has no policy has no filter. Without a moderator of the channel
    everything is abstained from, and ``rules`` is False.
    """

    def __init__(
        self,
        channel: Moderator | None,
        policies: Sequence[Policy],
        notes: Notes,
        *,
        tells: Moderator | None = None,
        breaks: Sequence[str] = (),
    ) -> None:
        """``tells``: what readers' filters go by instead of words; ``breaks``: the kinds that its harmful posts are
        where it names no kind.
        """
        self.channel, self.tells, self.breaks, self.notes = channel, tells, breaks, notes
        self.policies = tuple(policies)
        self._parts = _ToldParts()
        self.filters = [_filter(policy, self._parts, told=tells is not None) for policy in policies]

    @property
    def rules(self) -> bool:
        """Whether anybody moderates the channel."""
        return self.channel is not None

    @property
    def looked_closer(self) -> tuple[int, int]:
        """Posts that came before filters, and those at which they looked more than once."""
        return sum(one.tally["items"] for one in self.filters), sum(one.tally["judged"] for one in self.filters)

    async def review(self, posts: Posts) -> Ruled:
        """The channel's verdicts, and what readers' policies hide."""
        given = Verdicts.abstaining(len(posts)) if self.channel is None else await reviewed(self.channel, posts)
        items, authors = posts.items.tolist(), posts.authors.tolist()
        if self.channel is not None:
            self.notes.verdicts("channel", items, authors, given)
        hidden = np.zeros((len(self.policies), len(posts)), bool)
        shown = [Shown(str(item), posts.text(item)) for item in items] if self.policies else []
        if self.policies and self.tells is not None:
            self._parts.told = self._told(items, await reviewed(self.tells, posts))
        for place, (policy, made) in enumerate(zip(self.policies, self.filters, strict=True)):
            decisions = await made.decide(shown)
            made.log.clear()
            hidden[place] = [not one.shown for one in decisions]
            for row, one in enumerate(decisions):
                if not one.shown or one.starred:
                    self._note(policy.name, items[row], authors[row], one)
        return Ruled(
            given.action, given.score, given.rationale, given.category, given.spans, given.evidence, hidden=hidden
        )

    def _note(self, name: str, item: int, author: int, of: Decision) -> None:
        spans = [Span(fact.start, fact.end) for fact in of.facts if fact.start >= 0]
        self.notes.add(
            f"reader: {name}",
            item,
            "show" if of.shown else "remove",
            0.0 if of.shown else 1.0,
            agent=author,
            category=", ".join(of.facets),
            rationale=of.why,
            spans=spans,
            evidence=["what the moderator says" if fact.id == _TOLD else fact.statement for fact in of.facts],
        )

    def _told(self, items: Sequence[int], given: Verdicts) -> dict[str, Fact]:
        """By item what the moderator says, as a fact; nothing where it abstains."""
        found = {}
        for row, item in enumerate(items):
            name = given.category[row] if given.category else ""
            harmful = ACTIONS[int(given.action[row])] not in HARMLESS
            kinds = [name] if name in KINDS else list(self.breaks) if harmful else []
            if kinds and ACTIONS[int(given.action[row])] != "abstain":
                span = given.spans[row][0] if given.spans and len(given.spans[row]) else Span(-1, -1)
                found[str(item)] = Fact(_TOLD, "text", " ".join(map(_sign, kinds)), span.start, span.end)
        return found


class _ToldParts(WordParts):
    """``WordParts`` that also see what a moderator said of a post."""

    def __init__(self) -> None:
        self.told: Mapping[str, Fact] = {}

    async def perceive(self, item: Shown, /) -> Sequence[Fact]:
        """Sentences, and what was said."""
        fact = self.told.get(item.id)
        return [*await super().perceive(item), *([fact] if fact is not None else [])]


def _sign(kind: str) -> str:
    """The word by which a facet knows what a moderator said; nobody writes it."""
    return f"postisofkind{kind}"


def _filter(policy: Policy, parts: _ToldParts, *, told: bool) -> PreferenceFilter:
    """A filter for everybody with the policy. What a moderator tells is no word to look for first, so all is read."""
    graph = PreferenceGraph()
    for kind in policy.block:
        entries = (_sign(kind),) if told else WORDS[kind]
        graph.change(f"no {kind}", "add", value=Concern(name=f"{kind} posts", weight=1.0))
        graph.change(kind, "add", value=Facet(concern=f"no {kind}", description=f"is {kind}", words=entries))
    for name, entries, polarity in (("words", policy.words, "avoid"), ("protected", policy.protect, "protect")):
        if entries:
            graph.change(f"my {name}", "add", value=Concern(name=name, polarity=polarity, weight=1.0))  # type: ignore[arg-type]
            graph.change(name, "add", value=Facet(concern=f"my {name}", description="as listed", words=entries))
    return PreferenceFilter(PreferenceFilter.Config(low=0.0 if told else 0.25), graph, parts)
