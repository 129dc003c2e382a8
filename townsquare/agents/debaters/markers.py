"""Words by which the ten rhetorical strategies can be told, roughly and in the open. Our lists."""

import re
from functools import cache

from townsquare.agents.prompts.quoting import clean
from townsquare.protocols.debate import LEVELS, STRATEGIES

_MARKERS: dict[str, str] = {
    "logical reasoning": r"because|therefore|thus|hence|so that|if|then|unless|otherwise|follows|follow from|"
    r"it depends|means that|in order to|consequently|since|whoever|whether|cannot",
    "evidence": r"evidence|stud(?:y|ies)|research|data|statistics|figures?|per cent|percent|%|survey|report(?:s|ed)?|"
    r"shown|found|measured?|example|for instance|in (?:19|20)\d\d|\d[\d,.]*|years ago|history|decades|countries",
    "pointing out inconsistencies": r"yet|but then|inconsisten\w+|contradict\w*|hypocri\w+|on the one hand|"
    r"you say|they say|we say|those who|at the same time|while they|although|double standard|odd to|seldom",
    "authority": r"experts?|scientists?|professors?|doctors?|judges?|justices?|lawyers?|economists?|officials?|"
    r"courts?|constitution|founders?|according to|university|institute|teachers?|bible|the law says",
    "information bias": r"everybody knows|everyone knows|it is a fact|undeniabl\w+|without (?:any )?doubt|clearly|"
    r"obviously|no one can deny|only|all of them|none of them|nothing but|always|never",
    "social norms": r"everyone|everybody|nobody|people|society|communit\w+|decent|normal|custom\w*|tradition\w*|"
    r"most (?:people|countries|of us)|neighbours?|neighbors?|fair(?:ness)?|duty|citizens?|should|ought|expected",
    "building rapport": r"i (?:understand|agree|see|respect|share|feel|appreciate)|as you do|you are right|"
    r"good point|fair point|thank you|with you|we both|like you|i grant|i share|i would like|friends?",
    "stories": r"i once|when i was|my (?:grand)?(?:mother|father|parents|sister|brother|friend|son|daughter|school)|"
    r"a friend|i know a|i have seen|i remember|one day|years ago i|story|told me|classmate|neighbour of mine",
    "emotional appeal": r"fear\w*|afraid|hope\w*|love\w*|hate\w*|cr(?:y|ies|ied|ying)|suffer\w*|pain\w*|child(?:ren)?|"
    r"famil\w+|heart\w*|tears|dream\w*|death|die[sd]?|dying|cruel\w*|imagine|victims?|bitter|lonely|proud|angry|anger|pity",
    "deception": r"trust me|believe me|100 ?%|guarantee[sd]?|proven beyond|they (?:hide|are hiding)|cover.?up|"
    r"secretly|what they do not want|what they don't want|fake|hoax|the truth is being",
}
_PERSONAL = re.compile(r"\b(?:i|me|my|mine|we|us|our|you|your|i'm|don't|can't|it's|isn't|that's)\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ONE, _MANY = 2.0, 5.0
"""Markers per hundred words (a text counts as 25 words at least) below which a level is low, and from which it is high.
"""
_SHORTEST = 25


def levels(text: str) -> tuple[int, ...]:
    """A code into ``LEVELS`` per strategy of ``STRATEGIES``: 0 without a marker; else low, moderate or high by how many
    there are per hundred words. A text without words has zeros.
    """
    said = clean(text).casefold()
    words = max(len(_WORD.findall(said)), _SHORTEST)
    return tuple(_level(100.0 * len(pattern.findall(said)) / words) for pattern in _patterns())


def formality(text: str) -> float:
    """How little a text sounds like somebody talking: mean letters per word, less what is personal in it.

    About 0 for plain written English; above for analytic prose, below for chat. 0 for no words.
    """
    said = clean(text).casefold()
    words = _WORD.findall(said)
    if not words:
        return 0.0
    letters = sum(map(len, words)) / len(words)
    return (letters - 4.5) - 8.0 * (len(_PERSONAL.findall(said)) / len(words) - 0.06)


def _level(rate: float) -> int:
    if rate <= 0:
        return 0
    return 1 + (rate > _ONE) + (rate > _MANY) if rate <= 100 else len(LEVELS) - 1


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w)(?:{_MARKERS[name]})(?!\w)") for name in STRATEGIES)
