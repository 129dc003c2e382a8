"""Topics by how strongly people feel about them."""

import re
from collections.abc import Sequence

import numpy as np

from townsquare.protocols.columns import IntArray
from townsquare.protocols.debate import AGREEMENT, CLUSTERS
from townsquare.sim.data.topics import topics

_MIDDLE = sum(AGREEMENT) / 2


def published_clusters(texts: Sequence[str]) -> IntArray:
    """(n,) codes into ``CLUSTERS`` of texts that are topics of the published trial, -1 for all others.

    Case, blanks and punctuation do not matter; a part of a text is not enough.
    """
    known = {_plain(topic.text): CLUSTERS.index(topic.cluster) for topic in topics()}
    return np.array([known.get(_plain(text), -1) for text in texts], np.int64)


def strengths(topics: Sequence[str], pre: IntArray) -> dict[str, float]:
    """Mean of |3 - agreement before| per topic, in alphabetical order; the same on either side of the proposition.

    A row without a topic ("") counts nowhere.
    """
    away = np.abs(np.asarray(pre) - _MIDDLE)
    found: dict[str, list[float]] = {}
    for topic, distance in zip(topics, away.tolist(), strict=True):
        if topic:
            found.setdefault(topic, []).append(distance)
    return {topic: sum(found[topic]) / len(found[topic]) for topic in sorted(found)}


def terciles(topics: Sequence[str], pre: IntArray) -> IntArray:
    """(n,) codes into ``CLUSTERS`` of each row's topic; -1 without a topic, or for all with fewer than three topics.

    As the authors' script has it: topics are ranked by strength, ties in alphabetical order, and the ranks cut into
    three by their quantiles (``qcut``): 30 topics give 10, 10 and 10; four give 2, 1 and 1. The published clusters are
    not quite those of the published rows (26 of 30 topics): they rest on more people, we take it, than were analysed.
    """
    strength = strengths(topics, pre)
    last = len(strength) - 1
    if last < len(CLUSTERS) - 1:
        return np.full(len(topics), -1)
    ranked = sorted(strength, key=lambda topic: strength[topic])
    # rank r of 0..last is in the first third up to last / 3, in the second up to 2 last / 3; in whole numbers
    code = {topic: 0 if 3 * rank <= last else 1 if 3 * rank <= 2 * last else 2 for rank, topic in enumerate(ranked)}
    return np.array([code.get(topic, -1) for topic in topics], np.int64)


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]+", " ", text.casefold()).strip()
