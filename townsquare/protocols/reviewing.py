"""What a moderator said, checked before anybody acts on it."""

from dataclasses import replace

import numpy as np

from townsquare.protocols.errors import ContractError
from townsquare.protocols.moderator import ACTIONS, Moderator, Posts, Verdicts
from townsquare.protocols.recommender import answerable, named, sealed_columns


async def reviewed(moderator: Moderator, posts: Posts) -> Verdicts:
    """What ``moderator`` makes of ``posts``; actions and scores as arrays, of whatever sequence they were.

    Raises ContractError, which names the moderator, for verdicts that cannot be acted on (how many, unknown actions,
    scores outside 0 to 1, places outside the text), and for everything that it raises and townsquare does not.
    """
    with answerable("moderator", moderator, "review", posts.tick):
        given = await moderator.review(sealed_columns(posts))
    wrong = _broken(given, posts)
    if wrong:
        raise ContractError(f"{named('moderator', moderator)} {wrong}.")
    return replace(given, action=np.asarray(given.action, np.int8), score=np.asarray(given.score, float))


def _broken(given: object, posts: Posts) -> str:
    """What is wrong with verdicts, in words; "" where nothing is."""
    n = len(posts)
    if not isinstance(given, Verdicts):
        return f"gave {type(given).__name__}, not Verdicts"
    action, score = np.asarray(given.action), np.asarray(given.score)
    if action.shape != (n,):
        return f"gave no verdict on each of {n} posts"
    if score.shape != (n,):
        return f"gave no score for each of {n} posts"
    if n and (action.dtype.kind not in "iu" or action.min() < 0 or action.max() >= len(ACTIONS)):
        return f"gave an action that is none; an action is an index into ACTIONS, 0 to {len(ACTIONS) - 1}"
    if n and (score.dtype.kind not in "fiub" or not ((score >= 0) & (score <= 1)).all()):
        return "gave a score that is no number from 0 to 1"
    for name in ("rationale", "category", "spans", "evidence"):
        if len(getattr(given, name)) not in (0, n):
            return f"gave {len(getattr(given, name))} entries of {name} for {n} posts; there is one for each, or none"
    for item, spans in zip(posts.items.tolist(), given.spans, strict=False):
        if spans and not all(0 <= start < end <= len(posts.text(item)) for start, end in spans):
            return f"pointed at a place outside the text of post {item}"
    return ""
