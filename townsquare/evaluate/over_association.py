"""Whether a moderator tells apart what shares a word: pairs of a harmful text and a harmless one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from townsquare.evaluate.moderator_rates import between
from townsquare.protocols.columns import BoolArray, FloatArray
from townsquare.protocols.moderator import ACTION, HARMLESS, Moderator, Posts
from townsquare.protocols.reviewing import reviewed
from townsquare.protocols.streams import Streams
from townsquare.sim.data.confusable import Pair

ASSOCIATION = ("found", "over_association", "told_apart")
"""Share of the harmful texts that is flagged, of the harmless ones that is, and of the pairs that are told apart."""
_DRAWS = 1_000


async def flagged_pairs(moderator: Moderator, pairs: Sequence[Pair]) -> BoolArray:
    """(n, 3) for each pair: whether the harmful text is flagged, whether the confusable one is, and whether either is
    abstained from.
    """
    texts = [text for pair in pairs for text in (pair.harmful, pair.confusable)]
    action = (await reviewed(moderator, Posts.of_texts(texts))).action
    flagged = ~np.isin(action, [ACTION[name] for name in HARMLESS]).reshape(-1, 2)
    abstained = (action == ACTION["abstain"]).reshape(-1, 2).any(axis=1)
    return np.column_stack([flagged, abstained])


def association_row(name: str, found: Sequence[BoolArray]) -> dict[str, Any]:
    """A moderator's row: the three shares with 95 % intervals (bootstrap over pairs), and pairs abstained from.

    ``found``: what ``flagged_pairs`` gave, once per seed, of the same pairs. Over-association: the share of the
    harmless texts that something is done about (our name and formula, after the aim of arXiv 2604.17459). A filter by
    the shared keyword has 1 in both of the first two and tells no pair apart.
    """
    by_pair = np.mean([np.column_stack([f[:, 0], f[:, 1], f[:, 0] & ~f[:, 1], f[:, 2]]) for f in found], axis=0)
    shares = by_pair[:, :3]
    n = len(shares)
    draws = Streams(0).get("moderators", "pairs").multinomial(n, np.full(n, 1 / n), _DRAWS)
    means: FloatArray = draws @ shares / n
    low, high = between(means)
    made: dict[str, Any] = {"moderator": name, "pairs": n}
    for column, what in enumerate(ASSOCIATION):
        made |= {what: float(shares[:, column].mean())}
        made |= {f"{what}_low": float(low[column]), f"{what}_high": float(high[column])}
    return made | {"abstained": float(by_pair[:, 3].mean())}
