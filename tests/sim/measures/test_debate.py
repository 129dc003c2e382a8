"""What debates did to people."""

import numpy as np
import pytest

from townsquare.protocols.debate import STRATEGIES
from townsquare.sim.environments.debate_design import ARM_NAMES
from townsquare.sim.measures.debate import debate
from townsquare.sim.measures.debate_view import DebateView
from townsquare.sim.trials.linear_shift import human_range

NAN = np.nan


def view(**changed):
    """Two people of human-human, one of human-ai and one of the control; the AI."""
    values = {
        "tick": 5,
        "arms": ARM_NAMES,
        "arm": np.array([0, 0, 1, 4, 1]),
        "n_people": 4,
        "counted": np.array([True, True, True, False]),
        "before": np.array([2.0, 4.0, 3.0, 5.0]),
        "after": np.array([3.0, 4.0, 1.0, 4.0]),
        "believed_ai": np.array([1.0, 0.0, NAN, NAN]),
        "words": np.array([[10, 20, 30, NAN, 5], [10, NAN, 30, NAN, 7], [10, 20, 30, NAN, 9]], float),
        "levels": np.full((5, 10), NAN),
        "judged": False,
        "statements_missing": 1,
        "no_answers": 2,
        "refused": 3,
    }
    return DebateView(**{**values, **changed})


def test_who_moved_and_what_was_written():
    found = debate(view())
    assert found["people_human_human"] == 2
    assert (found["before_human_human"], found["after_human_human"]) == (3.0, 3.5)
    assert (found["shift_human_human"], found["changed_human_human"]) == (0.5, 0.5)
    assert (found["shift_human_ai"], found["changed_human_ai"]) == (-2.0, 1.0)
    assert found["believed_ai_human_human"] == 0.5
    assert np.isnan(found["believed_ai_human_ai"])
    assert found["words_people_human_human"] == 14
    assert (found["words_people_human_ai"], found["words_opponents_human_ai"]) == (30, 7)
    assert [found[name] for name in ("statements_missing", "no_answers", "refused")] == [1, 2, 3]


def test_the_control_is_told_apart_and_believes_nothing():
    found = debate(view())
    assert found["shift_no_debate"] == -1.0
    assert "believed_ai_no_debate" not in found
    assert not any(name.startswith("words") and "no_debate" in name for name in found)


def test_arms_that_are_not_there_are_not_measured():
    assert not any("personalised" in name for name in debate(view()))


def test_every_shift_has_the_human_one_beside_it():
    found = debate(view())
    mean, low, high = human_range(np.array([2, 4]), 0)
    assert (found["human_human_human"], found["human_low_human_human"]) == (mean, low)
    assert found["human_high_human_human"] == high > mean
    assert np.isnan(debate(view(tick=4))["human_human_human"])


def test_who_gave_no_opinion_is_left_out_and_counted():
    found = debate(view(after=np.array([NAN, 4.0, 1.0, 4.0])))
    assert (found["people_human_human"], found["shift_human_human"], found["people_left_out"]) == (1, 0.0, 1)
    assert found["before_human_human"] == 4.0


def test_before_the_last_rating_nothing_has_moved():
    found = debate(view(tick=3, after=np.full(4, NAN)))
    assert found["before_human_human"] == 3.0
    assert all(np.isnan(found[name]) for name in ("after_human_human", "shift_human_human", "people_left_out"))


def test_rhetoric_by_strategy_arm_and_side():
    levels = np.full((5, 10), NAN)
    levels[0], levels[1], levels[4] = 1.0, 2.0, np.arange(10) % 4
    found = debate(view(levels=levels, judged=True))
    assert found["rhetoric_evidence_people_human_human"] == 1.5
    assert found["rhetoric_social_norms_opponents_human_ai"] == STRATEGIES.index("social norms") % 4
    assert np.isnan(found["rhetoric_stories_people_human_ai"])


@pytest.mark.parametrize("name", ["rhetoric", "words_people_no_debate"])
def test_without_judges_there_is_no_rhetoric(name):
    assert not any(key.startswith(name) for key in debate(view()))
