"""The cases are balanced and neutral in length."""

import numpy as np

from townsquare.sim.disputes.cases import cases


def test_half_of_each_and_of_about_one_length() -> None:
    assert len(cases()) == len({case.id for case in cases()}) == 24
    assert sum(case.truth == "customer" for case in cases()) == 12
    lengths = np.array([[len(case.customer), len(case.shop)] for case in cases()])
    assert abs(np.log(lengths[:, 0] / lengths[:, 1])).max() < 0.5
