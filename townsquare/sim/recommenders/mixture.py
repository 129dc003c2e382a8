"""Several recommenders that share a slate."""

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from townsquare.protocols import (
    Catalogue,
    Events,
    FloatArray,
    InputError,
    IntArray,
    Interactions,
    Recommender,
    Settings,
    Slates,
    Stateful,
    Streams,
    configure,
    lesson,
)
from townsquare.protocols.scenario import Use


class Part(Use):
    """One recommender of a mixture. All keys but these two are its own settings."""

    share: float = Field(gt=0, le=1)
    """Its share of the places of each slate."""


class Mixture:
    """Several recommenders at once, each with a fixed share of the places, filled in the order they are written.

    Places are k times the share, rounded by largest remainder (ties to the earlier part). A part never repeats what
    an earlier one has chosen. Places that a part leaves empty stay empty, so that a share means what it says. The
    scores are those of the parts and do not compare across them.
    """

    class Config(Settings):
        """Who shares the slate."""

        parts: Annotated[tuple[Part, ...], Field(min_length=1)] = (
            Part(name="popular", share=0.5),
            Part(name="random", share=0.5),
        )
        """The parts, as tables of name, share and own settings; their shares sum to 1."""

        @model_validator(mode="after")
        def _adds_up(self) -> "Mixture.Config":
            total = sum(part.share for part in self.parts)
            if abs(total - 1) > 1e-6:
                raise ValueError(f"the shares of the parts must sum to 1, and they sum to {total:.6g}")
            for part in self.parts:
                configure("recommender", part.name, part.settings())
            return self

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config = config
        self._parts = [_build(part, streams, place) for place, part in enumerate(config.parts)]
        wanted = {need for part in self._parts for need in getattr(part, "needs", ())}
        self.needs = tuple(sorted(wanted & {"ratings", "texts"}))
        self.weighs = any(getattr(part, "weighs", False) for part in self._parts)

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        """Fit every part to what it can learn from."""
        for part in self._parts:
            part.fit(lesson(part, interactions), catalogue)

    def update(self, events: Events) -> None:
        """Pass the events on."""
        for part in self._parts:
            part.update(events)

    def recommend(
        self, agents: IntArray, k: int, *, tick: int, candidates: IntArray, exclude: IntArray | None = None
    ) -> Slates:
        """The slates of the parts side by side."""
        taken = np.full((len(agents), 0), -1, np.int32) if exclude is None else exclude
        items: list[IntArray] = [np.zeros((len(agents), 0), np.int32)]
        scores: list[FloatArray] = [np.zeros((len(agents), 0), np.float32)]
        for part, places in zip(self._parts, self.places(k), strict=True):
            if places:
                slates = part.recommend(agents, places, tick=tick, candidates=candidates, exclude=taken)
                taken = np.concatenate([taken, slates.items], axis=1)
                items.append(slates.items)
                scores.append(slates.scores)
        together = np.concatenate(items, axis=1)
        order = np.argsort(together < 0, axis=1, kind="stable")
        return Slates(
            np.take_along_axis(together, order, axis=1),
            np.take_along_axis(np.concatenate(scores, axis=1), order, axis=1),
        )

    def places(self, k: int) -> list[int]:
        """How many of ``k`` places each part has."""
        exact = np.array([part.share for part in self.config.parts]) * k
        whole = np.floor(exact + 1e-9).astype(int)
        largest = np.argsort(-np.round(exact - whole, 9), kind="stable")
        whole[largest[: k - whole.sum()]] += 1
        return [int(n) for n in whole]


def _build(part: Part, streams: Streams, place: int) -> Recommender:
    """A part with random numbers of its own: the same recommender twice is not the same draw twice."""
    cls, config = configure("recommender", part.name, part.settings())
    built: Recommender = cls(config, Streams(int(streams.get("recommender", "mixture", place).integers(2**62))))
    if isinstance(built, Stateful):
        raise InputError(
            f"recommender 'mixture': {part.name!r} remembers more than its last fit, which a mixture cannot carry over "
            "when a run is resumed; use it on its own."
        )
    return built
