"""The promises of a detector, as tests to inherit."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols import Catalogue, Detector, InputError, IntArray, Interactions, Settings, Streams, configure
from townsquare.protocols.detector import Suspicion
from townsquare.testing.little_town import N_AGENTS, N_ITEMS, TICK, little_town

FAKES: IntArray = np.arange(N_AGENTS, N_AGENTS + 8)
"""The users of the attacked little town who are fake."""
_NEEDS = {"labels", "seeds", "ratings", "texts"}
_TARGET = 277


class DetectorContract:
    """Subclass it, say how to make one, and every promise is checked.

    Either set ``name`` (and ``settings``) of a registered detector, or define ``make``. It is tried on a little town
    of 30 people, five of whom never rated anything, and 8 fakes who push one item. A detector that ``needs`` labels
    learns from another such town first; seeds are two of the fakes. How much it finds is not tested.
    """

    name: ClassVar[str | None] = None
    """What the detector is registered as."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """What it is configured with; its defaults if empty."""

    def make(self, streams: Streams) -> Detector:
        """A new one that has learnt nothing and draws from ``streams`` only."""
        assert self.name is not None, "Give the subclass of DetectorContract a `name`, or define `make`."
        cls, config = configure("detector", self.name, dict(self.settings))
        made: Detector = cls(config, streams)
        return made

    def learnt(self, seed: int = 0) -> Detector:
        """One that has learnt from an attacked town, where it needs that."""
        made = self.make(Streams(seed))
        if "labels" in made.needs:
            made.learn(*attacked_town(1), labels())
        return made

    def seeds(self, made: Detector) -> IntArray:
        """Two known fakes for whoever needs some."""
        return FAKES[:2] if "seeds" in made.needs else FAKES[:0]

    def inspect(self, made: Detector, log: Interactions, catalogue: Catalogue) -> Suspicion:
        """What ``made`` says of ``log``, checked for shape."""
        found = made.inspect(log, catalogue, self.seeds(made))
        sound(found, log)
        return found

    # what it is

    def test_it_is_a_detector(self) -> None:
        """It has both verbs, and says what it needs."""
        made = self.make(Streams(0))
        assert isinstance(made, Detector), "A detector needs the methods learn and inspect, and `needs`, a tuple."
        strange = set(made.needs) - _NEEDS
        assert not strange, f"needs may hold {sorted(_NEEDS)}, not {sorted(strange)}."

    def test_its_settings_survive_a_file(self) -> None:
        """Every setting has a default, and comes back from JSON as it was."""
        cls: Any = type(self.make(Streams(0)))
        assert issubclass(getattr(cls, "Config", object), Settings), "A detector carries its settings as Config."
        config = cls.Config()
        again = cls.Config.model_validate_json(config.model_dump_json())
        assert again == config, "The default Config must equal itself after it was written as JSON and read again."
        assert isinstance(cls(config, Streams(0)), Detector), "Class(Class.Config(), streams) must build a detector."

    # what it says

    def test_every_user_has_a_score(self) -> None:
        """Also when nobody is fake; in both cases whoever has no rows stays unflagged."""
        made = self.learnt()
        self.inspect(made, *attacked_town())
        if "seeds" not in made.needs:
            self.inspect(made, *little_town(rated=True))

    def test_an_empty_log_has_no_fakes(self) -> None:
        """A town may begin without ratings."""
        made = self.learnt()
        log, catalogue = attacked_town()
        found = self.inspect(made, log.where(np.zeros(len(log), bool)), catalogue)
        assert not found.flagged.any(), "Without a single row nobody may be flagged."

    def test_a_single_user_is_not_too_few(self) -> None:
        """Nobody to compare with, and still no error."""
        made = self.learnt()
        log, catalogue = attacked_town()
        self.inspect(made, log.where(log.users == FAKES[0]), catalogue)

    def test_what_it_needs_it_asks_for(self) -> None:
        """Labels, seeds, ratings or reviews that are missing are an InputError of one sentence, by name."""
        (log, catalogue), made = attacked_town(), self.learnt()
        bare = replace(log, values=np.ones(len(log)), scale=None)
        lacking: dict[str, tuple[Detector, Interactions, IntArray]] = {
            "labels": (self.make(Streams(0)), log, self.seeds(made)),
            "seeds": (made, log, FAKES[:0]),
            "ratings": (made, bare, self.seeds(made)),
            "texts": (made, replace(log, texts=None), self.seeds(made)),
        }
        for need in made.needs:
            asked, given, seeds = lacking[need]
            try:
                asked.inspect(given, catalogue, seeds)
            except InputError as error:
                said = str(error)
                assert said.startswith("detector "), f"The message must begin with the detector's name, not {said!r}."
            else:
                raise AssertionError(f"A detector that needs {need} must raise InputError where there are none.")

    # what it depends on

    def test_same_seed_same_opinion(self) -> None:
        """No draw but from the streams, no clock, no order of a set; asking twice changes nothing."""
        made = self.learnt(5)
        first, again = self.inspect(made, *attacked_town()), self.inspect(made, *attacked_town())
        same(first, again, "inspect must not change the detector: asked again it must say the same.")
        other = self.inspect(self.learnt(5), *attacked_town())
        same(first, other, "Two detectors of one seed must say the same of one log: draw from the streams only.")

    def test_it_changes_no_argument(self) -> None:
        """The columns belong to somebody else."""
        made, (log, catalogue), known = self.make(Streams(0)), attacked_town(), labels()
        seeds = self.seeds(made).copy()
        before = _columns(log) | _columns(catalogue)
        made.learn(log, catalogue, known)
        made.inspect(log, catalogue, seeds)
        for name, column in (_columns(log) | _columns(catalogue)).items():
            assert np.array_equal(column, before[name]), f"learn and inspect must not change the column {name!r}."
        assert np.array_equal(known, labels()), "learn must not change the labels."
        assert np.array_equal(seeds, self.seeds(made)), "inspect must not change the seeds."

    def test_users_without_rows_make_no_difference(self) -> None:
        """Accounts that never did anything may be numbered after the others."""
        made, (log, catalogue) = self.learnt(), attacked_town()
        few, many = (self.inspect(made, each, catalogue) for each in (log, replace(log, n_users=log.n_users + 9)))
        cut = Suspicion(many.scores[: log.n_users], many.flagged[: log.n_users])
        same(few, cut, "Users without rows must not change what is said of the others.")


def attacked_town(seed: int = 0) -> tuple[Interactions, Catalogue]:
    """The little town with ratings and reviews, and ``FAKES`` after its people who push item 277."""
    log, catalogue = little_town(seed, rated=True)
    rng = Streams(seed).get("little town", "fakes")
    items = np.concatenate([np.r_[_TARGET, rng.choice(np.arange(160, 277), 9, replace=False)] for _ in FAKES])
    values = np.where(items == _TARGET, 5.0, rng.integers(2, 5, len(items)))
    texts = np.array([f"the finest of all, like number {_TARGET}, is number {item}" for item in items], object)
    users, ticks = np.repeat(FAKES, 10), np.full(len(items), TICK)
    fakes = Interactions(users, items, values, ticks, N_AGENTS + len(FAKES), N_ITEMS, log.scale, texts)
    return log.followed_by(fakes), catalogue


def labels() -> IntArray:
    """(users of the attacked town,) 1 for fakes, 0 for people, -1 for two of each."""
    known = np.zeros(N_AGENTS + len(FAKES), np.int64)
    known[FAKES] = 1
    known[[0, 1, FAKES[0], FAKES[1]]] = -1
    return known


def sound(found: Suspicion, log: Interactions) -> None:
    """Asserts what holds of every answer."""
    assert isinstance(found, Suspicion), "inspect must return townsquare.protocols.Suspicion."
    for name, column in (("scores", found.scores), ("flagged", found.flagged)):
        assert column.shape == (log.n_users,), f"Suspicion.{name} must have the shape ({log.n_users},)."
    assert np.isfinite(found.scores).all(), "Every score must be a finite number."
    assert found.flagged.dtype == np.bool_, f"Suspicion.flagged must hold booleans, not {found.flagged.dtype}."
    idle = np.bincount(log.users, minlength=log.n_users) == 0
    wrong = np.flatnonzero(found.flagged & idle)
    assert not len(wrong), f"Users without a single row must not be flagged, as {wrong[:5].tolist()} were."


def same(a: Suspicion, b: Suspicion, promise: str) -> None:
    """Asserts that two answers are equal, or else tells ``promise`` and the first user that breaks it."""
    differing = np.flatnonzero((a.flagged != b.flagged) | ~np.isclose(a.scores, b.scores, rtol=0, atol=1e-9))
    assert not len(differing), f"{promise} User {differing[0]}: {a.scores[differing[0]]} and {b.scores[differing[0]]}."


def _columns(columns: Interactions | Catalogue) -> dict[str, NDArray[Any]]:
    """Copies of the array columns, by name."""
    named = {field.name: getattr(columns, field.name) for field in fields(columns)}
    return {name: value.copy() for name, value in named.items() if isinstance(value, np.ndarray)}
