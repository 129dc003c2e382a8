"""What rankers are called, and which agents stand behind a name."""

from dataclasses import dataclass
from typing import Literal

from townsquare.agents.choosers.ranking import VARIANTS, Variant
from townsquare.protocols import InputError
from townsquare.protocols.errors import did_you_mean
from townsquare.protocols.registry import known

ALWAYS = ("chance", "popular", "item-knn", "tfidf-max", "tfidf-sum")
"""Rankers that no table is without."""
METHODS: dict[str, Literal["", "both", "dual", "shared", "none"]] = {
    "agentcf": "",
    "agentcf++": "both",
    "agentcf++dual": "dual",
    "agentcf++shared": "shared",
    "agentcf++none": "none",
}
"""Methods that learn; behind AgentCF++ what its prompts show besides the separated text."""


@dataclass(frozen=True, slots=True)
class Agents:
    """A ranker that is a population of agents."""

    name: str
    method: str
    variant: Variant


def parse(names: list[str]) -> tuple[list[str], list[Agents]]:
    """The rankers without a language model, those of every table first, and the populations of agents.

    A population is a method, and behind a colon how it ranks: ``agentcf`` (which is ``agentcf:b``), ``agentcf++:b+r``.
    Any registered recommender is a ranker too. Raises InputError for a name that is neither.
    """
    plain, agents = list(ALWAYS), list[Agents]()
    recommenders = known("recommender")
    for name in dict.fromkeys(names):
        method, colon, variant = name.partition(":")
        if method in METHODS and (variant in VARIANTS or not colon):
            agents.append(Agents(name, method, next(v for v in VARIANTS if v == (variant or "b"))))
        elif name in recommenders:
            plain += [name] if name not in plain else []
        elif name not in ALWAYS:
            every = [*METHODS, *(f"{method}:{v}" for method in METHODS for v in VARIANTS), *ALWAYS, *recommenders]
            raise InputError(
                f"no ranker named {name!r}{did_you_mean(name, every)} Agents: {', '.join(METHODS)}, each with "
                f"{', '.join(f':{v}' for v in VARIANTS)}; others: {', '.join(sorted({*ALWAYS, *recommenders}))}."
            )
    return plain, agents
