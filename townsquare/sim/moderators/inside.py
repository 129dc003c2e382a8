"""What is known of a moderator by its settings, before there is one: who looks before it, whom it asks, where it is."""

from collections.abc import Iterator

from townsquare.protocols.moderator import Learner
from townsquare.protocols.registry import make
from townsquare.protocols.scenario import Use
from townsquare.protocols.streams import Streams

BEFORE = ("first", "screen")
"""Settings under which a moderator has another one look before it."""


def inside(use: Use) -> Iterator[Use]:
    """A moderator, and those that look before it, as deep as that goes."""
    yield use
    for key in BEFORE:
        before = use.settings().get(key)
        if before is not None:
            yield from inside(Use.model_validate(before))


def asks(use: Use) -> bool:
    """Whether it asks a language model: one of those inside has the attribute through which it does."""
    return any(hasattr(made, "ask") for made in _made(use))


def needs_examples(use: Use) -> bool:
    """Whether it can say nothing before it has learnt; one that asks a model can go by definitions alone."""
    return any(isinstance(made, Learner) and not hasattr(made, "ask") for made in _made(use))


def agents(use: Use) -> list[str]:
    """The names of the agents elsewhere that it is, or has look first; "" for whoever can moderate."""
    return [str(one.settings().get("agent", "")) for one in inside(use) if one.name == "remote"]


def _made(use: Use) -> list[object]:
    """A queue is left out, for making one opens its file; it does what those inside it do."""
    return [make("moderator", one.name, one.settings(), Streams(0)) for one in inside(use) if one.name != "human-queue"]
