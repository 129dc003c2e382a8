"""Shills without a language model: the same steps by rule, with phrases of ours."""

from collections.abc import Iterator, Sequence

import numpy as np

from townsquare.agents.reviewers.behavioural import two_of
from townsquare.agents.reviewers.phrases import DRAWS, comparing, composed, level_of, pick, tasting
from townsquare.agents.shills.acting import Account, Rated, Sketch, Written
from townsquare.agents.shills.memory import Memory
from townsquare.agents.shills.pages import Pages
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.streams import Streams

_OWN, _LEAST, _MOST = 3, 5, 8
"""Interests that are the target's own, and how many there are."""
_NEIGHBOURS = 10
"""Items near the target from which the other interests come."""
_TEMPERATURE = 0.25
_MENTIONS = 0.4
"""Share of reviews that mention what is remembered, where anything is."""
_ATTEMPTS = 20
"""Wordings that are tried until none names a target."""

_FELT = ("Hated the {} one.", "Disliked the {} one.", "The {} one was so-so.", "Liked the {} one.", "Loved the {} one.")


class Behavioural:
    """Our own rules in place of a language model; never poses as one.

    Interests: up to three words of the target's page, then words of the ten items nearest to it, five to eight in all.
    Choice: in proportion to exp((match + liking) / 0.25), liking being the mean over memories of feeling times cosine.
    Review: as honest customers' (``reviewers.phrases``), in four of ten with a word on what is remembered, and the
    features to be woven in as one sentence more.
    """

    def __init__(self, pages: Pages, targets: IntArray, streams: Streams) -> None:
        self.pages, self.targets, self.streams = pages, targets, streams

    async def sketch(self, account: Account) -> Sketch:
        """Interests only: phrases need no more."""
        rng = self.streams.get("attack", "agent-shill", "sketch", account.number)
        own = list(self.pages.features(account.aim))
        mine = [own[place] for place in rng.permutation(len(own))[:_OWN]]
        near = self.pages.near(self.pages.vectors[account.aim])
        neighbours = np.lexsort((rng.random(len(near)), -near))[: _NEIGHBOURS + 1]
        others = [word for item in neighbours.tolist() if item != account.aim for word in self.pages.features(item)]
        others = [word for word in dict.fromkeys(others) if word not in mine]
        wanted = int(rng.integers(_LEAST, _MOST + 1)) - len(mine)
        return Sketch(interests=(*mine, *(others[place] for place in rng.permutation(len(others))[:wanted])))

    async def choose(
        self,
        account: Account,
        sketch: Sketch,
        step: int,
        items: IntArray,
        match: FloatArray,
        memories: Sequence[Memory],
    ) -> int:
        """The place of one item."""
        pull = match.copy()
        if memories:
            remembered = np.array([memory.vector for memory in memories])
            feelings = np.array([memory.feeling for memory in memories])
            pull += (self.pages.vectors[items] @ remembered.T * feelings).mean(axis=1)
        luck = self.streams.get("attack", "agent-shill", "choose", account.number, step).gumbel(size=len(items))
        return int(np.argmax(np.round(pull / _TEMPERATURE + luck, 6)))

    async def write(self, account: Account, sketch: Sketch, rated: Rated, memories: Sequence[Memory]) -> Written:
        """A review that names no target."""
        rng = self.streams.get("attack", "agent-shill", "write", account.number, rated.step)
        share = (rated.value - self.pages.scale.low) / (self.pages.scale.high - self.pages.scale.low)
        level, words = level_of(share), self.pages.features(rated.item)
        text = ""
        for _ in range(_ATTEMPTS):
            draws = iter(rng.random(2 * DRAWS).tolist())
            text = self._text(account, rated, level, words, memories, draws)
            if not self.pages.named_in(text, self.targets):
                break
        return Written(text, _FELT[level].format(pick(words, float(rng.random()))))

    def _text(
        self,
        account: Account,
        rated: Rated,
        level: int,
        words: Sequence[str],
        memories: Sequence[Memory],
        draws: Iterator[float],
    ) -> str:
        said = composed(level, two_of(words, next(draws), next(draws)), draws)
        mentions, place = next(draws) < _MENTIONS, next(draws)
        had = next((memory for memory in memories if memory.item >= 0), None)
        if had is not None and mentions:
            than = level - level_of((had.feeling + 1) / 2)
            said.append(comparing(than, pick(self.pages.features(had.item), next(draws)), draws))
        if rated.woven:
            said.insert(1 + int(place * len(said)), tasting(account.push, _listed(rated.woven), draws))
        return " ".join(said)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
