"""The promises of an attack, as tests to inherit."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np

from townsquare.protocols import (
    Attack,
    Campaign,
    Catalogue,
    InputError,
    Interactions,
    Knowledge,
    Profiles,
    Scale,
    Settings,
    Streams,
    configure,
)
from townsquare.protocols.attack import LEVELS, ROLE

N_USERS, N_ITEMS, FILLERS, PROFILES = 60, 40, 8, 6
TARGETS = np.array([3])
STARS = Scale(1.0, 5.0, 4.0)


def little_shop(seed: int = 0) -> tuple[Interactions, Catalogue, tuple[str, ...]]:
    """Ratings of 60 users of 40 items in 4 categories, with reviews, and the titles of the items."""
    rng = Streams(seed).get("little shop")
    rated = rng.random((N_USERS, N_ITEMS)) < np.linspace(0.7, 0.1, N_ITEMS)
    users, items = np.nonzero(rated)
    values = STARS.nearest(rng.normal(3.4 + 0.5 * np.sin(items), 1.0))
    texts = np.array(
        [f"I found item {i} {'fine' if v > 3 else 'poor'}" for i, v in zip(items, values, strict=True)], object
    )
    log = Interactions(users, items, values, np.zeros(len(users), np.int32), N_USERS, N_ITEMS, STARS, texts)
    catalogue = replace(Catalogue.bare(N_ITEMS), categories=np.arange(N_ITEMS) % 4)
    return log, catalogue, tuple(f"The {number}th thing" for number in range(N_ITEMS))


class AttackContract:
    """Subclass it, say how to make one, and every promise is checked.

    Either set ``name`` (and ``settings``) of a registered attack, or define ``make``.
    """

    name: ClassVar[str | None] = None
    """What the attack is registered as."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What it is configured with; its defaults if empty."""

    def make(self, streams: Streams) -> Attack:
        """A new one that draws from ``streams`` only."""
        assert self.name is not None, "Give the subclass of AttackContract a `name`, or define `make`."
        cls, config = configure("attack", self.name, dict(self.settings))
        made: Attack = cls(config, streams)
        return made

    def intents(self) -> list[str]:
        """What it can be asked for; an attack that can do one only refuses the other with InputError."""
        able = []
        for intent in ("push", "nuke"):
            try:
                self.crafted(intent=intent)
            except InputError:
                continue
            able.append(intent)
        return able

    def crafted(
        self, seed: int = 0, profiles: int = PROFILES, fillers: int = FILLERS, intent: str | None = None, shop: int = 0
    ) -> Profiles:
        """What comes of a small campaign."""
        made = self.make(Streams(seed))
        log, catalogue, titles = little_shop(shop)
        known = Knowledge(log, catalogue, made.level, 0.3, Streams(seed).get("knowledge"), titles=titles)
        wanted = intent or self.intents()[0]
        campaign = Campaign(TARGETS, profiles, fillers, "nuke" if wanted == "nuke" else "push")
        return asyncio.run(made.craft(known, campaign))

    def test_it_is_an_attack(self) -> None:
        """It says what it has to know, and crafts."""
        made = self.make(Streams(0))
        assert isinstance(made, Attack), (
            "isinstance(made, Attack) must hold: a class variable `level`, a method `craft`."
        )
        assert made.level in LEVELS, f"level must be one of {', '.join(LEVELS)}."

    def test_its_settings_survive_a_file(self) -> None:
        """A run folder keeps settings as JSON, and a resumed run reads them back."""
        config = getattr(type(self.make(Streams(0))), "Config", Settings)
        made = config.model_validate(dict(self.settings))
        assert config.model_validate_json(made.model_dump_json()) == made, "Settings must survive JSON."

    def test_it_can_push_or_nuke(self) -> None:
        """One of them at least."""
        assert self.intents(), "craft refused both intents."

    def test_every_profile_is_whole(self) -> None:
        """Its targets once, its fillers as many as wanted, nothing twice, and the rows of a profile together."""
        for intent in self.intents():
            made = self.crafted(intent=intent)
            assert sorted(set(made.profile.tolist())) == list(range(PROFILES)), "Profiles are numbered from 0 to A - 1."
            assert (np.diff(made.profile) >= 0).all(), "The rows of a profile must stand together."
            for number in range(PROFILES):
                mine = made.profile == number
                assert len(set(made.items[mine].tolist())) == int(mine.sum()), "A profile must rate nothing twice."
                roles = made.role[mine]
                assert made.items[mine][roles == ROLE["target"]].tolist() == TARGETS.tolist(), "It rates its targets."
                assert int((roles == ROLE["filler"]).sum()) == FILLERS, "It has as many fillers as wanted."

    def test_ratings_are_on_the_scale_and_targets_at_its_end(self) -> None:
        """The best for a push, the worst for a nuke."""
        for intent, wanted in (("push", STARS.high), ("nuke", STARS.low)):
            if intent not in self.intents():
                continue
            made = self.crafted(intent=intent)
            assert np.array_equal(STARS.nearest(made.values), made.values), "Ratings must be on the scale."
            assert (made.values[made.role == ROLE["target"]] == wanted).all(), f"A {intent} rates targets {wanted:g}."

    def test_it_draws_from_its_streams_only(self) -> None:
        """The same seed, the same profiles."""
        one, two = self.crafted(seed=5), self.crafted(seed=5)
        for column in ("profile", "items", "values", "role"):
            assert np.array_equal(getattr(one, column), getattr(two, column)), f"{column} differs between equal seeds."

    def test_it_goes_by_what_its_level_allows(self) -> None:
        """``black`` does not know who gave a rating, ``grey`` only of the users in its sample."""
        made = self.make(Streams(0))
        if made.level == "white":
            return
        log, catalogue, titles = little_shop()
        before, after = (replace(log, users=log.users.copy(), ticks=log.users) for _ in range(2))
        seen = np.zeros(0, int)
        if made.level == "grey":
            seen = np.unique(Knowledge(before, catalogue, "grey", 0.3, Streams(0).get("knowledge")).sample.ticks)
        unseen = np.flatnonzero(~np.isin(log.users, seen))
        after.users[unseen] = log.users[unseen][::-1]
        campaign = Campaign(TARGETS, PROFILES, FILLERS, "push" if "push" in self.intents() else "nuke")
        crafts = []
        for ratings in (before, after):
            known = Knowledge(ratings, catalogue, made.level, 0.3, Streams(0).get("knowledge"), titles=titles)
            crafts.append(asyncio.run(self.make(Streams(0)).craft(known, campaign)))
        assert np.array_equal(crafts[0].items, crafts[1].items), (
            f"The level {made.level!r} does not allow profiles to depend on who gave the ratings."
        )

    def test_it_changes_nothing_that_it_is_told(self) -> None:
        """The ratings belong to the shop."""
        made = self.make(Streams(0))
        log, catalogue, titles = little_shop()
        known = Knowledge(log, catalogue, made.level, 0.3, Streams(0).get("knowledge"), titles=titles)
        intent: Literal["push", "nuke"] = "push" if "push" in self.intents() else "nuke"
        counts, means = known.counts.copy(), known.means.copy()
        asyncio.run(made.craft(known, Campaign(TARGETS, PROFILES, FILLERS, intent)))
        for name in ("users", "items", "values"):
            assert np.array_equal(getattr(log, name), getattr(little_shop()[0], name)), f"craft changed {name}."
        assert np.array_equal(known.counts, counts), "craft changed the counts."
        assert np.array_equal(known.means, means), "craft changed the means."

    def test_no_accounts_no_profiles(self) -> None:
        """A campaign of nobody is allowed."""
        assert not len(self.crafted(profiles=0)), "A campaign without accounts must give no ratings."

    def test_no_fillers_are_allowed(self) -> None:
        """Then a profile is its targets, and what it selects."""
        made = self.crafted(fillers=0)
        assert not (made.role == ROLE["filler"]).any(), "A campaign without fillers must give none."

    def test_more_fillers_than_items_are_refused(self) -> None:
        """In one sentence."""
        said = None
        try:
            self.crafted(fillers=N_ITEMS, intent=self.intents()[0])
        except InputError as error:
            said = str(error)
        assert said is not None, "craft must raise InputError where there are fewer items than fillers."
        assert "\n" not in said, "An InputError is one sentence on one line."
