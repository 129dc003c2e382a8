"""Circles of agents with a taste in common: tags, embedded, clustered, the largest clusters kept.

After AgentCF++ (Liu et al., SIGIR 2025) and its code; tags and names come from whoever calls, usually a
language model. Published: clusters of tags, the clusters with most tags kept, overlapping membership. Ours: a tag
counts once per agent that has it, ties go to the cluster with the alphabetically first tag.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import Embedder
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


@dataclass(frozen=True, slots=True)
class Group:
    """One circle."""

    tags: tuple[str, ...]
    """What its members like, in alphabetical order."""
    members: tuple[int, ...]
    """Agents, in ascending order."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """Who belongs together from a tick on, until they are formed anew. An agent may be in several, or in none."""

    tick: int
    """When they were formed, from nothing later than that."""
    groups: tuple[Group, ...] = ()

    def of(self, agent: int) -> tuple[Group, ...]:
        """Those an agent belongs to, the one with most tags first."""
        return tuple(group for group in self.groups if agent in group.members)

    def named(self, names: Sequence[str]) -> "Groups":
        """The same with names, one each."""
        return Groups(self.tick, tuple(replace(g, name=n) for g, n in zip(self.groups, names, strict=True)))

    def to_json(self) -> str:
        """As text, for a checkpoint."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> "Groups":
        """The inverse of ``to_json``."""
        raw: dict[str, Any] = json.loads(text)
        return cls(raw["tick"], tuple(Group(tuple(g["tags"]), tuple(g["members"]), g["name"]) for g in raw["groups"]))


class InterestGroups:
    """Forms groups; the caller decides when, and with which tags."""

    class Config(Settings):
        """How many clusters and groups. The defaults are AgentCF++'s."""

        clusters: int = Field(default=384, ge=1)
        "Clusters of tags; no more than there are different tags. AgentCF++ takes fewer at the start of training."
        groups: int = Field(default=10, ge=1)
        "Clusters that are kept, those with most tags."
        dimensions: int | None = Field(default=None, ge=1)
        """Length to which vectors are cut, and then scaled to norm 1 again; by default all of it. AgentCF++ takes 128
        of text-embedding-3-large, a model that is made for it; others, the built-in ones included, are not."""
        rounds: int = Field(default=100, ge=1)
        "Rounds of k-means at most."

    def __init__(self, config: Config, embedder: Embedder, streams: Streams) -> None:
        self.config, self.embedder, self.streams = config, embedder, streams

    def form(self, tags: Mapping[int, Sequence[str]], tick: int) -> Groups:
        """Groups from the tags of each agent. A tag counts once per agent, without regard to case and outer spaces.

        The same tags, tick and seed give the same groups. No tags, no groups.
        """
        owners: dict[str, set[int]] = defaultdict(set)
        for agent, some in tags.items():
            for tag in some:
                if plain := " ".join(tag.casefold().split()):
                    owners[plain].add(int(agent))
        names = sorted(owners)
        if not names:
            return Groups(tick)
        counts = np.array([len(owners[name]) for name in names], np.float64)
        labels = cluster(
            self._vectors(names),
            counts,
            min(self.config.clusters, len(names)),
            self.streams.get("interest groups", tick),
            self.config.rounds,
        )
        sizes = np.bincount(labels, counts)
        members = {int(label): [n for n, at in zip(names, labels, strict=True) if at == label] for label in set(labels)}
        order = sorted(members, key=lambda label: (-sizes[label], members[label][0]))
        return Groups(
            tick,
            tuple(
                Group(tuple(members[label]), tuple(sorted(set().union(*(owners[name] for name in members[label])))))
                for label in order[: self.config.groups]
            ),
        )

    def _vectors(self, names: list[str]) -> FloatArray:
        vectors = np.asarray(self.embedder.embed(names), np.float64)[:, : self.config.dimensions]
        if not np.isfinite(vectors).all():
            raise InputError("interest groups: the embedder gave a vector that is not finite.")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(norms > 0, norms, 1)


def cluster(
    points: FloatArray, weights: FloatArray, k: int, rng: np.random.Generator, rounds: int = 100
) -> NDArray[np.int64]:
    """K-means: a label in 0..k-1 for each of (n, d) points, which count ``weights`` times each.

    Seeded by k-means++ (Arthur and Vassilvitskii 2007); ties go to the lower label; a cluster may end up empty.
    """
    centres = _seeds(points, weights, k, rng)
    labels = _nearest(points, centres)
    for _ in range(rounds):
        totals = np.bincount(labels, weights, minlength=k)
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, points * weights[:, None])
        filled = totals > 0
        centres[filled] = sums[filled] / totals[filled, None]
        moved = _nearest(points, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return labels


def _seeds(points: FloatArray, weights: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    chosen = [_draw(weights, rng)]
    far = _distances(points, points[chosen])[:, 0]
    while len(chosen) < k:
        pull = weights * far
        chosen.append(_draw(pull if pull.any() else weights, rng))
        far = np.minimum(far, _distances(points, points[chosen[-1:]])[:, 0])
    return np.array(points[chosen])


def _draw(pull: FloatArray, rng: np.random.Generator) -> int:
    heights = np.cumsum(pull)
    return min(int(np.searchsorted(heights, rng.random() * heights[-1], side="right")), len(pull) - 1)


def _nearest(points: FloatArray, centres: FloatArray) -> NDArray[np.int64]:
    return np.argmin(_distances(points, centres), axis=1)


def _distances(points: FloatArray, centres: IntArray | FloatArray) -> FloatArray:
    """(n, k) squared distances; rounded, so that the last bits of a product decide no tie."""
    squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None]
    return np.maximum(steady(squares - 2 * points @ centres.T), 0)
