"""The numbers of one tick of a moderated timeline, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols.moderator import ACTION
from townsquare.protocols.post_kinds import KIND
from townsquare.sim.environments.moderated_docket import Docket
from townsquare.sim.measures.moderation import moderation
from townsquare.sim.measures.moderation_view import ModerationView


def seen() -> ModerationView:
    docket = Docket(1)
    kinds = np.array([KIND[name] for name in ("benign", "toxic", "spam", "negative", "toxic")])
    docket.add(kinds, kinds, np.array([False, True, False, False, False]), np.zeros(5, int))
    items = np.arange(1, 6)
    docket.rule(items, np.array([ACTION[n] for n in ("remove", "show", "remove", "abstain", "blur")]), np.ones(5))
    return ModerationView(
        tick=3,
        author=np.array([-1, 0, 1, 2, 0, 1]),
        docket=docket,
        breaks=np.array([False, False, True, True]),
        new=items,
        looked=items,
        shown=np.array([[2, 4, 5], [4, 2, -1], [5, -1, -1]]),
        reads=(np.array([0, 0]), np.array([4, 5])),
        policy=np.array([0, -1, -1]),
        blocks=np.array([[False, True, False, False]]),
        authors=np.array([0, 3, 2]),
        rate=np.array([0.5, 1.0, 1.0]),
        suspended=1,
        decided=3,
        waiting=4,
        appealed=2,
        appeals=2,
        granted=1,
        filtered=(10, 4),
    )


def test_it_counts_by_hand() -> None:
    found = moderation(seen())
    assert found["harm_shown"] == pytest.approx(3 / 6)  # post 2 twice, and the blurred one where it was opened
    assert found["harm_shown_policy"] == pytest.approx(2 / 3)
    assert found["harm_shown_others"] == pytest.approx(1 / 3)
    assert found["harm_read"] == 0.5
    assert found["unwanted_shown"] == pytest.approx(1 / 3)
    assert found["flagged_precision"] == pytest.approx(2 / 3)
    assert found["flagged_recall"] == pytest.approx(2 / 3)
    assert found["flagged_fpr"] == 0.5
    assert found["abstained"] == 0.2
    assert found["evaded"] == 1.0
    assert (found["posts_benign"], found["posts_harmful"]) == (2.0, 1.5)
    assert found["rate_benign"] == 0.5
    assert found["appeals_granted"] == 0.5
    assert found["suspended"] == pytest.approx(1 / 3)
    assert found["filter_closer"] == 0.4
    assert (found["reviewed"], found["review_waiting"], found["appeals_made"]) == (3, 4, 2)


def test_where_nobody_looked_nothing_is_said() -> None:
    found = moderation(replace(seen(), looked=np.zeros(0, int), appeals=0, granted=0, filtered=(0, 0)))
    for name in ("flagged_precision", "flagged_recall", "flagged_fpr", "abstained", "evaded", "appeals_granted"):
        assert np.isnan(found[name])
    assert np.isnan(found["filter_closer"])
