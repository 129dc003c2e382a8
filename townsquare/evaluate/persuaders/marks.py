"""How facts and names look in a text: links, @handles, hashtags, numbers, quotations, capitals."""

import re

LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|co|ly|gov|edu)\b[^\s]*", re.I
)
"""Addresses, with or without a scheme."""
HANDLE = re.compile(r"(?<![\w@])@\w+")
HASHTAG = re.compile(r"(?<![\w#])#\w+")
NUMBER = re.compile(r"(?<![\w.])[$€£¥]?\d[\d.,:/-]*(?:st|nd|rd|th)?(?:\s?%|[kKmM]\b)?")
"""With its currency or per cent sign; dates and times as a whole."""
QUOTE = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|„([^“”]+)[“”]")
