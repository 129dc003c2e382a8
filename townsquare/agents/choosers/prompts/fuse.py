"""Two-step fusion, second step: what everything known of a person says about one domain."""

from collections.abc import Mapping

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = (
    "You stand for one person. The blocks hold the domain in question, what you last concluded about it (fused), and "
    "what you know of your taste in each domain on its own: per block the domain's name, then the text."
)
_TASK = (
    "Conclude anew what you like in the domain in question. Take from the other domains only what says something about "
    "it (moods, subjects, periods, people), leave out the rest, and keep of your last conclusion what still stands. "
    "Write in the first person and in general terms, not in titles. At most {limit} words.\n"
    "Answer with JSON: description."
)


def fuse(domain: str, fused: str, separated: Mapping[str, str], *, limit: int) -> tuple[Message, Message]:
    """``fused`` is the previous conclusion; ``separated`` has the text of every domain under its name."""
    blocks = [Block("domain", [domain]), Block("fused", [fused]), *by_domain(separated)]
    return turns(_ROLE, blocks, _TASK.format(limit=limit))


def by_domain(separated: Mapping[str, str]) -> list[Block]:
    """One block per domain: its name as heading, and the text."""
    return [Block("separated", [domain, text]) for domain, text in separated.items()]
