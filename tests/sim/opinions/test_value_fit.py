import numpy as np
import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.streams import Streams
from townsquare.sim.opinions.value_fit import fit_values
from townsquare.sim.opinions.values import Values


@pytest.fixture
def observed(ground):
    """Values of 400 people at two times: moved by the model, and seen with a little noise."""
    v = Streams(3).get("v").normal(0.5, 0.18, (400, 10)).clip(0, 1)
    on = ground(v, kind="small-world", nodes=400, degree=8)
    after = Values(Values.Config(epsilon=0.2, mu=0.3), on).step(v, 0)
    return on.weights, v, (after + Streams(3).get("noise").normal(0, 0.02, v.shape)).clip(0, 1)


def test_the_fit_finds_what_was_planted_and_beats_the_baselines(observed):
    fit = fit_values(*observed)
    assert (fit.epsilon, fit.mu) == (0.2, 0.3)
    errors = {rule.rule.partition(" (")[0]: rule.others for rule in fit.rules}
    assert errors["bounded confidence"] < errors["no change"] < errors["mean of friends"]
    assert errors["bounded confidence"] == pytest.approx(0.02**2, rel=0.1)


def test_the_baselines_stand_beside_the_model(observed):
    lines = str(fit_values(*observed)).splitlines()
    assert [line.split("  ")[0].partition(" (")[0] for line in lines[1:]] == [
        "bounded confidence", "no change", "mean of friends",
    ]  # fmt: skip


def test_where_nobody_moves_no_change_is_not_beaten(observed):
    weights, before, _ = observed
    fit = fit_values(weights, before, before)
    assert fit.rules[1].others == 0
    assert fit.rules[0].others >= 0
    assert fit.mu == 0.01


def test_people_who_are_not_known_later_do_not_count(observed):
    weights, before, after = observed
    after = after.copy()
    after[::3] = np.nan
    assert (fit_values(weights, before, after).epsilon, fit_values(weights, before, after).mu) == (0.2, 0.3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w, a, b: (w, a[:5], b), "do not fit"),
        (lambda w, a, b: (w, a * 7, b), "before must lie from 0 to 1"),
        (lambda w, a, b: (w, a, b + 1), "after must lie from 0 to 1"),
        (lambda w, a, b: (w, a, b * np.nan), "two people or more"),
    ],
)
def test_bad_input_is_one_sentence(observed, change, said):
    with pytest.raises(InputError, match=said):
        fit_values(*change(*observed))
