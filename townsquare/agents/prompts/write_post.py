"""What somebody posts on a timeline: a member what it thinks, a persuader what serves its goal."""

from collections.abc import Sequence
from dataclasses import dataclass

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

WORDS = 50
"""Words a post is asked to have at most."""

_ROLE = (
    "You stand for one person who writes a post on a timeline, and write as that person would. Who the person is "
    "stands in the block named you, and a question that their town argues about in question."
)
_TASK = (
    "It is round {tick}. On a scale from 0 (wholly against what the question proposes) to 100 (wholly for it) the "
    "person stands at {opinion}. Write what they post about it: in their own words, at most {words} of them.\n"
    "Answer with JSON: text."
)
_GOAL_ROLE = (
    "You write posts for a timeline in a study of persuasion, for simulated readers. The question that is argued about "
    "stands in the block named question, what you have posted so far and how it did in posted, and what you have "
    "written this round in written."
)
_GOAL_TASK = (
    "It is round {tick}. Your goal is that readers come to be {side} what the question proposes. Write post {number} "
    "of {limit} of this round: honest, without invented facts or figures, at most {words} words, and not one of your "
    "posts over again.\n{audience}Answer with JSON: text; and stance, how far for what the question proposes the "
    "post stands, from 0 (wholly against) to 100 (wholly for)."
)
_AUDIENCE = (
    "Of your posts' {reached} latest readers {against} % lean the other way, and on average they stand at {mean} of "
    "100. Use that to meet them where they are, without saying that you know.\n"
)


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who were shown a campaign's posts, in sums."""

    mean: int
    """0 to 100."""
    against: int
    """Per cent that lean the other way."""
    reached: int


def write_post(you: Sequence[str], question: str, *, opinion: int, tick: int, room: Room = ROOM) -> tuple[Message, ...]:
    """A member's post; ``opinion`` from 0 to 100."""
    task = _TASK.format(tick=tick, opinion=opinion, words=WORDS)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE, [Block("you", you), Block("question", texts)], task)

    return fitted(render, (), [question], room)


def write_for_goal(
    question: str,
    posted: Sequence[str],
    written: Sequence[str],
    *,
    wanted: bool,
    audience: Audience | None,
    number: int,
    limit: int,
    tick: int,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """Post ``number`` (from 1) of a persuader; ``wanted``: readers are to be for what is proposed, else against it."""
    known = "" if audience is None else _AUDIENCE.format(
        reached=audience.reached, against=audience.against, mean=audience.mean
    )  # fmt: skip
    side = "for" if wanted else "against"
    task = _GOAL_TASK.format(tick=tick, side=side, number=number, limit=limit, words=WORDS, audience=known)
    counts = len(posted), len(written)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        mine, now = texts[: counts[0]], texts[counts[0] : sum(counts)]
        blocks = [Block("question", texts[sum(counts) :]), Block("posted", mine), Block("written", now)]
        return turns(_GOAL_ROLE, blocks, task)

    return fitted(render, (), [*posted, *written, question], room)
