"""The human kernel against the published trial."""

from itertools import pairwise

import numpy as np
import pytest

from townsquare.protocols import InputError
from townsquare.sim.trials.kernel import HumanKernel

# rows: opinion before 1..5; columns: P(after = 1..5), mean. From the published estimates, to three places.
TABLE = """
.678 .117 .099 .056 .050 1.682
.242 .405 .265 .053 .036 2.235
.132 .194 .521 .101 .052 2.745
.022 .166 .302 .423 .087 3.388
.078 .044 .214 .236 .428 3.891
.634 .128 .113 .066 .060 1.791
.208 .393 .294 .062 .043 2.341
.111 .173 .536 .117 .063 2.846
.018 .142 .281 .455 .104 3.486
.065 .037 .191 .230 .477 4.016
.714 .107 .088 .048 .042 1.597
.275 .410 .240 .045 .030 2.146
.153 .212 .503 .088 .044 2.657
.026 .190 .317 .393 .075 3.301
.092 .050 .234 .238 .387 3.778
.538 .144 .141 .090 .087 2.043
.150 .353 .348 .086 .063 2.560
.078 .133 .543 .156 .090 3.047
.012 .101 .233 .506 .148 3.676
.045 .026 .147 .206 .575 4.241
"""
GOLDEN = np.array(TABLE.split(), float).reshape(4, 5, 6)
ARMS, PRES = np.repeat(np.arange(4), 5), np.tile(np.arange(1, 6), 4)


def test_the_hundred_probabilities_are_those_of_the_published_estimates() -> None:
    found = HumanKernel().probabilities(PRES, ARMS)
    assert np.abs(found - GOLDEN.reshape(20, 6)[:, :5]).max() < 0.0006
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-12
    assert (found > 0).all()
    assert np.abs(HumanKernel().means() - GOLDEN[:, :, 5]).max() < 0.0006


def test_people_who_debate_with_people_move_away_from_them() -> None:
    """For starts spread evenly: -0.212 points."""
    assert HumanKernel().means()[0].mean() - 3 == pytest.approx(-0.212, abs=0.0006)


def test_draws_have_these_probabilities() -> None:
    rng = np.random.default_rng(0)
    n = 40_000
    for arm, pre in ((0, 2), (3, 5)):
        drawn = HumanKernel().draw(np.full(n, pre), np.full(n, arm), rng.random(n))
        share = np.bincount(drawn, minlength=6)[1:] / n
        chance = HumanKernel().probabilities(np.array([pre]), np.array([arm]))[0]
        assert np.abs(share - chance).max() < 4 * np.sqrt(0.25 / n)


def test_the_same_luck_never_ends_further_from_a_more_persuasive_opponent() -> None:
    rng = np.random.default_rng(1)
    pre, luck = rng.integers(1, 6, 2000), rng.random(2000)
    by_arm = [HumanKernel().draw(pre, np.full(2000, arm), luck) for arm in (2, 0, 1, 3)]
    for less, more in pairwise(by_arm):
        assert (more >= less).all()
        assert (more > less).any()
    assert set(np.concatenate(by_arm).tolist()) == {1, 2, 3, 4, 5}


def test_ends_of_the_unit_interval() -> None:
    ends = HumanKernel().draw(np.array([3, 3]), np.array([0, 0]), np.array([0.0, 1 - 2**-53]))
    assert ends.tolist() == [1, 5]


def test_nobody_is_fine() -> None:
    none = np.zeros(0, np.int64)
    assert HumanKernel().probabilities(none, none).shape == (0, 5)
    assert HumanKernel().draw(none, none, np.zeros(0)).shape == (0,)


@pytest.mark.parametrize(
    ("pre", "arm", "said"),
    [
        ([0], [0], "pre: a whole number from 1 to 5"),
        ([6], [0], "pre: a whole number from 1 to 5"),
        ([2.5], [0], "pre: a whole number from 1 to 5"),
        ([np.nan], [0], "pre: a whole number from 1 to 5"),
        ([3], [4], "arm: a whole number from 0 to 3 is needed, a code into human-human"),
        ([3], [-1], "arm: a whole number from 0 to 3"),
        ([3, 3], [0], "as long as each other"),
        ([[3, 3]], [0], "one value per person"),
    ],
)
def test_what_is_no_opinion_or_no_arm_is_refused(pre: list[float], arm: list[int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        HumanKernel().probabilities(np.array(pre), np.array(arm))


@pytest.mark.parametrize("luck", [[1.0], [-0.1], [np.nan], [0.5, 0.5]])
def test_what_is_no_uniform_is_refused(luck: list[float]) -> None:
    with pytest.raises(InputError, match="uniforms"):
        HumanKernel().draw(np.array([3]), np.array([0]), np.array(luck))
