"""What moderation kept from readers, and what it cost authors."""

import numpy as np

from townsquare.protocols.columns import BoolArray, IntArray
from townsquare.protocols.moderator import ACTION, HARMLESS
from townsquare.protocols.post_kinds import KIND, KINDS
from townsquare.sim.measures.moderation_view import ModerationView
from townsquare.sim.measures.view import mean

_CLEAR = np.array([ACTION[name] for name in HARMLESS])


def moderation(view: ModerationView) -> dict[str, float]:
    """Of this tick; NaN for means over nothing.

    ``harm_shown``: share of what was shown that breaks the rules; ``harm_shown_policy`` and ``harm_shown_others``: to
    readers with a policy, and without one. Blurred posts count where they were read. ``harm_read``: share of what was
    read. ``unwanted_shown``: share of what
    readers with a policy were shown that is of a kind they block. ``flagged_precision``, ``flagged_recall``,
    ``flagged_fpr``: of what the moderator of the channel did something about among new posts, against what they truly
    are. ``abstained``: share it abstained from. ``evaded``: share of the new posts in disguise that break the rules
    that it passed. ``posts_benign``, ``posts_harmful``: new posts, answers left out, per author that is benign, and
    that is up to something that breaks the rules. ``rate_benign``: how often benign authors post, as a share of how
    often they did.
    ``reviewed``, ``review_waiting``, ``appeals_made``: posts; ``appeals_granted``: share of those decided.
    ``suspended``: share of the members. ``filter_closer``: share of posts at which readers' filters looked more than
    once.
    """
    kind = view.docket["kind"]
    broken: BoolArray = view.breaks[kind]
    seen = _seen(view)
    harm = seen & broken[np.maximum(view.shown, 0)]
    there = view.shown >= 0
    with_policy = view.policy >= 0
    unwanted = _unwanted(view, kind) & seen
    looked, done = view.looked, ~np.isin(view.docket["ruled"][view.looked], _CLEAR)
    truly = broken[looked]
    disguised = view.docket["disguised"][looked] & truly
    by = view.author[view.new]
    benign = view.authors == KIND["benign"]
    harmful = view.breaks[view.authors]
    ours = by[by < len(view.authors)]
    came, closer = view.filtered
    return {
        "harm_shown": _share(harm, there),
        "harm_shown_policy": _share(harm[with_policy], there[with_policy]),
        "harm_shown_others": _share(harm[~with_policy], there[~with_policy]),
        "harm_read": mean(broken[view.reads[1]].astype(np.float64)),
        "unwanted_shown": _share(unwanted[with_policy], there[with_policy]),
        "flagged_precision": mean(truly[done].astype(np.float64)),
        "flagged_recall": mean(done[truly].astype(np.float64)),
        "flagged_fpr": mean(done[~truly].astype(np.float64)),
        "abstained": mean((view.docket["ruled"][looked] == ACTION["abstain"]).astype(np.float64)),
        "evaded": mean((~done[disguised]).astype(np.float64)),
        "posts_benign": float(benign[ours].sum()) / max(1, int(benign.sum())),
        "posts_harmful": float(harmful[ours].sum()) / max(1, int(harmful.sum())),
        "rate_benign": mean(view.rate[benign]),
        "reviewed": float(view.decided),
        "review_waiting": float(view.waiting),
        "appeals_made": float(view.appealed),
        "appeals_granted": view.granted / view.appeals if view.appeals else float("nan"),
        "suspended": view.suspended / max(1, len(view.authors)),
        "filter_closer": closer / came if came else float("nan"),
    }


def _seen(view: ModerationView) -> BoolArray:
    """(members, length) what lay open before a reader: shown, and where it was blurred read."""
    items = np.maximum(view.shown, 0)
    blurred = view.docket["standing"][items] == ACTION["blur"]
    if not blurred.any():
        return np.asarray(view.shown >= 0)
    agents, read = view.reads
    span = len(view.author)
    key = np.arange(len(items))[:, None] * span + items
    opened = np.isin(key, agents.astype(np.int64) * span + read)
    return np.asarray((view.shown >= 0) & (~blurred | opened))


def _unwanted(view: ModerationView, kind: IntArray) -> BoolArray:
    """(members, length) what is of a kind that the reader blocks."""
    blocks = np.vstack([view.blocks, np.zeros((1, len(KINDS)), bool)])  # -1, no policy, has the last row
    return np.asarray(blocks[view.policy][np.arange(len(view.policy))[:, None], kind[np.maximum(view.shown, 0)]])


def _share(part: BoolArray, whole: BoolArray) -> float:
    return float(part.sum() / whole.sum()) if whole.any() else float("nan")
