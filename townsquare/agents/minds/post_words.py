"""What scripted members and persuaders say: sentences of ours, put together by given numbers."""

from collections.abc import Sequence

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray

_OPENERS = (
    "Been thinking about this proposal since the meeting last week.",
    "Nobody asked me, but here is where I stand on it.",
    "Long talk about it over dinner with the family tonight.",
    "The same question comes up wherever I go these days.",
    "Read the plans twice now, and slept over them as well.",
    "Two neighbours asked me what I make of it all.",
)
_REASONS = (
    (
        "We would pay for it and get nothing back.",
        "It looks good on paper and would fail on the first wet Monday.",
        "Those who want it will not be the ones to live with it.",
        "What we have works, and we know how to mend it.",
        "There is no way back once this has been done.",
        "I see the wish behind it, and still say no.",
    ),
    (
        "There is something to be said on both sides of this.",
        "I would want to see figures before I make up my mind.",
        "Ask me again in a month, I keep changing my view.",
        "Much depends on how it is done, and by whom.",
        "I cannot get warm with it, nor with those against it.",
        "My head says one thing and my habits say another.",
    ),
    (
        "It would make the place better for those who come after us.",
        "Other towns have tried it, and none has gone back.",
        "The costs are small next to what we lose every year.",
        "We have waited long enough for somebody to begin with it.",
        "I was against it once, until I looked at it closely.",
        "It is fair to those who have had no say so far.",
    ),
)
"""By side: against, undecided, for."""
_PERSONAL = (
    "I have lived here for {} years and seen worse.",
    "My street has {} houses and as many opinions.",
    "My grandmother is {} and thinks as I do.",
    "It took me {} minutes to get through town today.",
    "There were {} people in the queue, all talking of it.",
    "Bus number {} was full of this subject again.",
)
_CLOSINGS = (
    "Tell me where I am wrong.",
    "That is all I have to say for now.",
    "I may think otherwise next year.",
    "Have a good evening, all of you.",
    "Glad that we can still talk about it.",
    "Now back to what I should be doing.",
)
_ANSWERS = (
    "I see that differently.",
    "There is something in that.",
    "Thanks for putting it so plainly.",
    "Not so fast.",
)
_OBJECTIONS = (
    "Please let us talk about the matter and not about people.",
    "That is no way to speak of anybody here.",
    "Say what you are against without running others down.",
    "I do not want to read such things about my neighbours.",
)
_HOSTILE = (
    "You are all idiots, and you know it.",
    "Those people always cheat and never learn.",
    "They are nothing but liars, and they will regret it.",
    "These people are all parasites, every one of them.",
    "You are a disgusting lot, and you will pay for it.",
    "Your kind will never belong here.",
)
"""Mild on purpose; a list of words tells all of them from the rest (sim/moderators/harm_words.py)."""
_CLAIMS = (
    ("Say no while you still can:", "Do not let them do this to us:", "Think of what we stand to lose:"),
    ("Now is the time to say yes:", "Stand up for what is right here:", "Think of what we stand to win:"),
)
_ARGUMENTS = (
    (
        "everybody who has looked at the figures comes out against it in the end.",
        "those who pay for it are those who were never asked.",
        "what is gone after this will not come back in our lifetime.",
        "other places tried it and wish that they had not.",
    ),
    (
        "everybody who has looked at the figures comes out for it in the end.",
        "those who win by it are those who were never asked before.",
        "what we put off today will cost our children twice as much.",
        "other places tried it and would not go back for anything.",
    ),
)


def member_words(
    stance: FloatArray, harm: FloatArray, numbers: FloatArray, *, answers: bool, counters: BoolArray
) -> Sequence[str]:
    """What members say.

    Args:
        stance: (n,) in [0, 1]; below .4 against, above .6 for.
        harm: (n,) in [0, 1]; from .5 on with a hostile sentence.
        numbers: (n, 5) in (0, 1), which decide the words.
        answers: whether these are answers to another post, which are shorter.
        counters: (n,) which of them object to a harmful post.
    """
    said = []
    for at, hurt, draw, objects in zip(
        stance.tolist(), harm.tolist(), numbers.tolist(), counters.tolist(), strict=True
    ):
        reasons = _REASONS[0 if at < 0.4 else 2 if at > 0.6 else 1]
        parts = [_one(_OBJECTIONS if objects else _ANSWERS if answers else _OPENERS, draw[0])]
        if hurt >= 0.5:
            parts = [_one(_HOSTILE, draw[0])]
        if not objects:
            parts.append(_one(reasons, draw[1]))
        parts.append(_one(_PERSONAL, draw[2]).format(2 + int(draw[3] * 58)))
        if not answers:
            parts.append(_one(_CLOSINGS, draw[4]))
        said.append(" ".join(parts))
    return said


def campaign_words(goal: FloatArray, numbers: FloatArray) -> Sequence[str]:
    """What persuaders say: one of twelve texts for each side, so that they repeat themselves.

    Args:
        goal: (n,) 1 for, 0 against.
        numbers: (n, 2) in (0, 1), which decide the words.
    """
    sides = np.asarray(goal).astype(int).tolist()
    return [
        f"{_one(_CLAIMS[side], draw[0])} {_one(_ARGUMENTS[side], draw[1])}"
        for side, draw in zip(sides, numbers.tolist(), strict=True)
    ]


def _one(texts: Sequence[str], number: float) -> str:
    return texts[int(number * len(texts))]
