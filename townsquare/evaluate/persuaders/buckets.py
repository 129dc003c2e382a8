"""Low, middle or high: how well posts did by the standards of their own accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.evaluate.persuaders.accuracy import proportion
from townsquare.evaluate.persuaders.families import wording
from townsquare.evaluate.persuaders.features import features
from townsquare.evaluate.persuaders.posts import Posts
from townsquare.protocols import InputError, IntArray, Streams
from townsquare.protocols.persuader import Post

FEWEST = 6
"""Posts an account needs for its thirds to mean anything."""
_DIMENSIONS = 2**14


@dataclass(frozen=True, slots=True)
class Bucketed:
    """Posts whose third is to be told, and others to learn from; no wording is on both sides."""

    asked: tuple[Post, ...]
    truth: IntArray
    """(asked,) 0 low, 1 middle, 2 high."""
    learnt: tuple[Post, ...]
    learnt_truth: IntArray

    def row(self, name: str, guesses: Sequence[int | None], streams: Streams) -> dict[str, Any]:
        """Accuracy over the posts that were answered, with a bootstrap over posts; ``largest`` is the share of the
        largest third (ties make them uneven), and what one gets who always says the same.
        """
        there = [place for place, guess in enumerate(guesses) if guess is not None]
        right = [float(guesses[place] == self.truth[place]) for place in there]
        share, low, high = proportion(right, there, streams.get("buckets", name))
        counts = np.bincount(self.truth, minlength=3)
        return {
            "judge": name,
            "posts": len(self.asked),
            "answered": len(there),
            "accuracy": round(share, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "chance": round(1 / 3, 4),
            "largest": round(float(counts.max() / counts.sum()), 4),
        }


def thirds(posts: Posts) -> IntArray:
    """(n,) 0, 1 or 2: the third of its account's posts by likes; -1 for accounts with fewer than six posts.

    Cut-offs are not published for the zero-shot prompt; account-relative terciles are our reconstruction. Posts with
    equal likes share the mean of their ranks, and so a third.
    """
    codes: dict[str, list[int]] = {}
    for row, post in enumerate(posts.posts):
        codes.setdefault(post.account, []).append(row)
    likes, found = posts.likes, np.full(len(posts), -1)
    for rows in codes.values():
        if len(rows) >= FEWEST:
            ordered = np.sort(likes[rows])
            first, last = (np.searchsorted(ordered, likes[rows], side=side) for side in ("left", "right"))
            found[rows] = ((first + last) / 2 / len(rows) * 3).astype(int)
    return found


def draw(posts: Posts, count: int, held: float, streams: Streams) -> Bucketed:
    """``count`` posts from a share 1 - ``held`` of all wordings, at most as many as there are.

    Raises InputError where no account has six posts.
    """
    truth = thirds(posts)
    rng = streams.get("buckets", "split")
    lots: dict[str, float] = {}
    mine = []
    for row in np.flatnonzero(truth >= 0).tolist():
        words = wording(posts.posts[row])
        if words not in lots:
            lots[words] = float(rng.random())
        mine.append((row, lots[words] >= held))
    ours, rest = [row for row, here in mine if here], [row for row, here in mine if not here]
    if not ours:
        raise InputError(f"{posts.name}: no account has {FEWEST} posts, so that nobody can say what is much for one.")
    rows = sorted(ours[place] for place in streams.get("buckets", "posts").permutation(len(ours))[:count].tolist())
    return Bucketed(tuple(posts.posts[r] for r in rows), truth[rows], tuple(posts.posts[r] for r in rest), truth[rest])


def learnt(drawn: Bucketed) -> list[int | None]:
    """Guesses of a multinomial logistic regression on the words of the other posts; None where one third is missing."""
    from sklearn.linear_model import LogisticRegression

    if len(set(drawn.learnt_truth.tolist())) < 3:
        return [None] * len(drawn.asked)
    model = LogisticRegression(C=1.0, max_iter=500, random_state=0)
    model.fit(features([post.text for post in drawn.learnt], _DIMENSIONS), drawn.learnt_truth)
    return [int(guess) for guess in model.predict(features([post.text for post in drawn.asked], _DIMENSIONS))]


def chance(drawn: Bucketed, streams: Streams) -> list[int | None]:
    """Guesses at random."""
    return [int(guess) for guess in streams.get("buckets", "chance").integers(0, 3, len(drawn.asked))]
