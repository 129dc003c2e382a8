"""Counterspeech as put together from phrases of ours. Not a language model: sentences with places, chosen by number.

``{word}`` is a word of the comment, ``{who}`` those it speaks of; all other places are filled from ``FILLED``.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter

from townsquare.agents.counterspeech.strategy import Strategy
from townsquare.protocols.counterspeech import Move, Tone

# fmt: off
FILLED: Mapping[str, tuple[str, ...]] = {
    "one": (
        "a friend of mine", "my neighbour", "the nurse next door", "a man at work", "my old teacher", "our baker",
        "a girl in my class", "the bus driver", "my cousin", "a colleague", "somebody I know", "the lady upstairs",
    ),
    "when": (
        "last winter", "this week", "years ago", "at work", "on the tram", "at the market", "in spring", "at school",
        "only yesterday", "during the flood", "at the doctor's", "on my street",
    ),
    "very": (
        "really", "plainly", "honestly", "to my mind", "as far as I can see", "in truth", "quite simply", "surely",
        "I am sure", "frankly", "in the end", "when all is said",
    ),
    "look": (
        "ask for figures", "look at the numbers", "check a source", "read a report", "compare two years",
        "count for yourself", "ask somebody who was there", "look it up", "go and see",
    ),
    "harm": (
        "drive people apart", "shut others up", "make streets colder", "frighten children", "cost friendships",
        "end in trouble", "stick for years", "spread fast", "come back to us all", "make nobody safer",
    ),
    "share": (
        "the same rent to pay", "the same buses to catch", "children at one school", "parents to look after",
        "a bad day now and then", "the same rain", "work to get up for", "one town to live in", "hopes for the weekend",
    ),
    "feel": (
        "stays in the stomach", "keeps one awake", "makes a day longer", "hurts more than it looks", "is lonely",
        "makes one want to hide", "takes weeks to shake off", "goes home with you", "stings",
    ),
    "light": (
        "my cat holds simpler views", "the kettle boiled over", "even my umbrella blushed", "the pigeons look shocked",
        "my tea went cold", "the tram could not be more late", "that escalated before breakfast", "the ducks disagree",
    ),
    "stop": (
        "does not belong here", "crosses a line", "is not all right", "goes too far", "has no place among us",
        "cannot stand unanswered", "is beneath this thread", "is nothing I will pass over",
    ),
}
OPENINGS: Mapping[Tone, tuple[str, ...]] = {
    "positive": (
        "I see that {word} matters to you.", "Thanks for saying what you think of {word}.",
        "On {word} {very} many worry, and {one} does.", "You bring up {word}, and {very} it is worth a talk.",
        "I can tell that {word} has been on your mind {when}.", "About {word}: {one} thought so too {when}.",
        "There is more to {word}, {very}.", "You say {word}, and I listen.", "Let us talk about {word}, you and I.",
        "I had a talk with {one} on {word} {when}.",
    ),
    "negative": (
        "What you say about {word} {stop}.", "No, {very}: this comment on {word} {stop}.",
        "I disagree on {word}, {very}.", "You write about {word} as if nobody read along.",
        "To bring up {word} like that {stop}.", "{word} is no reason to write this.",
        "With {word} you begin, and {very} it {stop}.", "I read your comment on {word} {when}, and it {stop}.",
    ),
}
SAID: Mapping[Move, tuple[str, ...]] = {
    "facts": (
        "Before we judge {who}, {very}, let us {look}.", "If you {look}, {who} turn out to differ like anybody.",
        "What do you find, {very}, when you {look}?", "I did {look} {when}: {who} come in all sorts.",
        "Did you {look}, or ask {one} {when} about {who}?", "{one} did {look} {when} and {very} changed sides.",
    ),
    "contradiction": (
        "Would you have {one} judged like that {when}?", "You ask for respect and, {very}, give {who} none.",
        "Either {who} count as you do or, {very}, nobody does.", "If {one} wrote that of you {when}, would it be fair?",
        "You judge {who} by one and, {very}, yourself by all you meant.",
    ),
    "consequences": (
        "Such words {harm}; {one} saw it {when}.", "Think of {one}, who reads this {when}: words {harm}.",
        "{very} lines like these {harm}, and {who} are not the only ones.", "They {harm}, as {one} learnt {when}.",
        "It began like this {when}, and words {harm}.", "Said often enough, they {harm} and {very} {harm}.",
    ),
    "affiliation": (
        "You and {who} have, {very}, {share}.", "{who} have {share}, {very}, and so do you.",
        "{one} and you would find {share} {when}.", "Between you and {who} there is {very} {share}.",
        "We all have {share}, {who} as well, {very}.",
    ),
    "empathy": (
        "Being spoken of like that {feel}, as {one} told me {when}.", "For {who} it {feel}, and {very} it {feel}.",
        "{one} read such a line {when}; it {feel}.", "I would not wish it on you either: it {feel}, {very}.",
        "Imagine {one} reads it {when}: it {feel}.",
    ),
    "humour": (
        "I read it {when} and {light}.", "Between us, {light}, and {very} we can do better.",
        "{light}; shall we, {very}, start again?", "{very} {light}, so let us say it kindlier.",
        "Told it to {one} {when}; {light}.",
    ),
    "denouncing": (
        "To speak of {who} so, {very}, {stop}.", "{one} said it {when}: this {stop}.",
        "Say it of {who} and it {stop}, {very}.", "However it looks {when}, {very} this {stop}.",
        "I say it for {one} as well: it {stop}.",
    ),
}
# fmt: on
DRAWS = 24
"""Numbers that a reply takes at most."""


def composed(strategy: Strategy, word: str, who: str, draws: Iterator[float]) -> str:
    """Two sentences: one to the comment, in the tone of the strategy, and one that makes its move.

    Args:
        strategy: what kind of reply.
        word: a word of the comment.
        who: those it speaks of.
        draws: numbers in (0, 1), at least ``DRAWS`` of them.
    """
    patterns = (OPENINGS[strategy.tone], SAID[strategy.move])
    return " ".join(_filled(_pick(of, next(draws)), {"word": f'"{word}"', "who": who}, draws) for of in patterns)


def _filled(pattern: str, given: Mapping[str, str], draws: Iterator[float]) -> str:
    parts = []
    for text, name, _, _ in Formatter().parse(pattern):
        parts.append(text)
        if name is not None:
            parts.append(given[name] if name in given else _pick(FILLED[name], next(draws)))
    said = "".join(parts)
    return said[:1].upper() + said[1:]


def _pick(choices: Sequence[str], draw: float) -> str:
    return choices[int(draw * len(choices))]
