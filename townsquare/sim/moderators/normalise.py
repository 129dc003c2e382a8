"""Texts as a filter should read them: disguises taken off (ours).

What people do to get past a filter is undone where it can be told from ordinary writing: look-alike letters of other
scripts, invisible characters, digits and signs for letters, letters set apart, letters drawn out.
"""

import re
import unicodedata

LONGEST = 20_000
"""Letters of a text that are read; what comes after them is not looked at."""
_LOOKALIKES = {
    "a": "аɑαạ", "b": "ьƅ", "c": "сϲⅽ", "d": "ԁⅾɗ", "e": "еҽєε", "f": "ƒ", "g": "ɡց", "h": "һհ", "i": "іıɩι", "j": "јϳ",
    "k": "кκ", "l": "ӏⅼǀ", "m": "мⅿ", "n": "пոռη", "o": "оοօσ", "p": "рρ", "q": "ԛզ", "r": "гѓ", "s": "ѕʂ", "t": "тτ",
    "u": "υսʋ", "v": "ѵνⅴ", "w": "ԝѡω", "x": "хχⅹ", "y": "уүγ", "z": "ʐᴢ",
}  # fmt: skip
"""Letters of Cyrillic, Greek, Armenian and phonetic writing that look like a Latin one."""
_FOLD = {ord(other): latin for latin, others in _LOOKALIKES.items() for other in others}
_LEET = str.maketrans("013457@$!", "oieastasi")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_HINT = re.compile(r"[a-z][013457@$!]+[a-z\d@$]|[@$][a-z]")
"""Without this nothing can be a letter in disguise, which saves the slower search."""
_MIXED = re.compile(r"(?<![\w@$!])(?=[\w@$!]*[a-z])(?=[\w@$!]*[0134578@$!])[\w@$!]*[a-z][\w@$!]*")
_APART = re.compile(r"(?<!\w)(?:[a-z][ .\-_*]){3,}[a-z](?!\w)")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_MARK = "M"


def normalised(text: str) -> str:
    """``text`` in small letters and compatibility form, its disguises taken off; at most ``LONGEST`` letters.

    Latin letters are put in place of look-alikes only where the text holds Latin letters too, and only in words made of
    nothing but Latin letters and look-alikes, so that Russian and Greek stay what they are. Digits and signs count as
    letters only within a word of at least two letters that begins with none of the digits (``fr33``, not ``33``,
    ``b4``, ``2nd``), and a number of three digits or more at its end stays one (``win100``).
    """
    text = text[:LONGEST]
    if text.isascii() and text.isalpha():  # one plain word, as most pieces of a text are
        return _DRAWN_OUT.sub(r"\1\1", text.lower())
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != _MARK).lower()
        if any("a" <= c <= "z" for c in text):
            text = " ".join(_folded(word) for word in text.split(" "))
    else:
        text = text.lower()
    if _HINT.search(text):
        text = _MIXED.sub(_spelled, text)
    text = _APART.sub(lambda found: re.sub(r"[ .\-_*]+", "", found[0]), text)
    return _DRAWN_OUT.sub(r"\1\1", text)


def plain(text: str) -> bool:
    """Whether ``normalised`` makes of a text what it makes of its pieces between blanks, one by one."""
    return text.isascii() and not _APART.search(text.lower())


def _folded(word: str) -> str:
    if word.isascii() or not all(ord(c) in _FOLD or c.isascii() or not c.isalpha() for c in word):
        return word
    return word.translate(_FOLD)


def _spelled(found: "re.Match[str]") -> str:
    word = found[0]
    body = re.sub(r"(?:\d{3,}|!+)$", "", word)
    if word[0].isdigit() or not _HINT.search(word) or sum(c.isalpha() for c in body) < 2:
        return word
    return body.translate(_LEET) + word[len(body) :]
