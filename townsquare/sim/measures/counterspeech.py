"""What counterspeech came to in threads (Civilbot, arXiv 2603.03687, has the list; the definitions are ours)."""

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.counterspeech import LABEL
from townsquare.sim.measures.diversity import diversity
from townsquare.sim.measures.objections import objected, perceived_norm
from townsquare.sim.measures.timeline_view import TimelineView
from townsquare.sim.measures.view import mean


def counterspeech(view: TimelineView) -> dict[str, float]:
    """Over the whole run so far, but for ``norm`` and ``replies_withheld``; without harm only what bots said.

    ``harmful_posts``: by anybody but bots. ``bystander_replies``: answers by other members, per harmful post.
    ``counterspeech_share``: share of them that object. ``bot_replies``: answers by bots, per harmful post.
    ``likes_on_hate`` and ``likes_on_counterspeech``: per harmful post, and per objection by a member.
    ``hate_recurrence``: share of the authors of harmful posts who posted another in a later tick. ``norm``: mean
    perceived norm (``perceived_norm``) of the members by what they were shown in this tick. ``replies_withheld``: by
    the guard, in this tick. ``reply_repeats``: share of runs of five words that come twice or more in the bots'
    replies that still go round.
    """
    posts, every = view.posts, np.arange(len(view.posts["author"]))
    by_bot = view.by_bot(every)
    author, parent, harm = posts["author"], posts["parent"], posts["harm"]
    member = (author >= 0) & (author < view.n_members)
    hateful = (author >= 0) & ~by_bot & (harm >= view.harmful)
    said = [posts.texts[item] for item in np.flatnonzero(by_bot).tolist() if item in posts.texts]
    of_bots = {"replies_withheld": float(view.withheld), "reply_repeats": diversity(said, label=LABEL).duplicated}
    found = of_bots if view.n_bots else {}
    if not hateful.any():
        return found
    bystanding = bystanders(author, parent, member, hateful)
    objecting = member & posts["counter"]
    n = float(hateful.sum())
    return found | {
        "harmful_posts": n,
        "bystander_replies": float(bystanding.sum()) / n,
        "counterspeech_share": mean(posts["counter"][bystanding].astype(np.float64)),
        "bot_replies": float((by_bot & (parent >= 0)).sum()) / n,
        "likes_on_hate": mean(posts["likes"][hateful].astype(np.float64)),
        "likes_on_counterspeech": mean(posts["likes"][objecting].astype(np.float64)),
        "hate_recurrence": mean(recurs(author[hateful], posts["born"][hateful])),
        "norm": _norm(view, hateful, by_bot),
    }


def bystanders(author: IntArray, parent: IntArray, member: BoolArray, hateful: BoolArray) -> BoolArray:
    """(n,) which posts are answers of members to the harmful post of another."""
    above = np.maximum(parent, 0)
    below: BoolArray = member & (parent >= 0) & hateful[above] & (author != author[above])
    return below


def recurs(author: IntArray, born: IntArray) -> FloatArray:
    """(authors,) by id: 1 for authors of posts in two ticks or more, 0 for the others."""
    _, of = np.unique(author, return_inverse=True)
    first, last = (np.zeros(int(of.max(initial=-1)) + 1, np.int64) for _ in range(2))
    first[:] = np.iinfo(np.int64).max
    np.minimum.at(first, of, born)
    np.maximum.at(last, of, born)
    return (last > first).astype(np.float64)


def _norm(view: TimelineView, hateful: BoolArray, by_bot: BoolArray) -> float:
    posts = view.posts
    below = objected(posts["parent"], posts["born"], posts["counter"], by_bot, view.tick, len(hateful))
    there = (view.shown >= 0) & hateful[np.maximum(view.shown, 0)]
    seen = np.where(there, below[np.maximum(view.shown, 0)], 0) + (posts["counter"][view.shown] & (view.shown >= 0))
    norms = perceived_norm(there.sum(axis=1).astype(np.float64), seen.sum(axis=1).astype(np.float64))
    return mean(norms[~np.isnan(norms)])
