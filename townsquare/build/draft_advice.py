"""Who looks at drafts on a moderated timeline before they are posted: a moderator, or one who suggests other words."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from townsquare.agents.drafts.advisor import DraftAdvisor
from townsquare.agents.drafts.consent import Consent
from townsquare.agents.drafts.llm import LLMDraftParts
from townsquare.agents.drafts.words import WordDraftParts
from townsquare.agents.minds.author import Advises, Warned
from townsquare.agents.persona_sampling import Cast as Personas
from townsquare.build.models import Models
from townsquare.protocols.asking import AskModel, together
from townsquare.protocols.columns import IntArray
from townsquare.protocols.drafts import Advice, DraftParts, Embeds, Reaction
from townsquare.protocols.moderator import ACTIONS, HARMLESS, Moderator, Posts, Span
from townsquare.protocols.registry import make
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.streams import Streams
from townsquare.sim.environments.moderated_notes import Notes
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.environments.timeline_posts import TimelinePosts
from townsquare.sim.moderators.harm_words import read
from townsquare.sim.moderators.normalise import normalised
from townsquare.sim.scenarios.authors import Advising
from townsquare.sim.scenarios.moderation import Moderation

_UNKNOWN = 0.5
"""Score of a draft of which nobody could say how harmful it is, as moderators have it that abstain."""
_ONE = np.zeros(1, np.int64)


def advises_of(
    scenario: Moderation,
    streams: Streams,
    models: Models | None,
    moderator: Moderator | None,
    notes: Notes,
    town: "Audience",
) -> Advises | None:
    """Who looks at drafts; None where nobody does. ``moderator``: the one that stands there, if it is one."""
    of = scenario.advising
    if of is None:
        return None if moderator is None else warned_by(moderator, notes)
    ask = None
    if of.parts == "model":
        assert models is not None
        ask = models.ask("author.advice")
    return advised_by(of, streams, ask, notes, town)


def warned_by(moderator: Moderator, notes: Notes) -> Advises:
    """A moderator that looks at drafts: whatever it would do something about, it warns of."""

    async def warns(drafts: Sequence[str], agents: IntArray, tick: int) -> Sequence[Warned]:
        by = dict(zip(agents.tolist(), drafts, strict=True))  # drafts have no number yet; an author has one a tick
        items = np.asarray(agents, np.int64)
        posts = Posts(tick, items, agents, np.zeros(len(items), np.int64), items, lambda item: by[item])
        given = await reviewed(moderator, posts)
        warned = [ACTIONS[int(code)] not in HARMLESS for code in given.action]
        told = replace(given, action=np.where(warned, ACTIONS.index("warn"), given.action).astype(np.int8))
        notes.verdicts("author", [-1] * len(drafts), agents.tolist(), told)
        grounds = [tuple(column[row] for column in (given.category, given.rationale) if column and column[row])
                   for row in range(len(drafts))]  # fmt: skip
        return [Warned(one, None, why if one else ()) for one, why in zip(warned, grounds, strict=True)]

    return warns


class Audience:
    """What an advisor may know of the town: who follows whom, who they are, and what was posted; it changes nothing."""

    def __init__(self, cast: Cast, personas: Personas, posts: TimelinePosts, streams: Streams) -> None:
        """``personas`` says who a member is."""
        self.cast, self.personas, self.posts, self.streams = cast, personas, posts, streams
        self._followed = cast.follows.tocsc()

    def followers(self, author: int, most: int, tick: int) -> list[int]:
        """As many of those who follow an author, drawn at random, in the order of their ids."""
        if not most:
            return []
        start, end = self._followed.indptr[[author, author + 1]]
        there = np.sort(self._followed.indices[start:end]).astype(np.int64)
        order = np.argsort(self.streams.uniform("audience", tick, np.array([author]), there), kind="stable")
        return sorted(there[order[:most]].tolist())

    def consent(self, author: int, share: float, tick: int) -> Consent:
        """What an author lets be read: its own latest posts, or nothing. It is of one mind throughout a run."""
        given = Consent()
        if self.streams.uniform("consent", 0, np.array([author]), _ONE)[0] < share:
            recent = self.posts.between(max(tick - self.posts.keep, 0), tick)
            mine = recent[(self.posts["author"][recent] == author) & (self.posts["parent"][recent] < 0)]
            given.give([self.posts.texts[item] for item in mine.tolist() if item in self.posts.texts])
        return given

    def told(self, reaction: Reaction) -> str:
        """A line about how a follower may take it."""
        reports = ", and would report it" if reaction.would_report else ""
        reply = f": {reaction.reply}" if reaction.reply else ""
        return f"{self.cast.name(reaction.follower)} (imagined): {reaction.emotion}{reports}{reply}"


def advised_by(of: Advising, streams: Streams, ask: AskModel | None, notes: Notes, town: Audience) -> Advises:
    """One who suggests other words. Without ``ask`` rules on words of ours find, imagine and rewrite."""
    config = DraftAdvisor.Config(
        harmful=of.harmful, residual=of.residual, meaning=of.meaning, rewrites=of.rewrites, audience=of.audience
    )
    embedder: Embeds = make("embedder", "hashing", {}, streams)
    by_words = WordDraftParts(_reads, town.personas, streams)

    async def advise(draft: str, author: int, tick: int) -> Advice:
        parts: DraftParts = by_words if ask is None else LLMDraftParts(ask, town.personas, author, tick)
        consent = town.consent(author, of.consent, tick)
        followers = town.followers(author, of.audience, tick)
        return await DraftAdvisor(config, parts, embedder).advise(draft, followers, consent, tick)

    async def advises(drafts: Sequence[str], agents: IntArray, tick: int) -> Sequence[Warned]:
        given = await together(advise(draft, agent, tick) for draft, agent in zip(drafts, agents.tolist(), strict=True))
        return [_note(notes, agent, one, of, town) for agent, one in zip(agents.tolist(), given, strict=True)]

    return advises


def _note(notes: Notes, agent: int, advice: Advice, of: Advising, town: Audience) -> Warned:
    """What an author is told, which is on record; also that nobody could say whether a draft is harmful."""
    found = advice.detection
    if found is None:
        notes.add("author", -1, "abstain", _UNKNOWN, agent=agent, rationale=advice.note)
        return Warned(False)
    if not found.parts or found.score < of.harmful:
        return Warned(False)
    suggestion = None if advice.suggestion is None else advice.suggestion.text
    reactions = tuple(town.told(one) for one in advice.reactions)
    notes.add(
        "author",
        -1,
        "warn",
        found.score,
        agent=agent,
        category=found.parts[0].kind,
        rationale=found.parts[0].why,
        spans=[Span(part.start, part.end) for part in found.parts],
        evidence=[*([] if suggestion is None else [suggestion]), *reactions],
    )
    return Warned(True, suggestion, tuple(f"{part.text}: {part.why}" for part in found.parts), reactions)


def _reads(text: str) -> tuple[float, Sequence[tuple[str, str]]]:
    found = read(text)
    said = normalised(text)
    return found.score, [(said[span.start : span.end], found.kind) for span in found.spans]
