import numpy as np
import pytest

from townsquare.protocols.streams import Streams
from townsquare.sim.opinions.values import Values


@pytest.mark.parametrize("each", [False, True])
def test_a_step_is_that_of_the_formula(ground, each):
    v = Streams(2).get("v").random((34, 10))
    on = ground(v, kind="karate", held=(3,))
    on.weights.data[:] = 1 + (on.weights.indices % 3)
    model = Values(Values.Config(epsilon=0.34, mu=0.2, each=each), on)
    wanted = v.copy()
    for i in range(34):
        pull, total = np.zeros(10), np.zeros(10)
        for place in range(on.weights.indptr[i], on.weights.indptr[i + 1]):
            j, w = on.weights.indices[place], float(on.weights.data[place])
            gap = v[j] - v[i]
            near = np.abs(gap) <= 0.34 if each else np.full(10, np.abs(gap).mean() <= 0.34)
            pull, total = pull + w * near * gap, total + w * near
        wanted[i] += 0.2 * np.divide(pull, total, out=np.zeros(10), where=total > 0)
    wanted[3] = v[3]
    moved = model.step(v, 0)
    assert moved == pytest.approx(wanted, abs=1e-12)
    assert not np.array_equal(moved, v)
