"""An author on a moderated timeline, without a language model: posts what it is up to, and may be advised (ours)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from townsquare.agents.minds.author_words import DRAWS, author_words, harm_of
from townsquare.agents.minds.member import Member
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.observations import Observations
from townsquare.protocols.post_kinds import ADVISED, KIND, KINDS, MILDER
from townsquare.protocols.streams import Streams


@dataclass(frozen=True, slots=True)
class Warned:
    """What an author is told about a draft."""

    warned: bool
    """False also where nobody could say."""
    suggestion: str | None = None
    """Another way to say it; None where there is none."""
    why: tuple[str, ...] = ()
    """What was found in it, a line each."""
    reactions: tuple[str, ...] = ()
    """How followers may take it, a line each; imagined."""


Advises = Callable[[Sequence[str], IntArray, int], Awaitable[Sequence[Warned]]]
"""From drafts, their authors and the tick to what each is told."""
Disguises = Callable[[str, str, np.random.Generator, float], str]
"""``disguised``: a text, how, a generator and the share of what is changed."""


class Author(Member):
    """A ``Member`` that posts what the trait ``kind`` says, from sentences or from a table of texts.

    Where the trait ``disguise`` is the number of one, the text of a post that is not benign is changed by it, a share
    ``letters`` of its letters. Where somebody advises, an author that is warned takes the suggestion with the chance
    ``accepts``, says it milder in its own words with the chance ``edits`` (and where it would accept, and there is no
    suggestion), and posts the draft to the letter otherwise. A post's ``value`` is what it did about advice
    (``ADVICE``). A blurred post (feature ``blurred``) is opened with the chance ``opens``.

    Needs the traits ``opinion``, ``kind`` and ``disguise`` for the task "post", besides those of ``Member``.
    """

    class Config(Member.Config):
        """What authors do about advice and blur."""

        accepts: float = Field(default=0.4, ge=0, le=1)
        "How likely a warned author takes a suggestion."
        edits: float = Field(default=0.2, ge=0, le=1)
        "How likely a warned author says it milder in its own words."
        opens: float = Field(default=0.5, ge=0, le=1)
        "How likely a reader opens a post that is blurred."
        how: tuple[str, ...] = ()
        "Disguises, by number."
        letters: float = Field(default=0.3, ge=0, le=1)
        "Share of the letters that a disguise changes."

    config: Config

    def __init__(
        self,
        config: Config,
        streams: Streams,
        *,
        texts: Mapping[int, Sequence[str]] | None = None,
        advises: Advises | None = None,
        disguised: Disguises | None = None,
    ) -> None:
        """``texts``: by kind what is posted instead of our sentences; a kind without any keeps these."""
        super().__init__(config, streams)
        self.texts, self.advises, self.disguised = texts or {}, advises, disguised

    async def decide(self, seen: Observations) -> Actions:
        """Task "browse": clicks, likes and answers; task "post": a post each."""
        if seen.task != "post":
            return self._opened(seen, self._browse(seen))
        kinds: IntArray = seen.traits["kind"].astype(np.int64)
        drafts = self._drafts(seen, kinds)
        choice: IntArray = np.zeros(len(seen), np.int64)
        if self.advises is not None and len(seen):
            told = await self.advises(drafts, seen.agents, seen.tick)
            choice = self._chosen(seen, told)
            milder = np.where(choice == ADVISED["edited"], np.array(MILDER)[kinds], kinds)
            milder[choice == ADVISED["accepted"]] = KIND["benign"]
            own = self._said_by(seen, milder)
            for row in np.flatnonzero(choice).tolist():
                if choice[row] == ADVISED["accepted"]:
                    drafts[row] = told[row].suggestion or drafts[row]
                elif choice[row] == ADVISED["edited"]:
                    drafts[row] = own[row]
            kinds = milder
        harm = harm_of(kinds, self._number("harm of post", seen))
        vector = np.stack([seen.traits["opinion"], harm], axis=1)
        none = np.full(len(seen), -1)
        return Actions.of("post", seen.agents, none, value=choice.astype(np.float64), vector=vector, text=drafts)

    def _drafts(self, seen: Observations, kinds: IntArray) -> list[str]:
        """What authors mean to post, disguises put on."""
        said = self._said_by(seen, kinds)
        if self.disguised is None:
            return said
        return [
            in_disguise(text, seen, row, self.config.how, self.config.letters, self.streams, self.disguised)
            for row, text in enumerate(said)
        ]

    def _said_by(self, seen: Observations, kinds: IntArray) -> list[str]:
        numbers = np.stack([self._number(f"words of post {i}", seen) for i in range(DRAWS)], axis=1)
        said = author_words(kinds, numbers)
        for row, kind in enumerate(kinds.tolist()):
            if held := self.texts.get(kind):
                said[row] = held[int(numbers[row, 0] * len(held))]
        return said

    def _chosen(self, seen: Observations, told: Sequence[Warned]) -> IntArray:
        """(n,) codes of ``ADVICE``."""
        draw = self._number("advice", seen)
        warned = np.array([one.warned for one in told], bool)
        offered = np.array([one.suggestion is not None for one in told], bool)
        accepts, edits = draw < self.config.accepts, draw < self.config.accepts + self.config.edits
        choice = np.where(edits, ADVISED["edited"], ADVISED["ignored"])
        choice = np.where(accepts & offered, ADVISED["accepted"], choice)
        return np.where(warned, choice, 0)

    def _opened(self, seen: Observations, actions: Actions) -> Actions:
        """Without what would be done with blurred posts that nobody opens."""
        blurred = seen.features.get("blurred")
        if blurred is None or not blurred.any():
            return actions
        closed: BoolArray = (blurred > 0) & (self._draw("open", seen) >= self.config.opens)
        row, slot = np.nonzero(closed)
        span = np.int64(max(int(seen.items.max(initial=0)), int(actions.item.max(initial=0))) + 2)
        shut = seen.agents[row].astype(np.int64) * span + seen.items[row, slot]
        kept: BoolArray = ~np.isin(actions.agent.astype(np.int64) * span + actions.item, shut)
        return actions.where(kept)

    def _number(self, name: str, seen: Observations) -> FloatArray:
        return self.streams.uniform(name, seen.tick, seen.seats, np.zeros(1, np.int64))


def in_disguise(
    text: str, seen: Observations, row: int, how: Sequence[str], letters: float, streams: Streams, disguised: Disguises
) -> str:
    """What the author of a row posts for ``text``: changed where it has a disguise (trait ``disguise``, the number of
    one of ``how``), and the post is not benign (trait ``kind``).
    """
    which = int(seen.traits["disguise"][row])
    if which < 0 or int(seen.traits["kind"][row]) == KIND["benign"]:
        return text
    return disguised(text, how[which], streams.get("disguise", seen.tick, int(seen.seats[row])), letters)


def examples(count: int, streams: Streams) -> tuple[list[str], IntArray]:
    """``count`` texts to learn from, as many of each kind, and their kinds: of a third of what authors say.

    Equal texts are left out, so there may be fewer.
    """
    kinds = np.arange(count) % len(KINDS)
    rows = np.arange(count)
    numbers = streams.uniform("examples", 0, rows[:, None], np.arange(DRAWS)[None, :])
    kept = dict(zip(author_words(kinds, numbers, part=True), kinds.tolist(), strict=True))
    return list(kept), np.array(list(kept.values()), np.int64)
