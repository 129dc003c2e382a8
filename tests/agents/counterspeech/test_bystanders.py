"""The bystander model: its signs, its zero, and that it is vectorised (moderation dossier 6(e) 3 and 4)."""

import numpy as np
import pytest

from townsquare.agents.counterspeech.bystanders import chances, intervenes, sensitivity
from townsquare.protocols import Streams
from townsquare.protocols.counterspeech import Bystanders

LUCK = Streams(0).uniform("bystander", 3, np.arange(20_000), np.full(20_000, 9))
HARM = np.full(20_000, 0.8)


def replies(of: Bystanders, bot: int, **more: float) -> int:
    return int(intervenes(of, HARM, LUCK, countered=bot, **more).sum())


def test_the_formula() -> None:
    of = Bystanders(b0=-1, b1=2, b2=0.5, b3=0.25, b4=0.125)
    logit = -1 + 2 * 0.75 + 0.5 * 1 - 0.25 * 1 + 0.125 * 0.5
    found = chances(of, np.array([0.75]), np.ones(1), np.ones(1), np.array([0.5]))
    assert found[0] == pytest.approx(1 / (1 + np.exp(-logit)))


def test_by_default_nothing_but_the_base_rate_counts() -> None:
    of = Bystanders()
    assert (of.b1, of.b2, of.b3, of.b4) == (0, 0, 0, 0)
    base = 1 / (1 + np.exp(3))
    assert replies(of, 0) / len(LUCK) == pytest.approx(base, abs=0.005)


def test_with_zero_coefficients_the_same_people_speak_up_with_a_bot_and_without() -> None:
    of = Bystanders(b1=2.0)
    without = intervenes(of, HARM, LUCK)
    assert (intervenes(of, HARM, LUCK, countered=3, answered=2, quality=0.1) == without).all()
    assert 0 < without.sum() < len(LUCK)


def test_responsibility_substitutes_norms_guide_and_a_gap_provokes() -> None:
    base = replies(Bystanders(), 0)
    assert replies(Bystanders(b3=1.0), 1) < base == replies(Bystanders(b3=1.0), 0)
    assert replies(Bystanders(b2=1.0), 1) > base == replies(Bystanders(b2=1.0), 0)
    assert replies(Bystanders(b4=1.0), 1, quality=0.0) > base
    assert replies(Bystanders(b4=-1.0), 1, quality=0.0) < base
    assert replies(Bystanders(b4=1.0), 1, quality=1.0) == base == replies(Bystanders(b4=1.0), 0, quality=0.0)


def test_whoever_speaks_up_under_substitution_speaks_up_without_it() -> None:
    """The same numbers: an effect adds or takes away people, and swaps nobody."""
    less = intervenes(Bystanders(b3=1.0), HARM, LUCK, countered=1)
    assert not (less & ~intervenes(Bystanders(), HARM, LUCK)).any()


def test_a_user_who_objects_shows_the_norm_but_takes_no_responsibility() -> None:
    assert replies(Bystanders(b2=1.0, b3=9.0), 0, answered=1) > replies(Bystanders(), 0)


def test_shapes_broadcast() -> None:
    found = intervenes(Bystanders(b0=0), np.zeros((3, 1)), np.full((3, 4), 0.4), countered=np.zeros((3, 4)))
    assert found.shape == (3, 4)
    assert found.all()


def test_sensitivity_says_what_settings_would_mean() -> None:
    rows = sensitivity(
        {"none": Bystanders(), "guide": Bystanders(b2=1), "substitute": Bystanders(b3=1)}, np.array([0.8]), countered=1
    )
    assert [row[0] for row in rows] == ["none", "guide", "substitute"]
    assert rows[0][3] == 0 < rows[1][3]
    assert rows[2][3] < 0
    assert rows[0][1] == rows[1][1] == pytest.approx(0.04743, abs=1e-5)
    assert rows[1][2] == pytest.approx(0.11920, abs=1e-5)
