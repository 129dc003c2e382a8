"""What a person does with a timeline, and what they think of a question after it."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person who looks at their timeline, and decide as that person would: out of habit, interest and "
    "mood, not as an expert and not to please anybody. Who the person is stands in the block named you, a question "
    "that their town argues about in question, and the posts before them in posts, in the order of the timeline."
)
_TASK = (
    "It is round {tick}. On a scale from 0 (wholly against what the question proposes) to 100 (wholly for it) the "
    "person stands at {opinion}.\nWhich posts does the person read? At most {count}, the first one first; none is an "
    "answer too. For each say whether they like it; most of what is read is not liked. Most of what is read is not "
    "answered either: where the person does answer, give the words (at most 40), else an empty text; objects says "
    "whether the answer objects to how the post speaks of people.\n"
)
_OPINION = (
    "Then say where the person stands after reading, 0 to 100, and which post moved them, 0 for none. People seldom "
    "change their mind over a few posts, and then by little: the same number as before is the usual answer.\n"
)
_FORM = (
    "Answer with JSON: reads, a list of objects with post (1 to {count}), like (true or false), answer (text) and "
    "objects (true or false){opinion}."
)


def browse_timeline(
    you: Sequence[str], question: str, texts: Sequence[str], *, opinion: int, own: bool, tick: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """``texts`` (1 or more) in the order shown; ``opinion`` from 0 to 100; ``own``: the new one is asked for too."""
    count = len(texts)
    task = _TASK.format(tick=tick, opinion=opinion, count=count) + (_OPINION if own else "")
    rest = f"; opinion (0 to 100) and moved_by (0 to {count})" if own else ""
    task += _FORM.format(count=count, opinion=rest)

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        posts = list(enumerate(texts[:count], start=1))
        return turns(_ROLE, [Block("you", you), Block("question", texts[count:]), Block("posts", posts)], task)

    return fitted(render, (), [*texts, question], room)
