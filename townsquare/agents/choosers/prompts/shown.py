"""How tastes and items are shown: as blocks of quoted material (agents/prompts/quoting.py)."""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block


def taste(text: str, kind: str = "taste") -> Block:
    """One text about a person."""
    return Block(kind, [text])


def items(titles: Sequence[str], texts: Sequence[str]) -> list[Block]:
    """Items by their places, counted from 1: all titles, then all descriptions."""
    return [Block("titles", list(enumerate(titles, start=1))), Block("descriptions", list(enumerate(texts, start=1)))]
