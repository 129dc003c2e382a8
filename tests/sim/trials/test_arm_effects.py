"""The arms of a trial, whatever is missing from it."""

import numpy as np
import pytest

from tests.sim.trials.trials_of import drawn, rows_of
from townsquare.protocols.debate import ARMS
from townsquare.sim.trials import published
from townsquare.sim.trials.arm_effects import arm_effects

BETAS = dict(enumerate(published.BETA))


def test_a_full_trial_has_every_published_value_beside_it() -> None:
    found = arm_effects(drawn(0))
    assert [term.term for term in found.terms("arm", BETAS)] == list(ARMS[1:])
    assert [term.published for term in found.terms("arm", BETAS)] == [0.1978, -0.1709, 0.5945]
    terms = found.thresholds()
    assert [term.published for term in terms[:4]] == list(published.THETA)
    assert [term.published for term in terms[4:]] == [value for row in published.GAMMA for value in row]
    assert terms[4].term == "2 - 1 at 1|2"
    assert not found.remarks
    assert not found.left_out
    assert (found.reference, found.people.tolist()) == (0, [300, 150, 150, 150])


def test_effects_do_not_hang_on_the_order_of_rows() -> None:
    rows = drawn(1)
    shuffled = rows.where(np.ones(len(rows), bool))
    order = np.random.default_rng(0).permutation(len(rows))
    shuffled = rows_of(rows.arm[order], rows.pre[order], rows.post[order])
    assert arm_effects(rows).fit.beta == pytest.approx(arm_effects(shuffled).fit.beta, abs=1e-9)


def test_without_human_human_the_first_arm_is_the_reference() -> None:
    rows = drawn(0)
    found = arm_effects(rows.where(rows.arm > 0))
    assert found.reference == 1
    assert [term.term for term in found.terms("arm", BETAS)] == list(ARMS[2:])
    assert [term.published for term in found.terms("arm", BETAS)] == pytest.approx([-0.3687, 0.3967])
    assert all(term.published_se is None for term in found.terms("arm", BETAS))
    assert all(term.published is None for term in found.thresholds())
    assert "No row is of human-human: effects are against human-ai." in found.remarks


def test_one_arm_alone_is_fitted_and_compared_with_nothing() -> None:
    rows = drawn(0)
    alone = rows.where(rows.arm == 0)
    found = arm_effects(alone)
    assert found.terms("arm", BETAS) == []
    assert found.fit.parameters == sum(len(set(alone.post[alone.pre == level])) - 1 for level in range(1, 6))
    assert "there is no arm to compare it with" in found.remarks[-1]


def test_nobody_at_some_opinion() -> None:
    rows = drawn(0)
    found = arm_effects(rows.where(rows.pre != 3))
    assert found.levels == (1, 2, 4, 5)
    assert len(found.thresholds()) == 4 + 3 * 4
    assert all(term.published is None for term in found.thresholds())
    assert found.thresholds()[8].term == "4 - 2 at 1|2"
    assert found.remarks == ("Nobody began at 3: the model has no thresholds there, and fewer steps.",)


def test_an_empty_cell_costs_a_threshold_and_no_arm() -> None:
    rows = drawn(0)
    found = arm_effects(rows.where((rows.pre != 4) | (rows.post != 1)))
    assert len(found.terms("arm", BETAS)) == 3
    assert found.fit.parameters == 22
    assert "Nobody who began at 4 ended at 1" in found.remarks[0]
    thresholds = {term.term: term for term in found.thresholds()}
    assert thresholds["1|2"].estimate is None
    assert thresholds["2|3"].estimate is not None


def test_an_arm_that_all_conceded_is_left_out_and_said() -> None:
    rows = drawn(0)
    rows.post[rows.arm == 1] = 5
    found = arm_effects(rows)
    assert [term.term for term in found.terms("arm", BETAS)] == list(ARMS[2:])
    assert found.people.tolist() == [300, 0, 150, 150]
    assert found.left_out[0].startswith("human-ai: its effect cannot be told from these rows")
    assert "its 150 people are left out" in found.left_out[0]
    others = arm_effects(rows.where(rows.arm != 1))
    assert found.fit.beta == pytest.approx(others.fit.beta, abs=1e-9)


def test_arms_that_share_no_opinion_cannot_be_compared() -> None:
    rng = np.random.default_rng(0)
    arm = np.repeat([0, 3], 40)
    found = arm_effects(rows_of(arm, np.where(arm == 0, 2, 4), rng.integers(1, 6, 80)))
    assert found.arms == ()
    assert found.fit.n == 40


def test_one_more_effect() -> None:
    """Planted: those who took the opponent for an AI concede as if the arm were another."""
    rng = np.random.default_rng(3)
    rows = drawn(3)
    believed = rng.integers(0, 2, len(rows))
    rows.post[:] = np.clip(rows.post + believed * (rng.random(len(rows)) < 0.5), 1, 5)
    found = arm_effects(rows, believed.astype(float))
    assert found.more
    assert found.fit.parameters == arm_effects(rows).fit.parameters + 1
    assert found.fit.beta[-1] > 4 * found.fit.beta_se[-1]
    assert len(found.terms("arm", BETAS)) == 3
    assert not arm_effects(rows, np.ones(len(rows))).more, "the same for everybody is no effect"


def test_a_handful_of_people() -> None:
    found = arm_effects(rows_of(np.array([0, 3]), np.array([2, 2]), np.array([2, 3])))
    assert found.fit.n in (1, 2)
    assert np.isfinite(found.fit.log_likelihood)
