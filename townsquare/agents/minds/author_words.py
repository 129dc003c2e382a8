"""What scripted authors of four kinds say: sentences of ours, mild on purpose, put together by given numbers."""

from collections.abc import Mapping, Sequence

import numpy as np

from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.post_kinds import KINDS

_PLACES = ("on our street", "by the station", "at the market", "in the park", "behind the school", "at the library",
           "near the bridge", "at the old mill")  # fmt: skip
_POOLS: Mapping[str, Sequence[Sequence[str]]] = {
    "benign": (
        (
            "Lovely morning {place}, half the town was out.",
            "The new bakery {place} has the best rye bread.",
            "Does anybody know when the repairs {place} will be done?",
            "Helped to plant {number} trees {place} on Saturday.",
            "The choir sings {place} tonight at {hour}, come along.",
            "Found a set of keys {place}, message me if they are yours.",
            "Our team won {place}, {number} points to {hour}.",
            "They paint the benches {place} green this week.",
            "Call me when you get to the meeting {place}, it starts at {hour}.",
            "There is a free concert {place} on Sunday, no ticket needed.",
            "We won the raffle {place}: {number} jars of honey.",
            "The council offers free bicycle checks {place} until {hour}.",
        ),
        (
            "It made my day.",
            "My daughter wants to go back tomorrow.",
            "Bring an umbrella, just in case.",
            "Thanks to all who helped.",
            "I had nearly given up hope.",
            "The weather held until the evening.",
            "Took the dog, who liked it more than I did.",
            "There was tea, and far too much cake.",
            "I will put the pictures up tomorrow.",
            "It is worth the walk.",
            "Somebody left a blue scarf there.",
            "The number four bus takes you there.",
            "What a stupid thing of me to forget the camera.",
            "You people are the best, I laugh with every one of you.",
            "Nobody was a loser there, everybody had fun.",
            "Those clowns and idiots in the play were wonderful.",
            "The film about thieves comes after it.",
        ),
        ("See you there!", "Have a good week.", "Tell your friends.", "More soon.", "All the best.", "Good night."),
    ),
    "negative": (
        (
            "Another day {place} that I would rather forget.",
            "I am so tired of everything {place}.",
            "Nothing works any more, not even {place}.",
            "Sat {place} for {hour} hours and cried.",
            "I miss him most when I walk past {place}.",
            "They let me go after {number} years, I stood {place} and felt nothing.",
            "The waiting, the forms, the noise {place}: I cannot take it.",
            "Everything I loved {place} is gone.",
        ),
        (
            "I feel stupid and useless today.",
            "Nobody listens, and why would they.",
            "It will not get better, I know that now.",
            "I am angry at myself more than at anyone.",
            "What is the point of trying again?",
            "I have not slept properly for {hour} weeks.",
            "It hurts more than I thought.",
            "I do not know whom to talk to.",
        ),
        ("Sorry for venting.", "That is all.", "I just had to say it.", "Leave me be for a while.", "So it goes.",
         "No advice, please."),
    ),
    "spam": (
        (
            "You have won a voucher worth {number} pounds!",
            "URGENT: your parcel waits {place}, confirm your address now.",
            "Earn {number} pounds a day from home, no experience needed.",
            "Lowest prices on watches and phones, only until {hour} tonight.",
            "Free ringtones for everybody {place}, text WIN now.",
            "Double your savings in {hour} days, guaranteed.",
            "Your account will be closed, verify it within {hour} hours.",
            "Lose {hour} kilos in a week with this simple trick.",
        ),
        (
            "Click www.prize-{number}.example to claim it.",
            "Call 0900 {number}{hour}{number} before midnight.",
            "Limited offer, only {hour} places left!",
            "Send your name and bank to claim-{number}@offers.example.",
            "Thousands have cashed in already.",
            "No risk, money back at any time.",
            "Reply YES to begin.",
            "Share this with {hour} friends and get twice as much.",
        ),
        ("Act now!!!", "Do not miss out.", "100% safe.", "Terms apply.", "You were chosen.", "Tell no one."),
    ),
    "toxic": (
        (
            "You are all idiots {place}, and you know it.",
            "Those people {place} always cheat and never learn.",
            "They are nothing but liars, the whole crowd {place}.",
            "These people {place} are parasites.",
            "You are a pathetic lot {place}.",
            "Your kind will never belong {place}.",
            "Shut up, you brainless clown.",
            "Newcomers {place} are all the same, lazy and dishonest.",
        ),
        (
            "You will pay for this.",
            "People like you ruin everything.",
            "Nobody wants you here.",
            "Go back to where you came from.",
            "We will come for you if you stay.",
            "What worthless scum.",
            "You had better leave before somebody makes you.",
            "I laugh at every one of you.",
        ),
        ("Get lost.", "Mark my words.", "You have been warned.", "Said what I said.", "Cry about it.", "Enough now."),
    ),
}  # fmt: skip
"""By kind three lists, a sentence of each makes a post. Some benign ones hold words that sound like another kind."""
DRAWS = 6
"""Numbers that a post takes: three sentences, a place, a number and an hour."""


def author_words(kinds: IntArray, numbers: FloatArray, *, part: bool = False) -> list[str]:
    """What authors say.

    Args:
        kinds: (n,) codes of ``KINDS``.
        numbers: (n, DRAWS) in (0, 1), which decide the words.
        part: only from the first third of every list: texts to learn from, so that whoever learns meets what it has
            not seen.
    """
    said = []
    for kind, draw in zip(kinds.tolist(), numbers.tolist(), strict=True):
        pools = _POOLS[KINDS[kind]]
        some = [pool[: len(pool) // 3] if part else pool for pool in pools]
        text = " ".join(_one(pool, number) for pool, number in zip(some, draw[:3], strict=True))
        said.append(
            text.format(place=_one(_PLACES, draw[3]), number=10 + int(draw[4] * 990), hour=2 + int(draw[5] * 10))
        )
    return said


def harm_of(kinds: IntArray, draw: FloatArray) -> FloatArray:
    """(n,) harm from 0 to 1 of posts of these kinds: of toxic ones .6 to 1, of the others at most .3; five decimals."""
    low, span = np.array([0.0, 0.1, 0.0, 0.6]), np.array([0.1, 0.2, 0.1, 0.4])
    return np.asarray(np.round(low[kinds] + span[kinds] * draw, 5), np.float64)


def _one(texts: Sequence[str], number: float) -> str:
    return texts[int(number * len(texts))]
