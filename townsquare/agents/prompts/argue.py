"""A turn in a written debate: opening, rebuttal or conclusion."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message
from townsquare.protocols.debate import TURNS

_ROLE = (
    "You take part in a debate in writing with one other participant. It has three turns: an opening, a rebuttal and a "
    "conclusion; in each both write at the same time. The topic stands in the block named topic, who you are in you, "
    "what you wrote in the turns so far in own, and what the other side wrote in opponent, in the order of the turns. "
    "You were given a side and argue for it as persuasively as you can, whatever you think yourself. Write as people "
    "do in such a debate: only what you say, without greeting, heading or signature. Make up no facts, numbers or "
    "sources."
)
_TOLD = (
    " Who the other side is stands in the block named profile; politics matters most. Use this with skill: choose the "
    "reasons, examples and tone that are likely to win over just this person. Never mention any of it, and do not let "
    "it show that you know it."
)
_SIDES = {
    1: "Your side: for it (pro). You argue that the proposition is right, or that the question is to be answered by "
    "yes.",
    -1: "Your side: against it (con). You argue that the proposition is wrong, or that the question is to be answered "
    "by no.",
}
_STAGES = {
    "opening": "Write your opening: the reason that speaks for your side most.",
    "rebuttal": "Write your rebuttal: answer what the other side said in its opening.",
    "conclusion": "Write your conclusion: answer the other side's rebuttal, and close your case.",
}
_FORM = "{length} Answer with JSON: statement, a text."


def argue(
    you: Sequence[str],
    topic: str,
    side: int,
    stage: str,
    own: Sequence[str],
    opponent: Sequence[str],
    profile: Sequence[str] = (),
    *,
    sentences: int = 2,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """The prompt of one turn.

    Args:
        you: who argues, in sentences; without the facts that a profile holds.
        topic: the proposition.
        side: 1 for it, -1 against it.
        stage: one of ``protocols.debate.TURNS``.
        own: what they wrote so far, in order.
        opponent: what they may read of the other side, in order; nothing in the opening.
        profile: who the other side is, a line per field; empty where they are not told.
        sentences: how many the turn may have.
        room: how long the prompt may be; the longest statements are cut first.
    """
    if stage not in TURNS:
        raise ValueError(f"stage must be one of {', '.join(TURNS)} (got {stage!r})")
    length = "One sentence." if sentences == 1 else f"Be short: {sentences - 1} or {sentences} sentences."
    task = " ".join((_SIDES[side], _STAGES[stage], _FORM.format(length=length)))
    split = 1 + len(own)

    def render(_: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        blocks = [
            Block("you", you),
            Block("profile", profile),
            Block("topic", texts[:1]),
            Block("own", list(enumerate(texts[1:split], start=1))),
            Block("opponent", list(enumerate(texts[split:], start=1))),
        ]
        return turns(_ROLE + (_TOLD if profile else ""), blocks, task)

    return fitted(render, [], [topic, *own, *opponent], room)
