"""One question of a questionnaire, on a scale, among options, or to be answered freely."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person who answers a survey, and answer as that person would: honestly, for themselves, and not "
    "as one ought to. Who the person is stands in the block named you, what they remember in memories."
)
_LIKERT = (
    "How far does the person agree with the statement in the block named question? 1: not at all; 2: rather not; 3: "
    "neither agrees nor disagrees; 4: rather agrees; 5: fully agrees.\nAnswer with JSON: answer, a whole number from 1 "
    "to 5."
)
_CHOICE = (
    "Which of the options does the person choose in answer to the question in the block named question? The order of "
    "the options means nothing.\nAnswer with JSON: answer, the number of the option, 1 to {count}."
)
_TEXT = (
    "What does the person say to the question in the block named question? In their own words, in the first person, at "
    "most {words} words.\nAnswer with JSON: answer, a text."
)


def likert(you: Sequence[str], memories: Sequence[str], question: str, *, room: Room = ROOM) -> tuple[Message, ...]:
    """A statement to agree with or not, 1 to 5."""
    return _survey(you, memories, question, (), _LIKERT, room)


def choice(
    you: Sequence[str], memories: Sequence[str], question: str, options: Sequence[str], *, room: Room = ROOM
) -> tuple[Message, ...]:
    """A question with ``options``, numbered from 1 in the order given."""
    return _survey(you, memories, question, options, _CHOICE.format(count=len(options)), room)


def free(
    you: Sequence[str], memories: Sequence[str], question: str, *, words: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """A question to be answered in at most ``words`` words."""
    return _survey(you, memories, question, (), _TEXT.format(words=words), room)


def _survey(
    you: Sequence[str], memories: Sequence[str], question: str, options: Sequence[str], task: str, room: Room
) -> tuple[Message, ...]:
    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        listed = list(enumerate(texts[1:], start=1))
        blocks = [Block("you", you), Block("memories", memories), Block("question", texts[:1])]
        return turns(_ROLE, [*blocks, Block("options", listed)], task)

    return fitted(render, memories, (question, *options), room)
