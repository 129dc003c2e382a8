"""A conversation as the lines that one of the two would read."""

from collections.abc import Sequence


def lines(messages: Sequence[str], reader: int) -> list[str]:
    """Each message with who said it in front; ``reader`` is 0 for the persuader, who begins, and 1 for the target."""
    return [f"{'you' if turn % 2 == reader else 'the other'}: {text}" for turn, text in enumerate(messages)]
