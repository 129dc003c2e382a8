"""The contract of detectors catches every broken promise in a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols import InputError, Settings, Suspicion
from townsquare.testing import DetectorContract


class Busy:
    """Suspects those who rate most: a detector as it should be."""

    class Config(Settings):
        """No settings."""

    needs = ("ratings",)

    def __init__(self, config, streams):
        self.config, self.streams = config, streams

    def learn(self, log, catalogue, fake):
        pass

    def inspect(self, log, catalogue, seeds):
        if log.scale is None:
            raise InputError("detector 'busy' needs ratings on a scale.")
        scores = np.bincount(log.users, minlength=log.n_users).astype(float)
        return Suspicion(scores, scores > 20)


class Forgetful(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        self.streams.seed += 1
        return Suspicion(found.scores + self.streams.get("luck").random(len(found.scores)), found.flagged)


class Idle(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        return replace(found, flagged=np.ones(log.n_users, bool))


class Short(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        return Suspicion(found.scores[1:], found.flagged[1:])


class Infinite(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        return replace(found, scores=np.full(log.n_users, np.nan))


class Numbered(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        return replace(found, flagged=found.flagged.astype(int))


class Greedy(Busy):
    needs = ("everything",)


class Silent(Busy):
    def inspect(self, log, catalogue, seeds):
        return super().inspect(log if log.scale else replace(log, scale=1), catalogue, seeds)


class Meddling(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        log.values[:1] += 1
        return found


class Counting(Busy):
    def inspect(self, log, catalogue, seeds):
        found = super().inspect(log, catalogue, seeds)
        return replace(found, scores=found.scores / log.n_users)


def broken(made_by, promise):
    """What the suite says of a detector when one promise is checked; empty if it is kept."""

    class Suite(DetectorContract):
        def make(self, streams):
            return made_by(made_by.Config(), streams)

    try:
        getattr(Suite(), promise)()
    except AssertionError as error:
        return str(error)
    return ""


PROMISES = [name for name in dir(DetectorContract) if name.startswith("test_")]


@pytest.mark.parametrize("promise", PROMISES)
def test_a_good_detector_keeps_all(promise):
    assert broken(Busy, promise) == ""


@pytest.mark.parametrize(
    ("detector", "promise", "says"),
    [
        (Forgetful, "test_same_seed_same_opinion", "asked again it must say the same"),
        (Idle, "test_every_user_has_a_score", "Users without a single row must not be flagged"),
        (Idle, "test_an_empty_log_has_no_fakes", "not be flagged"),
        (Short, "test_every_user_has_a_score", "must have the shape"),
        (Infinite, "test_every_user_has_a_score", "finite number"),
        (Numbered, "test_every_user_has_a_score", "must hold booleans"),
        (Greedy, "test_it_is_a_detector", "needs may hold"),
        (Silent, "test_what_it_needs_it_asks_for", "must raise InputError"),
        (Meddling, "test_it_changes_no_argument", "must not change the column 'values'"),
        (Counting, "test_users_without_rows_make_no_difference", "must not change what is said of the others"),
    ],
)
def test_every_broken_promise_is_a_sentence(detector, promise, says):
    assert says in broken(detector, promise)
