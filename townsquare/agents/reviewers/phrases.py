"""Reviews as put together from phrases of ours. Not a language model: sentences with places to fill, chosen by number.

A sentence is a pattern with places: ``{a}`` and ``{b}`` are words about the thing, ``{ok}`` is one of ``JUDGED`` by how
good the rating is, and all others are filled from ``FILLED``.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Literal, TypeVar

T = TypeVar("T")
Tone = Literal["bad", "mixed", "good"]
TONES: tuple[Tone, ...] = ("bad", "bad", "mixed", "good", "good")
"""By level, 0 for the worst rating to 4 for the best."""
Pattern = tuple[tuple[str, str | None], ...]
"""Text and the name of the place after it."""

# fmt: off
JUDGED = (
    ("awful", "hopeless", "dreadful", "a waste", "unbearable", "terrible", "worthless", "miserable", "appalling"),
    ("weak", "disappointing", "dull", "clumsy", "a letdown", "tiresome", "flat", "below par", "thin", "lacking"),
    ("fair", "passable", "middling", "acceptable", "so-so", "decent enough", "all right", "average", "ordinary"),
    ("good", "pleasing", "solid", "enjoyable", "a nice find", "well made", "likeable", "worthwhile", "satisfying"),
    ("superb", "wonderful", "outstanding", "a delight", "brilliant", "flawless", "a treasure", "magnificent"),
)
FILLED: Mapping[str, tuple[str, ...]] = {
    "when": (
        "last week", "in spring", "over the holidays", "on a Sunday", "one evening", "a month ago", "this summer",
        "after work", "on a whim", "last autumn", "between jobs", "on my birthday", "during the storms", "at Easter",
        "on payday", "before moving house", "that rainy Tuesday", "while off sick", "in January", "years ago",
        "late one night", "at the weekend", "for our anniversary", "on the first warm day",
    ),
    "who": (
        "my brother", "a neighbour", "my partner", "an old friend", "my daughter", "a colleague", "our landlord",
        "my aunt", "the lady downstairs", "a cousin", "my teacher", "grandfather", "a flatmate", "my best friend",
        "the boy next door", "my mother", "our guest", "my nephew", "a fellow student", "my boss", "uncle Jo",
        "the librarian", "my sister", "our neighbour's son",
    ),
    "very": (
        "really", "quite", "rather", "plainly", "honestly", "truly", "simply", "to my mind", "frankly", "all in all",
        "in short", "no question", "I must say", "surely", "as far as I can tell", "for once", "mind you",
    ),
    "got": (
        "picked up", "tried", "ordered", "borrowed", "came across", "settled on", "went for", "was given", "chose",
        "bought", "found", "took home", "stumbled upon", "asked for",
    ),
    "side": (
        "side", "character", "touch", "feel", "note", "manner", "mood", "quality", "streak", "air", "edge", "part",
        "style", "look",
    ),
    "long": (
        "a day", "a week", "an hour", "three tries", "a month", "some time", "two evenings", "half a year", "ten days",
        "one long night", "a whole season", "four weeks", "a few days", "twenty minutes",
    ),
}
OPENINGS: Mapping[Tone, tuple[str, ...]] = {
    "bad": (
        "I {got} this {when} and found it {ok}.", "After {long} I call it {ok}.", "{who} warned me {when}: {ok}.",
        "Sent it back after {long}; {very} {ok}.", "What I {got} {when} was {ok}.", "It was {ok}, {who} agrees.",
        "{very} {ok}.", "{when} it seemed fine, after {long} it was {ok}.", "{who} {got} one too; {ok}, both of them.",
    ),
    "mixed": (
        "I {got} this {when}; it is {ok}.", "After {long} my verdict: {ok}.", "{who} is fonder of it, I say {ok}.",
        "{very} {ok}, no more.", "What I {got} {when} turned out {ok}.", "Neither here nor there, {very} {ok}.",
        "Fine for {who}, {ok} for me.", "{when} I would have said good, after {long} {ok}.", "{ok}.",
    ),
    "good": (
        "I {got} this {when}, it is {ok}.", "After {long} still {ok}.", "{who} told me {when}: {ok}.",
        "{very} {ok}, glad I {got} it.", "What I {got} {when} was {ok}.", "It is {ok}, {who} agrees.",
        "{very} {ok}.", "{when} I had doubts, after {long} I find it {ok}.", "{who} {got} one too; {ok}, both of them.",
    ),
}
ABOUT: Mapping[Tone, tuple[str, ...]] = {
    "bad": (
        "The {a} {side} wears off in {long}.", "They promise {a} and {b}, {who} saw neither.", "{b} but {ok}.",
        "Too {a} for me, and the {b} {side} is {ok}.", "If {a} means this, {who} can keep it.",
        "Its {a} {side} did not save it, {very}.", "Less {a} and more {b} would suit {who}.",
        "{a}, says {who}; {very} {ok}, say I.", "Where is the {b} {side} that {who} {got} it for?",
    ),
    "mixed": (
        "The {a} {side} is fine, the {b} one less so.", "{a} in parts, {b} in others, as {who} said.",
        "Had hoped for more {a} {when}.", "{who} saw the {a} {side}, I noticed {b} first.", "{a}, {b}, {ok}.",
        "Some of it is {very} {a}, the rest {ok}.", "After {long} the {a} {side} fades.",
        "{a} enough for {who}, {very}.", "Its {b} {side} grew on me {when}.",
    ),
    "good": (
        "The {a} {side} is what I was after, {b} as well.", "So {a} that {who} asked for one {when}.",
        "I like how {a} it is, {very}, and how {b}.", "{who} fell for its {a} {side} {when}.",
        "{a} and {b}, as I had hoped {when}.", "After {long} its {a} {side} still pleases {who}.",
        "{very} {a}, with that {b} {side}.", "{a}, says {who}; {b}, say I.", "Its {b} {side} won me over in {long}.",
    ),
}
CLOSINGS: Mapping[Tone, tuple[str, ...]] = {
    "bad": (
        "Not again, {very}.", "Save your money.", "{who} had the same trouble {when}.", "Not even {who} wants it.",
        "Look elsewhere if you have {long}.", "It went to {who} after {long}.", "{very} not for me.",
        "I gave it {long}, {very} too much.", "Should have {got} another {when}.",
    ),
    "mixed": (
        "Perhaps {who} would say more.", "Try it for {long} first.", "I may come back to it {when}.",
        "You could do worse, {very}.", "It will do for {who}.", "Worth {long}, hardly more.",
        "{who} may have it {when}.", "No harm done.", "{very} a matter of taste.",
    ),
    "good": (
        "I would take it again, {very}.", "{who} wants one too.", "Kept me happy for {long}.", "Ask {who}.",
        "Get it for {who}.", "{very} recommended.", "I told {who} {when}.", "Good for {long} and more.",
        "Best thing I {got} {when}.",
    ),
}
TASTES: Mapping[bool, tuple[str, ...]] = {
    True: (
        "{when} I want {a} and nothing else.", "{who} and I are after anything {a}.", "Give me {a} any day, {very}.",
        "It put me in mind of something {a} that I love.", "For {a} I would queue {long}.", "{very} {a} is my thing.",
        "{who} knows that {a} makes me happy.", "I go for {a} first, this came second {when}.", "{a}: always good.",
        "I look for {a} everywhere {when}.",
    ),
    False: (
        "Far better than the {a} thing I {got} {when}.", "{who} and I keep away from anything {a}.", "Not {a}.",
        "After {long} of {a} I was fed up.", "{very} {a} is what I cannot stand.", "Spare me {a}, says {who}.",
        "{a} let me down {when}, this is another matter.", "Whoever sells {a} should think again, {very}.",
    ),
}
"""What somebody likes, or does not, whatever is being reviewed."""
EARLIER: Mapping[int, tuple[str, ...]] = {
    -1: ("I was fonder of the {a} one.", "The {a} one from before was {very} better.", "Give me back the {a} one."),
    0: ("Much like the {a} one I had.", "About level with the {a} one {who} saw.", "It sits beside the {a} one."),
    1: ("It beats the {a} one I had.", "{very} a step up from the {a} one.", "The {a} one can go to {who}."),
}
"""Worse than something else, as good, or better."""
# fmt: on


def parsed(pattern: str) -> Pattern:
    """A pattern taken apart once, so that filling it is quick."""
    return tuple((text, name) for text, name, _, _ in Formatter().parse(pattern))


_PARSED = {
    part: {tone: tuple(map(parsed, patterns)) for tone, patterns in kinds.items()}
    for part, kinds in (("opening", OPENINGS), ("about", ABOUT), ("closing", CLOSINGS))
}
_TASTES = {likes: tuple(map(parsed, patterns)) for likes, patterns in TASTES.items()}
_EARLIER = {than: tuple(map(parsed, patterns)) for than, patterns in EARLIER.items()}
DRAWS = 24
"""Numbers that a review takes at most: its length, and for each of five sentences a pattern and three places."""
_ENDS = 0.7
"""Share of reviews that have a closing sentence."""


def level_of(share: float) -> int:
    """0 to 4: how good a rating is that lies at ``share`` of its scale, 0 for the worst and 1 for the best."""
    return min(4, max(0, round(share * 4)))


def composed(level: int, about: Sequence[str], draws: Iterator[float]) -> list[str]:
    """The sentences of a review: what it is like, something about it, and mostly an end.

    Args:
        level: 0 to 4, see ``level_of``.
        about: words about the thing; with fewer than two nothing is said about it.
        draws: numbers in (0, 1), at least ``DRAWS`` of them.
    """
    tone, length = TONES[level], next(draws)
    said = [filled(pick(_PARSED["opening"][tone], next(draws)), level, about, draws)]
    if len(about) >= 2:
        said.append(filled(pick(_PARSED["about"][tone], next(draws)), level, about, draws))
    if length < _ENDS:
        said.append(filled(pick(_PARSED["closing"][tone], next(draws)), level, about, draws))
    return said


def tasting(likes: bool, words: str, draws: Iterator[float]) -> str:
    """A sentence that says what its writer is fond of, or averse to: ``words``, as "oaken and brisk"."""
    return filled(pick(_TASTES[likes], next(draws)), 2, [words], draws)


def comparing(than: int, word: str, draws: Iterator[float]) -> str:
    """A sentence on something else that ``word`` is said of: ``than`` is below 0 where that was the better one."""
    return filled(pick(_EARLIER[(than > 0) - (than < 0)], next(draws)), 2, [word], draws)


def filled(pattern: Pattern, level: int, about: Sequence[str], draws: Iterator[float]) -> str:
    """The pattern with a word in each place, beginning with a capital letter."""
    parts = []
    for text, name in pattern:
        parts.append(text)
        if name is not None:
            parts.append(_word(name, level, about, draws))
    said = "".join(parts)
    return said[:1].upper() + said[1:]


def pick(choices: Sequence[T], draw: float) -> T:
    """The choice that a number in (0, 1) falls on."""
    return choices[int(draw * len(choices))]


def _word(name: str, level: int, about: Sequence[str], draws: Iterator[float]) -> str:
    if name in ("a", "b"):
        return about["ab".index(name)]
    return pick(JUDGED[level] if name == "ok" else FILLED[name], next(draws))
