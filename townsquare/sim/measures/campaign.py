"""How far a campaign moved those who were shown it."""

import numpy as np

from townsquare.sim.measures.timeline_view import TimelineView
from townsquare.sim.measures.view import mean


def campaign(view: TimelineView) -> dict[str, float]:
    """Of this tick, but for the first three. NaN for means over nothing; moves are above 0 towards the goal.

    ``opinion_mean``, ``opinion_variance``: of all members, after the tick. ``opinion_move``: mean over members
    since before the first tick. ``move_by_persuaders``, ``move_by_members``: mean over all members of how far posts
    by each group moved them in this tick (a change that names no post is neither's). ``members_moved``: share whose
    opinion is another than before. ``shown_persuaders``, ``read_persuaders``, ``liked_persuaders``: share of what
    was shown, read, liked that is a persuader's. ``reached``: share of the members that were shown a persuader's
    post. ``shown_across``: share of what was shown that leans to the other side of .5 than the member.
    ``shown_distance``: mean distance of what was shown from the member's opinion. ``reads_per_member``,
    ``likes_per_member``, ``posts_new`` (answers included, bots left out).
    """
    n = max(view.n_members, 1)
    row, place = np.nonzero(view.shown >= 0)
    items = view.shown[row, place]
    stance = view.posts["stance"][items]
    before = view.before[row]
    ours = view.persuading(items)
    who, what, by = view.moves
    persuaded = view.persuading(what)
    reached = np.zeros(view.n_members, bool)
    reached[row[ours]] = True
    sides, theirs = np.sign(before - 0.5), np.sign(stance - 0.5)
    return {
        "opinion_mean": mean(view.opinions),
        "opinion_variance": float(np.var(view.opinions)) if view.n_members else float("nan"),
        "opinion_move": view.goal * mean(view.opinions - view.started),
        "move_by_persuaders": view.goal * float(by[persuaded].sum()) / n,
        "move_by_members": view.goal * float(by[~persuaded & (what >= 0)].sum()) / n,
        "members_moved": len(np.unique(who)) / n,
        "shown_persuaders": mean(ours.astype(np.float64)),
        "read_persuaders": mean(view.persuading(view.reads[1]).astype(np.float64)),
        "liked_persuaders": mean(view.persuading(view.likes[1]).astype(np.float64)),
        "reached": float(reached.sum()) / n,
        "shown_across": mean((sides * theirs < 0).astype(np.float64)),
        "shown_distance": mean(np.abs(before - stance)),
        "reads_per_member": len(view.reads[0]) / n,
        "likes_per_member": len(view.likes[0]) / n,
        "posts_new": float((~view.by_bot(view.new)).sum()),
    }
