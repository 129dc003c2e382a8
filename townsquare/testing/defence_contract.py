"""The promises of a defence, as tests to inherit."""

import asyncio
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols import Catalogue, Defence, InputError, Interactions, Settings, Streams, Trust, configure
from townsquare.protocols.defence import weighed
from townsquare.testing.little_town import N_AGENTS, TICK, little_town


class DefenceContract:
    """Subclass it, say how to make one, and every promise is checked.

    Either set ``name`` (and ``settings``) of a registered defence, or define ``make``.
    """

    name: ClassVar[str | None] = None
    """What the defence is registered as."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What it is configured with; its defaults if empty."""

    def make(self, streams: Streams) -> Defence:
        """A new one that draws from ``streams`` only."""
        assert self.name is not None, "Give the subclass of DefenceContract a `name`, or define `make`."
        cls, config = configure("defence", self.name, dict(self.settings))
        made: Defence = cls(config, streams)
        return made

    def log(self, history: int = 0, n_interactions: int = 240) -> tuple[Interactions, Catalogue]:
        """The log it is tried on: the little town with ratings and reviews; ``history`` makes another one."""
        return little_town(history, n_interactions, rated=True)

    def trust(self, seed: int = 0, history: int = 0) -> Trust:
        """What a new one makes of the log."""
        return _weigh(self.make(Streams(seed)), *self.log(history))

    def test_it_is_a_defence(self) -> None:
        """It has the one verb."""
        assert isinstance(self.make(Streams(0)), Defence), "A defence needs the method weigh."

    def test_its_settings_survive_a_file(self) -> None:
        """A run folder keeps settings as JSON, and a resumed run reads them back."""
        config_class = getattr(type(self.make(Streams(0))), "Config", None)
        assert isinstance(config_class, type), "A defence carries its settings as a nested class Config."
        assert issubclass(config_class, Settings), "Config must be a subclass of townsquare.protocols.Settings."
        config = config_class()
        again = config_class.model_validate_json(config.model_dump_json())
        assert again == config, "The default Config must equal itself after it was written as JSON and read again."

    def test_everybody_has_a_weight(self) -> None:
        """One number for each user of the log, from 0 to 1, and one for suspicion."""
        trust = self.trust()
        for name, numbers in (("weights", trust.weights), ("scores", trust.scores)):
            assert np.shape(numbers) == (N_AGENTS,), f"Trust.{name} must have one entry for each user of the log."
            assert np.asarray(numbers).dtype.kind == "f", f"Trust.{name} must hold floating-point numbers."
            assert np.isfinite(numbers).all(), f"Trust.{name} must be finite."
        assert trust.weights.min() >= 0, "No weight may be below 0."
        assert trust.weights.max() <= 1, "No weight may be above 1."

    def test_the_trust_can_be_applied(self) -> None:
        """Whoever has the weight 0 is gone from what the recommender learns."""
        log, _ = self.log()
        trust = self.trust()
        left = weighed(log, trust)
        assert len(left) == int((trust.weights[log.users] > 0).sum()), "weighed must leave the rows of weight above 0."

    def test_a_town_may_begin_without_history(self) -> None:
        """Nobody has done anything: nobody is distrusted."""
        log, catalogue = self.log(n_interactions=0)
        try:
            trust = _weigh(self.make(Streams(0)), log, catalogue)
        except Exception as error:
            raise AssertionError(f"weigh must take a log without interactions; it raised {error!r}.") from error
        assert np.array_equal(trust.weights, np.ones(N_AGENTS)), "An empty log must give everybody the weight 1."

    def test_same_seed_same_trust(self) -> None:
        """No draw but from the streams given."""
        _same(
            self.trust(seed=5),
            self.trust(seed=5),
            "Two defences of the same seed must give the same trust: draw from the streams only.",
        )

    def test_it_forgets_what_was_before(self) -> None:
        """A resumed run does not know what was weighed before."""
        made = self.make(Streams(0))
        _weigh(made, *self.log(history=1))
        _same(
            self.trust(),
            _weigh(made, *self.log()),
            "weigh must depend on its arguments only: after another log it must say the same as a new defence.",
        )

    def test_it_changes_no_argument(self) -> None:
        """The columns belong to the town."""
        log, catalogue = self.log()
        before = _columns(log) | _columns(catalogue)
        _weigh(self.make(Streams(0)), log, catalogue)
        for name, column in (_columns(log) | _columns(catalogue)).items():
            assert np.array_equal(column, before[name]), f"weigh must not change the column {name!r}."

    def test_a_log_of_likes_is_taken_or_refused_in_a_sentence(self) -> None:
        """Not every town has ratings."""
        log, catalogue = self.log()
        likes = replace(log.positive(), texts=None)
        try:
            trust = _weigh(self.make(Streams(0)), likes, catalogue)
        except InputError:  # a sentence for the user; anything else is a fault of the defence
            return
        assert trust.weights.shape == (N_AGENTS,), "Trust.weights must have one entry for each user of the log."


def _weigh(made: Defence, log: Interactions, catalogue: Catalogue) -> Trust:
    return asyncio.run(made.weigh(log, catalogue, tick=TICK))


def _same(a: Trust, b: Trust, promise: str) -> None:
    assert np.array_equal(a.weights, b.weights), promise
    assert np.array_equal(a.scores, b.scores), promise


def _columns(columns: Interactions | Catalogue) -> dict[str, NDArray[np.generic]]:
    """Copies of the array columns, by name."""
    named = {field.name: getattr(columns, field.name) for field in fields(columns)}
    return {name: value.copy() for name, value in named.items() if isinstance(value, np.ndarray)}
