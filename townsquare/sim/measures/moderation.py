"""What moderation kept from readers, and what it cost authors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModerationView:
    """One tick of a moderated timeline."""

    tick: int


def moderation(view: ModerationView) -> dict[str, float]:
    """Nothing yet."""
    return {}
