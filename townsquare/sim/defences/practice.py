"""Fake accounts that a defender makes on its own log, to have some whose nature it knows."""

from dataclasses import replace

import numpy as np
from pydantic import Field, field_validator

from townsquare.protocols import (
    Attack,
    Campaign,
    Catalogue,
    IntArray,
    Interactions,
    Knowledge,
    Scale,
    Settings,
    Streams,
    known,
    make,
)
from townsquare.protocols.errors import did_you_mean

_LIKES = Scale(0.0, 1.0, liked=1.0)
"""What an attack is told of a log without ratings: whatever is in it was liked."""


class Practice(Settings):
    """Which attacks a defender runs on its own log, and how hard."""

    learns_from: tuple[str, ...] = Field(default=("random", "bandwagon"), min_length=1)
    """Attacks that it knows; `townsquare list attack` shows them all. Any other will be new to it."""
    share: float = Field(default=0.05, gt=0, le=1)
    """Fakes made by each of these attacks, as a share of the users who have rated; five at least."""
    campaigns: int = Field(default=5, ge=1)
    """Each attack is run this often, every time for another item drawn at random and with its part of the fakes."""
    fillers: int | None = Field(default=None, ge=0)
    """Ratings of each fake besides its target; by default short in one campaign and long in another, as users are."""

    @field_validator("learns_from")
    @classmethod
    def _attacks_are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in known("attack"):
                raise ValueError(f"there is no attack {name!r}{did_you_mean(name, known('attack'))}")
        return names


async def practised(
    practice: Practice, log: Interactions, catalogue: Catalogue, streams: Streams
) -> tuple[Interactions, IntArray]:
    """``log`` with the defender's own fakes at its end, and (n_users,) 1 for these, 0 for everybody else.

    The defender knows all ratings (level white). Without ratings every row counts as a like, and fakes like whatever
    they touch. Targets are drawn anew, and the attacks draw from streams of their own: an attacker with the same seed
    makes other fakes. Nobody knows how long the attacker's profiles are, so campaign c of n is as long as the user at
    the share (c + 1/2) / n of all by number of ratings, half the catalogue at most. An empty log stays empty. Raises
    InputError where an attack cannot be run.
    """
    if not len(log):
        return log, np.zeros(log.n_users, np.int8)
    known_log = log if log.scale is not None else replace(log, values=np.ones(len(log)), scale=_LIKES)
    rows = np.bincount(log.users, minlength=log.n_users)
    rows = rows[rows > 0]
    shares = (np.arange(practice.campaigns) + 0.5) / practice.campaigns
    lengths = np.quantile(rows, shares).astype(int) - 1
    if practice.fillers is not None:
        lengths = np.full(practice.campaigns, practice.fillers)
    lengths = np.clip(lengths, 0, log.n_items // 2)
    total = max(5, round(practice.share * len(rows)))
    rng = streams.get("defence", "practice")
    targets = rng.permutation(np.unique(log.items))
    joined, tick, run = known_log, int(log.ticks.max()), 0
    for name in practice.learns_from:
        for part, fillers in zip(np.array_split(np.arange(total), practice.campaigns), lengths.tolist(), strict=True):
            own = Streams(int(rng.integers(2**63)))
            attack: Attack = make("attack", name, {}, own)
            view = Knowledge(known_log, catalogue, attack.level, 1.0, own.get("knowledge"))
            campaign = Campaign(targets[[run % len(targets)]], len(part), fillers)
            joined = (await attack.craft(view, campaign)).joining(joined, tick)
            run += 1
    fake = (np.arange(joined.n_users) >= log.n_users).astype(np.int8)
    return replace(joined, scale=log.scale), fake
