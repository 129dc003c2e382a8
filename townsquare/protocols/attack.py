"""What attacks promise: fake profiles, made of nothing but what the attacker may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import ContractError
from townsquare.protocols.interactions import Interactions, Scale

Level = Literal["black", "grey", "white"]
LEVELS: tuple[Level, ...] = ("black", "grey", "white")
"""What an attacker knows. ``black``: what anybody can see on the pages of the shop. ``grey``: also how ratings of an
item spread, and the profiles of some real users. ``white``: also everybody's ratings.
"""
ROLES = ("target", "selected", "filler")
"""What a rating of a fake profile is there for, by code."""
ROLE = {name: code for code, name in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Campaign:
    """What one attacker wants, and how much of it."""

    targets: IntArray
    """(t,) item ids; every profile rates all of them."""
    profiles: int
    """A: accounts; 0 is allowed."""
    fillers: int
    """P: ratings per account besides the targets. Selected items are on top where an attack has such."""
    intent: Literal["push", "nuke"] = "push"
    """Whether the targets are to rise or to fall."""

    def target_rating(self, scale: Scale) -> float:
        """The best rating for a push, the worst for a nuke."""
        return scale.high if self.intent == "push" else scale.low


@dataclass(frozen=True, slots=True)
class Profiles:
    """Fake ratings as columns, a profile's rows together and in the order in which they are to be given."""

    profile: IntArray
    """(n,) which fake account, from 0 to A - 1."""
    items: IntArray
    """(n,) item ids; none twice in a profile."""
    values: FloatArray
    """(n,) ratings on the scale."""
    role: IntArray
    """(n,) int8: index into ``ROLES``."""
    texts: NDArray[np.object_] | None = None
    """(n,) str: reviews; None where the attack writes none."""

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def none(cls) -> "Profiles":
        """No profile at all."""
        nothing = np.zeros(0, np.int64)
        return cls(nothing, nothing, np.zeros(0), nothing.astype(np.int8))

    def joining(self, log: Interactions, tick: int) -> Interactions:
        """``log`` with these rows at its end; the accounts are numbered after its users, all at ``tick``."""
        if not len(self):
            return log
        accounts = log.n_users + self.profile.astype(log.users.dtype)
        n_users = log.n_users + int(self.profile.max()) + 1
        when = np.full(len(self), tick, log.ticks.dtype)
        fakes = Interactions(accounts, self.items, self.values, when, n_users, log.n_items, log.scale, self.texts)
        return log.followed_by(fakes)


class Knowledge:
    """What an attacker can find out about a shop.

    Each property says from which level on it may be read; below it raises ContractError. Statistics are those of the
    ratings at the time of the attack; an item that nobody rated has the mean and spread of all ratings.
    """

    def __init__(
        self,
        log: Interactions,
        catalogue: Catalogue,
        level: Level,
        sample: float,
        rng: np.random.Generator,
        *,
        titles: Sequence[str] | None = None,
        descriptions: Sequence[str] | None = None,
        category_names: Sequence[str] = (),
    ) -> None:
        """``sample`` is the share of real users whose profiles ``grey`` sees, one at least, drawn with ``rng``."""
        if log.scale is None:
            raise ContractError("an attack needs ratings on a scale; these interactions have none.")
        self._log, self._catalogue, self.level = log, catalogue, level
        self._sample, self._rng = sample, rng
        self.scale: Scale = log.scale
        self.n_items = log.n_items
        self.titles, self.descriptions = titles, descriptions
        """(n_items,) what an item is called, and what is said of it; None where nobody says. Black."""
        self.category_names = category_names
        """By number, as ``catalogue.categories`` counts them; empty where they have no names. Black."""

    @property
    def catalogue(self) -> Catalogue:
        """Categories and content vectors, as far as there are any. Black."""
        return self._catalogue

    @cached_property
    def counts(self) -> IntArray:
        """(n_items,) how many ratings each item has. Black: shops print it."""
        return np.bincount(self._log.items, minlength=self.n_items)

    @cached_property
    def mean(self) -> float:
        """Of all ratings. Black."""
        return float(self._log.values.mean()) if len(self._log) else (self.scale.low + self.scale.high) / 2

    @cached_property
    def spread(self) -> float:
        """Standard deviation of all ratings. Black."""
        return float(self._log.values.std()) if len(self._log) else 0.0

    @cached_property
    def means(self) -> FloatArray:
        """(n_items,) mean rating of each item. Black: shops print it."""
        total = np.bincount(self._log.items, weights=self._log.values, minlength=self.n_items)
        return np.where(self.counts > 0, total / np.maximum(self.counts, 1), self.mean)

    @property
    def reviews(self) -> Interactions:
        """All reviews with the items they are about, their writers unknown (every user is 0). Black."""
        log = self._log
        texts = np.full(len(log), "", object) if log.texts is None else log.texts
        written = texts != ""
        nobody = np.zeros(int(written.sum()), np.int64)
        return Interactions(
            nobody,
            log.items[written],
            log.values[written],
            log.ticks[written],
            1,
            log.n_items,
            log.scale,
            texts[written],
        )

    @cached_property
    def spreads(self) -> FloatArray:
        """(n_items,) standard deviation of each item's ratings; that of all where fewer than two are there. Grey."""
        self._needs("grey", "spreads")
        off = self._log.values - self.means[self._log.items]
        squares = np.bincount(self._log.items, weights=off * off, minlength=self.n_items)
        return np.where(self.counts > 1, np.sqrt(squares / np.maximum(self.counts, 1)), self.spread)

    @cached_property
    def sample(self) -> Interactions:
        """Everything that some real users rated; their numbers are changed. Grey."""
        self._needs("grey", "sample")
        people = np.unique(self._log.users)
        n = min(len(people), max(1, round(self._sample * len(people))))
        chosen = np.sort(self._rng.choice(people, n, replace=False)) if len(people) else people
        rows = np.isin(self._log.users, chosen)
        log = self._log
        users = np.searchsorted(chosen, log.users[rows])
        texts = None if log.texts is None else log.texts[rows]
        return Interactions(users, log.items[rows], log.values[rows], log.ticks[rows], n, log.n_items, log.scale, texts)

    @property
    def everything(self) -> Interactions:
        """Every rating with its user. White."""
        self._needs("white", "everything")
        return self._log

    def _needs(self, level: Level, what: str) -> None:
        if LEVELS.index(self.level) < LEVELS.index(level):
            raise ContractError(
                f"an attack that declares the level {self.level!r} asked for {what}, which takes {level!r}."
            )


@runtime_checkable
class Attack(Protocol):
    """Makes fake profiles. Built as ``Class(config, streams)``, config being its own nested ``Config``."""

    level: ClassVar[Level]
    """What it has to know; it is handed a ``Knowledge`` of that level and nothing else."""

    async def craft(self, known: Knowledge, campaign: Campaign) -> Profiles:
        """``campaign.profiles`` profiles; the same streams give the same ones.

        Raises InputError where it cannot be done: more fillers than items, no category where one is needed.
        """
