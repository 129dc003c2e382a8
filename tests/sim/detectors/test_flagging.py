import numpy as np
import pytest
from pydantic import ValidationError

from townsquare.protocols import Interactions, Settings
from townsquare.sim.detectors.flagging import Flag, flagged, present

SCORES = np.array([0.1, 5.0, 0.3, 5.0, 9.0, 0.2, 0.0, 5.1])
ALL = np.ones(8, bool)


class Config(Settings):
    flag: Flag = 0.05
    """Whom to flag."""


def who(flag, there=ALL, scores=SCORES):
    return np.flatnonzero(flagged(scores, there, flag)).tolist()


def test_a_number_takes_the_highest_and_of_equals_the_smaller_user():
    assert who(0) == []
    assert who(1) == [4]
    assert who(3) == [1, 4, 7]
    assert who(50) == list(range(8))


def test_a_share_is_of_the_users_with_rows():
    assert who(0.25) == [4, 7]
    assert who(0.0625) == [4]  # half a user rounds up
    assert who(0.06) == []
    assert who(1.0) == list(range(8))
    without = ALL.copy()
    without[4] = False
    assert who(0.2, without) == [7]
    assert who(1.0, without) == [0, 1, 2, 3, 5, 6, 7]
    assert who(8, ~ALL) == []


def test_the_gap_is_the_largest_of_the_upper_half_and_parts_no_equals():
    assert who("gap") == [1, 3, 4, 7]
    assert who("gap", scores=np.ones(8)) == []
    assert who("gap", scores=np.arange(8.0)) == [7]
    # the jump between the lowest and the rest lies in the lower half
    assert who("gap", scores=np.array([-90.0, 1, 2, 3, 4, 6, 7, 8])) == [5, 6, 7]
    for few in (0, 1):
        assert who("gap", ALL[:few], SCORES[:few]) == []


def test_differences_in_the_last_bits_are_ties():
    assert who(1, scores=1 + np.arange(8) * 1e-15) == [0]


def test_users_without_rows_are_not_there():
    log = Interactions(np.array([2, 2, 0]), np.array([0, 1, 1]), np.ones(3), np.zeros(3, int), 4, 2)
    assert present(log).tolist() == [True, False, True, False]


@pytest.mark.parametrize("flag", [0.05, 1.0, 1, 0, 150, "gap"])
def test_the_setting_keeps_whole_numbers_and_shares_apart(flag):
    made = Config.model_validate_json(Config(flag=flag).model_dump_json()).flag
    assert (made, type(made)) == (flag, type(flag))


@pytest.mark.parametrize("flag", [1.5, -0.1, -1, "most", True])
def test_other_settings_are_refused(flag):
    with pytest.raises(ValidationError):
        Config(flag=flag)
