"""Where choosers keep what they know, in any MemoryStore; AgentCF++ as ``memory.layers.DualMemory`` does."""

from townsquare.protocols.memory import MemoryStore, Scope


def taste(user: int, domain: str = "") -> Scope:
    """A user's own text about one domain; with no domain, about everything."""
    return Scope(user, domain, "separated", "agent")


def fused(user: int, domain: str) -> Scope:
    """A user's text about one domain with what the others say about it."""
    return Scope(user, domain, "fused", "agent")


def item(number: int, domain: str = "") -> Scope:
    """An item's text."""
    return Scope(number, domain, "separated", "item")


def taken(user: int, domain: str) -> Scope:
    """What a user took in one domain, one title each; its circles get to see it.

    By member and not by circle, so that circles can be made anew without rewriting what they share.
    """
    return Scope(user, domain, "group", "agent")


def text(store: MemoryStore, scope: Scope, before: int | None = None) -> str:
    """The current text of a scope; "" where nothing was written before that tick."""
    found = store.current(scope, before)
    return found.text if found is not None else ""
