"""Words of public texts: which of them say something about a thing."""

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")  # letters of any script, an apostrophe inside
_SHORTEST = 3
_LIST = """
about above after again all also although always and another any anything are because been before being below
between both but came can categories category could did does doing down during each even ever every everything
few for from further get got had has have having her here hers him his how into item items its itself just least
less like made make many may might more most much must never nor not nothing now off once one only other ought
our out over own part perhaps rather same she should since some something such than that the their them then
there these they thing this those though through too two under until upon very was way were what when where
whether which while who whom whose why will with within without would yet you your
"""
_ARTICLES = ("a", "an", "the")
COMMON = frozenset(_LIST.split())
"""English words that stand in any text; they tell nothing about a thing."""


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, in order, again where they occur again."""
    return _WORD.findall(text.casefold())


def telling(text: str) -> list[str]:
    """Words of three letters or more that are not common, each once, in order of their first place."""
    return list(dict.fromkeys(word for word in words(text) if len(word) >= _SHORTEST and word not in COMMON))


def names(text: str, title: str) -> bool:
    """Whether ``text`` holds the whole ``title``, whatever the case and the punctuation, with or without its article.

    The article may come last, as in "Scarlet Letter, The". A title of common words alone ("It", "Before and After") is
    in many texts by chance: False.
    """
    wanted = _tokens(title)
    while wanted and wanted[-1] in _ARTICLES:
        wanted.pop()
    while wanted and wanted[0] in _ARTICLES:
        wanted.pop(0)
    if all(token in COMMON or (token.isalpha() and len(token) < _SHORTEST) for token in wanted):
        return False
    said = _tokens(text)
    return any(said[place : place + len(wanted)] == wanted for place in range(len(said) - len(wanted) + 1))


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
