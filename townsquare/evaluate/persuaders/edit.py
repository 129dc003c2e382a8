"""How much of one text has to be typed anew to get another."""


def edit_similarity(a: str, b: str) -> float:
    """1 - d / max(len(a), len(b)) with d the Levenshtein distance in characters; 1 for two empty texts.

    Which measure PersuasionBench used is not published; this ratio is our reconstruction. Unlike difflib's it is
    symmetric. The distance is computed a column at a time in the bits of one number (Myers 1999, in Hyyro's form of
    2003), so that a pair of posts takes about 0.1 ms.
    """
    longest = max(len(a), len(b))
    return 1.0 if longest == 0 else (longest - distance(a, b)) / longest


def at_most(a: str, b: str) -> float:
    """An upper bound of ``edit_similarity`` that costs nothing: what the lengths alone allow."""
    longest = max(len(a), len(b))
    return 1.0 if longest == 0 else min(len(a), len(b)) / longest


def distance(a: str, b: str) -> int:
    """Fewest insertions, deletions and replacements of one character that make ``b`` of ``a``."""
    same = _shared(a, b)
    a, b = a[same:], b[same:]
    same = _shared(a[::-1], b[::-1])
    a, b = a[: len(a) - same], b[: len(b) - same]
    if not a or not b:
        return max(len(a), len(b))
    rows, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    where: dict[str, int] = {}
    for place, char in enumerate(a):
        where[char] = where.get(char, 0) | 1 << place
    up, down, found = rows, 0, len(a)
    for char in b:
        equal = where.get(char, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right, left = (down | ~(diagonal | up)) & rows, up & diagonal
        if right & last:
            found += 1
        elif left & last:
            found -= 1
        right, left = ((right << 1) | 1) & rows, (left << 1) & rows
        up, down = (left | ~(diagonal | right)) & rows, right & diagonal
    return found


def _shared(a: str, b: str) -> int:
    """Characters that both begin with."""
    return next((n for n, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))
