"""The texts that all contestants of an arena write anew, and what is left to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from townsquare.evaluate.persuaders.cases import WORDED
from townsquare.evaluate.persuaders.families import lots, wording
from townsquare.protocols import InputError, Streams
from townsquare.protocols.persuader import Brief, Pair


@dataclass(frozen=True, slots=True)
class Input:
    """One text of the arena: the pair it comes from, the kinds it stands for, and what contestants are told."""

    pair: Pair
    cases: tuple[str, ...]
    """Kinds for which it was drawn."""
    brief: Brief
    likes: dict[str, float]
    """What the known texts about it got, by text."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw of inputs, and the pairs of all other families."""

    inputs: tuple[Input, ...]
    rest: tuple[Pair, ...]
    """No post and no wording of them is in the arena."""


def draw(pairs: Sequence[Pair], cases: Sequence[str], count: int, held: float, streams: Streams) -> Drawn:
    """``count`` weak posts of each kind from a share 1 - ``held`` of the pairs; the others are left to learn from.

    The split is by wording (``families.lots``), and does not hang on who judges. A weak post comes in once: with the
    better post whose text is most like its own (ties to the earlier one in the table). The worse text is that of the
    post for which the input is itself the better one of a pair, the most alike; where there is none, nobody knows one.
    Raises InputError where there are fewer than two inputs.
    """
    worded = [case for case in cases if case in WORDED]
    numbers = lots(pairs, streams.get("arena", "split"))
    here, there = numbers.min(axis=1) >= held, numbers.max(axis=1) < held
    ours = [pair for pair, mine in zip(pairs, here.tolist(), strict=True) if mine]
    nearest: dict[str, Pair] = {}
    for pair in ours:
        had = nearest.get(pair.weak.id)
        if set(pair.cases) & set(worded) and (had is None or pair.text_similarity > had.text_similarity):
            nearest[pair.weak.id] = pair
    chosen: dict[str, list[str]] = {}
    for case in worded:
        names = [name for name, pair in nearest.items() if case in pair.cases]
        for place in streams.get("arena", "inputs", case).permutation(len(names))[:count].tolist():
            chosen.setdefault(names[place], []).append(case)
    if len(chosen) < 2:
        raise InputError(
            f"{len(pairs)} pairs were mined, and {len(chosen)} inputs for an arena of {', '.join(worded) or 'texts'} "
            "come of them, where two are needed: give more posts, a wider mining.hours, or other cases."
        )
    worse = _worse(ours)
    names = [name for name in nearest if name in chosen]
    inputs = tuple(_input(number, nearest[name], tuple(chosen[name]), worse) for number, name in enumerate(names))
    return Drawn(inputs, tuple(pair for pair, rest in zip(pairs, there.tolist(), strict=True) if rest))


def _worse(pairs: Sequence[Pair]) -> dict[str, Pair]:
    """By the id of a post: the pair in which it is the better one, the most alike in text; not those by image only."""
    found: dict[str, Pair] = {}
    for pair in pairs:
        had = found.get(pair.strong.id)
        textual = pair.weak.account == pair.strong.account and pair.text_similarity == pair.text_similarity
        if textual and (had is None or pair.text_similarity > had.text_similarity):
            found[pair.strong.id] = pair
    return found


def _input(number: int, pair: Pair, cases: tuple[str, ...], worse: dict[str, Pair]) -> Input:
    below = worse.get(pair.weak.id)
    if below is not None and wording(below.weak) == wording(pair.strong):
        below = None  # said twice, and liked less and more than the input: no worse text
    likes = {} if below is None else {below.weak.text: below.weak.likes}
    likes |= {pair.strong.text: pair.strong.likes, pair.weak.text: pair.weak.likes}
    told = replace(pair.weak, likes=float("nan"))
    brief = Brief(number, told, pair.strong.text, None if below is None else below.weak.text)
    return Input(pair, cases, brief, likes)
