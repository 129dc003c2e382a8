"""Populations of personas drawn from a distribution.

Each draw hangs on the seed, on what is drawn and on the persona's own number: adding people changes nobody else.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from pydantic import Field, field_validator, model_validator

from townsquare.agents.personas import BigFive, Demographics, Persona, Schwartz
from townsquare.protocols.columns import FloatArray, IntArray, steady
from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

VALUES = tuple(Schwartz.model_fields)
"""Schwartz's values in the order of the circle, 36 degrees apart."""
TRAITS = tuple(BigFive.model_fields)

Shares = dict[str, float]
Cast = Callable[[int], Persona | None]
"""From an agent's id to who it is; None for nobody in particular."""


class Normal(Settings):
    """A normal distribution, clipped to 0..1."""

    mean: float = Field(default=0.5, ge=0, le=1)
    "Mean."
    sd: float = Field(default=0.15, ge=0)
    "Standard deviation; 0 makes everybody alike."


class Distribution(Settings):
    """What a population is drawn from; by default values and personality, and no demographics.

    Values lie on a circle: each person has a direction, uniform over the circle, and holds a value the more the nearer
    it lies to that direction: .5 + amplitude cos(angle) + noise, clipped to 0..1 (our reconstruction). Neighbours on
    the circle so correlate positively, opposites negatively. Personality is five independent normals, demographics are
    drawn one by one from the shares: no joint distribution of real people is claimed.
    """

    amplitude: float = Field(default=0.35, ge=0, le=0.5)
    "How much more the nearest value is held than one at a right angle; 0 for no values at all but noise."
    noise: float = Field(default=0.1, ge=0)
    "Standard deviation of each value about the circle."
    openness: Normal = Normal()
    "Distribution of openness."
    conscientiousness: Normal = Normal()
    "Distribution of conscientiousness."
    extraversion: Normal = Normal()
    "Distribution of extraversion."
    agreeableness: Normal = Normal()
    "Distribution of agreeableness."
    neuroticism: Normal = Normal()
    "Distribution of neuroticism."
    demographics: dict[str, Shares] = Field(default_factory=dict)
    "Field of demographics -> word -> share; shares of one field sum to 1 at most, the rest is not told."

    @field_validator("demographics")
    @classmethod
    def _fields_exist(cls, demographics: dict[str, Shares]) -> dict[str, Shares]:
        known = tuple(Demographics.model_fields)
        for field in demographics:
            if field not in known:
                raise ValueError(f"no field {field!r} of demographics; there are {', '.join(known)}")
        return demographics

    @model_validator(mode="after")
    def _shares_fit(self) -> "Distribution":
        for field, shares in self.demographics.items():
            if any(share < 0 for share in shares.values()) or math.fsum(shares.values()) > 1 + 1e-9:
                raise ValueError(f"the shares of {field} must be 0 or more and sum to 1 at most")
        return self


def draw(distribution: Distribution, streams: Streams, numbers: IntArray, name: str = "persona") -> list[Persona]:
    """One persona per entry of ``numbers``; the same number gives the same persona, whoever else is drawn.

    ``name`` sets populations of one run apart.
    """
    values, traits = _values(distribution, streams, numbers, name), _traits(distribution, streams, numbers, name)
    facts = {
        field: _words(shares, streams.uniform(f"{name}.{field}", 0, numbers, np.zeros(1, np.int64)))
        for field, shares in distribution.demographics.items()
    }
    return [
        Persona(
            demographics=Demographics.model_validate(
                {f: ((w[i],) if f == "ethnicity" else w[i]) for f, w in facts.items() if w[i] is not None}
            ),
            big_five=BigFive.model_validate(dict(zip(TRAITS, traits[i].tolist(), strict=True))),
            schwartz=Schwartz.model_validate(dict(zip(VALUES, values[i].tolist(), strict=True))),
        )
        for i in range(len(numbers))
    ]


def _values(distribution: Distribution, streams: Streams, numbers: IntArray, name: str) -> FloatArray:
    places = np.arange(len(VALUES))
    angles = places * (2 * np.pi / len(VALUES))
    direction = 2 * np.pi * streams.uniform(f"{name}.direction", 0, numbers[:, None], np.zeros((1, 1), np.int64))
    noise = streams.normal(f"{name}.values", 0, numbers[:, None], places[None, :])
    held = 0.5 + distribution.amplitude * np.cos(angles - direction) + distribution.noise * noise
    return steady(np.clip(held, 0.0, 1.0))


def _traits(distribution: Distribution, streams: Streams, numbers: IntArray, name: str) -> FloatArray:
    noise = streams.normal(f"{name}.traits", 0, numbers[:, None], np.arange(len(TRAITS))[None, :])
    normals = [getattr(distribution, trait) for trait in TRAITS]
    mean, sd = np.array([normal.mean for normal in normals]), np.array([normal.sd for normal in normals])
    return steady(np.clip(mean + sd * noise, 0.0, 1.0))


def _words(shares: Mapping[str, float], draws: FloatArray) -> list[str | None]:
    """The word in whose stretch of 0..1 each draw falls, in the order given; None beyond them."""
    places = np.searchsorted(np.cumsum(list(shares.values())), draws, side="right")
    return [dict(enumerate(shares)).get(int(place)) for place in places]


def seated(personas: Sequence[Persona], first: int) -> Cast:
    """``personas`` as the agents ``first``, ``first + 1``, ...; None for every other agent."""

    def of(agent: int) -> Persona | None:
        return personas[agent - first] if first <= agent < first + len(personas) else None

    return of


def enough(personas: Sequence[Persona], count: int, what: str) -> Sequence[Persona]:
    """The first ``count``; InputError when there are fewer. ``what`` says where they are from."""
    if len(personas) < count:
        raise InputError(f"{what} holds {len(personas)} personas, and {count} are needed.")
    return personas[:count]
