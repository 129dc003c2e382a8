"""What contestants write, and who is preferred: every match judged twice, with sides swapped."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from townsquare.agents.minds.per_agent import together
from townsquare.evaluate.persuaders.inputs import Input
from townsquare.evaluate.persuaders.roster import Entry
from townsquare.protocols import ContractError
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.persuader import Brief, Judge, Persuader, Side, Version

Winner = Literal["left", "right", "tie", ""]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output:
    """What one contestant wrote for one input; None where it wrote nothing."""

    input: int
    contestant: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """Two contestants on one input, and what the judge said both ways round."""

    input: int
    left: str
    right: str
    straight: Side | None
    """The verdict with ``left`` first; None for no valid answer."""
    swapped: Side | None
    """The verdict with ``right`` first, told as seen from the first order."""
    same: bool = False
    """Whether both wrote the same, so that nobody was asked."""

    @property
    def winner(self) -> Winner:
        """Who won both ways round; a verdict that turns with the sides is a tie, and "" means that it does not count
        because an answer is missing (our rule; standard practice against position bias).
        """
        if self.straight is None or self.swapped is None:
            return ""
        return self.straight if self.straight == self.swapped else "tie"

    @property
    def flipped(self) -> bool:
        """Whether the same place, first or second, was preferred both times."""
        return {self.straight, self.swapped} == {"left", "right"}


@contextmanager
def _named(what: str) -> Iterator[None]:
    """What a plug-in raises becomes a ContractError that names it; what townsquare raises on purpose stays."""
    try:
        yield
    except (TownsquareError, MemoryError):
        raise
    except Exception as error:
        raise ContractError(f"{what} failed: {type(error).__name__}: {' '.join(str(error).split())}.") from error


async def write(entry: Entry, contestant: Persuader, inputs: Sequence[Input], told: Callable[[], None]) -> list[Output]:
    """One contestant's texts for all inputs; it is told no more than it declares to need."""

    async def one(input: Input) -> Output:
        brief = _told(input.brief, entry.needs)
        with _named(f"{entry.label}.write"):
            text = await contestant.write(brief)
        if text is not None and not isinstance(text, str):
            raise ContractError(f"{entry.label}.write returned {type(text).__name__}, not a text or None.")
        told()
        return Output(input.brief.number, entry.label, text if text and text.strip() else None)

    return await together(one(input) for input in inputs)


async def judge_all(
    judge: Judge, inputs: Sequence[Input], outputs: Sequence[Output], told: Callable[[], None]
) -> list[Match]:
    """All pairs of texts of every input, in the order of the contestants; whoever wrote nothing plays no match."""
    by: dict[int, list[Output]] = {}
    for output in outputs:
        if output.text is not None:
            by.setdefault(output.input, []).append(output)
    tasks, number = list[Awaitable[Match]](), 0
    for input in inputs:
        written = by.get(input.brief.number, [])
        for place, left in enumerate(written):
            for right in written[place + 1 :]:
                tasks.append(_match(judge, input, left, right, number, told))
                number += 2
    return await together(tasks)


async def compare(judge: Judge, input: Input, left: str, right: str, number: int) -> tuple[Side | None, Side | None]:
    """The verdicts with ``left`` first and with ``right`` first, both as seen from the first order."""
    knows = "likes" in getattr(judge, "needs", ())
    one, other = (
        Version(text, input.likes.get(text, float("nan")) if knows else float("nan")) for text in (left, right)
    )
    brief = replace(_told(input.brief, ()), post=replace(input.brief.post, text=""))  # not which of the two is whose
    with _named(f"{type(judge).__name__}.choose"):
        straight = _checked(judge, await judge.choose(brief, one, other, number=number))
        swapped = _checked(judge, await judge.choose(brief, other, one, number=number + 1))
    turned: dict[Side | None, Side | None] = {"left": "right", "right": "left", "tie": "tie", None: None}
    return straight, turned[swapped]


async def _match(
    judge: Judge, input: Input, left: Output, right: Output, number: int, told: Callable[[], None]
) -> Match:
    assert left.text is not None
    assert right.text is not None
    if left.text == right.text:
        told()
        return Match(input.brief.number, left.contestant, right.contestant, "tie", "tie", same=True)
    straight, swapped = await compare(judge, input, left.text, right.text, number)
    told()
    return Match(input.brief.number, left.contestant, right.contestant, straight, swapped)


def _told(brief: Brief, needs: Iterable[str]) -> Brief:
    return replace(
        brief, better=brief.better if "better" in needs else None, worse=brief.worse if "worse" in needs else None
    )


def _checked(judge: Any, side: Any) -> Side | None:
    if side not in ("left", "right", "tie", None):
        raise ContractError(f"{type(judge).__name__}.choose returned {side!r}, not left, right, tie or None.")
    found: Side | None = side
    return found
