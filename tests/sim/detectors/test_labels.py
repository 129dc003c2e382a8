import numpy as np
import pytest

from townsquare.protocols import InputError, Interactions
from townsquare.sim.detectors.labels import examples

LOG = Interactions(np.array([0, 1, 3, 3]), np.zeros(4, int), np.ones(4), np.zeros(4, int), 5, 1)


def test_unknown_users_and_those_without_rows_teach_nothing():
    users, kinds = examples("forest", LOG, np.array([1, -1, 0, 0, 1]))
    assert users.tolist() == [0, 3]
    assert kinds.tolist() == [True, False]


@pytest.mark.parametrize(
    ("fake", "said"),
    [
        ([0, 0, 1, 0, 1], "0 are labelled fake and 3 genuine"),
        ([1, 1, 0, -1, 0], "2 are labelled fake and 0 genuine"),
        ([-1, -1, -1, -1, -1], "0 are labelled fake and 0 genuine"),
        ([1, 0], "one label for each of 5 users"),
        ([2, 0, 0, 0, 0], "1 fake, 0 genuine or -1 unknown"),
    ],
)
def test_labels_that_teach_nothing_are_refused(fake, said):
    with pytest.raises(InputError, match=rf"^detector 'forest' learns from .*{said}"):
        examples("forest", LOG, np.array(fake))
