"""Mines pairs of posts that say nearly the same and were liked very differently."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from townsquare.evaluate.persuaders import images
from townsquare.evaluate.persuaders.cases import IMAGES_ALIKE, TABLE, Case, checked_cases
from townsquare.evaluate.persuaders.edit import at_most, edit_similarity
from townsquare.evaluate.persuaders.neighbours import Candidates, candidates
from townsquare.evaluate.persuaders.posts import Posts
from townsquare.evaluate.persuaders.settings import Mining
from townsquare.protocols import FloatArray
from townsquare.protocols.memory import Embedder
from townsquare.protocols.persuader import CASES, Pair

_BLOCK = 8192
"""Texts embedded at a time."""


@dataclass(frozen=True, slots=True)
class Mined:
    """All pairs of a table, in the order of their weak posts."""

    pairs: tuple[Pair, ...]
    cases: tuple[str, ...]
    """The kinds that were looked for."""
    remarks: tuple[str, ...]

    def rows(self) -> list[dict[str, object]]:
        """One per kind: pairs, distinct weak posts, medians of gain and similarities, and how far apart in time.

        ``hours`` is the median of the time between the two, ``later`` the share in which the better one came later:
        what differs besides the words (a complaint of the paper's reviewers).
        """
        return [_row(case, [pair for pair in self.pairs if case in pair.cases]) for case in self.cases]


def mine(posts: Posts, embedder: Embedder, settings: Mining, cases: Sequence[str] = CASES) -> Mined:
    """Pairs by the published thresholds (``cases.TABLE``).

    Two posts of one account (for Transc: of two accounts of one brand) within ``settings.hours`` whose wording
    differs, whatever their case and spaces. Where the table has no times, all posts of an account are compared; where
    some are missing, posts without one are left out. Text similarity is the cosine of ``embedder``, rounded to six
    decimals; comparing is quadratic only within an account and the hours. Time and memory for 100,000 posts: tens of
    seconds (hashing) and some hundred MB.
    """
    wanted = [TABLE[key] for key in checked_cases(tuple(cases))]
    remarks = list(posts.remarks)
    times = posts.times
    untimed = np.isnan(times)
    if untimed.all():
        remarks.append("The posts have no times, so that pairs may lie any time apart.")
        times, untimed = np.zeros(len(posts)), np.zeros(len(posts), bool)
    elif untimed.any():
        remarks.append(f"{int(untimed.sum())} posts without a time were left out of the mining.")
    found = list[Pair]()
    vectors = _vectors(posts, embedder)
    for other, group in ((False, [post.account for post in posts.posts]), (True, [post.brand for post in posts.posts])):
        these = [case for case in wanted if case.other_account == other and case.text is not None]
        if not these:
            continue
        if other and not any(group):
            remarks.append("Transc cannot be mined: no post has a brand.")
            continue
        near = candidates(posts, group, times, untimed, vectors, these, settings)
        remarks += near.remarks
        found += _judged(posts, near, these)
    if any(case.media == "alike" for case in wanted):
        found += _by_image(posts, times, untimed, settings, remarks)
    return Mined(_merged(found, posts), tuple(case.key for case in wanted), tuple(dict.fromkeys(remarks)))


def _vectors(posts: Posts, embedder: Embedder) -> NDArray[np.float32]:
    """(n, d) unit vectors; equal texts are embedded once."""
    place: dict[str, int] = {}
    rows = np.array([place.setdefault(post.text, len(place)) for post in posts.posts])
    texts = list(place)
    blocks = [embedder.embed(texts[at : at + _BLOCK]).astype(np.float32) for at in range(0, len(texts), _BLOCK)]
    vectors = np.concatenate(blocks)
    return vectors if len(vectors) == len(rows) else vectors[rows]


def _judged(posts: Posts, near: Candidates, cases: Sequence[Case]) -> Iterator[Pair]:
    """The candidates that are pairs of at least one kind; edit similarity is taken only where a kind asks for it."""
    for weak, strong, text, gain in zip(near.weak, near.strong, near.text, near.gain, strict=True):
        a, b = posts.posts[weak], posts.posts[strong]
        edit, keys = float("nan"), list[str]()
        for case in cases:
            if gain < case.gain or text <= (case.text or 0.0) or not case.media_fit(a, b):
                continue
            if case.same_link and (not a.link or a.link != b.link):
                continue
            if case.edit is not None:
                if at_most(a.text, b.text) <= case.edit:
                    continue
                edit = edit_similarity(a.text, b.text) if edit != edit else edit
                if edit <= case.edit:
                    continue
            keys.append(case.key)
        if keys:
            yield Pair(tuple(keys), a, b, float(text), edit, float(gain))


def _by_image(
    posts: Posts, times: FloatArray, untimed: NDArray[np.bool_], settings: Mining, remarks: list[str]
) -> Iterator[Pair]:
    """VisOnly: pairs of the table of images, of one account and within the hours."""
    if settings.images is None:
        remarks.append("VisOnly cannot be mined: no similarities of images are given (mining.images).")
        return
    case = TABLE["VisOnly"]
    place = {post.id: row for row, post in enumerate(posts.posts)}
    for a, b, alike in images.read(settings.images, place):
        weak, strong = (a, b) if posts.posts[a].likes < posts.posts[b].likes else (b, a)
        low, high = posts.posts[weak], posts.posts[strong]
        gain = (high.likes - low.likes) / max(low.likes, 1.0)
        near = abs(times[a] - times[b]) <= settings.hours * 3600 and not (untimed[a] or untimed[b])
        same = low.account == high.account and case.media_fit(low, high)
        if near and same and alike > IMAGES_ALIKE and gain >= case.gain:
            yield Pair((case.key,), low, high, float("nan"), float("nan"), gain)


def _merged(found: Sequence[Pair], posts: Posts) -> tuple[Pair, ...]:
    """One pair for two posts, with all its kinds, in the order of the table."""
    place = {post.id: row for row, post in enumerate(posts.posts)}
    by: dict[tuple[int, int], Pair] = {}
    for pair in found:
        key = (place[pair.weak.id], place[pair.strong.id])
        had = by.get(key)
        if had is not None:
            keys = {*had.cases, *pair.cases}
            cases = tuple(case for case in CASES if case in keys)
            text, edit = (
                new if old != old else old
                for old, new in (
                    (had.text_similarity, pair.text_similarity),
                    (had.edit_similarity, pair.edit_similarity),
                )
            )
            pair = Pair(cases, pair.weak, pair.strong, text, edit, pair.gain)
        by[key] = pair
    return tuple(by[key] for key in sorted(by))


def _row(case: str, pairs: Sequence[Pair]) -> dict[str, object]:
    def median(values: Sequence[float]) -> float:
        there = np.array([value for value in values if value == value])
        return round(float(np.median(there)), 4) if len(there) else float("nan")

    apart = [pair.strong.created_at - pair.weak.created_at for pair in pairs]
    later = [float(seconds > 0) for seconds in apart if seconds == seconds]
    return {
        "case": case,
        "pairs": len(pairs),
        "weak_posts": len({pair.weak.id for pair in pairs}),
        "gain": median([pair.gain for pair in pairs]),
        "text": median([pair.text_similarity for pair in pairs]),
        "edit": median([pair.edit_similarity for pair in pairs]),
        "hours": median([abs(seconds) / 3600 for seconds in apart]),
        "later": round(float(np.mean(later)), 4) if later else float("nan"),
    }
