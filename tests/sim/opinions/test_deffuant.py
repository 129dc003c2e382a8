import numpy as np
import pytest

from townsquare.sim.graphs.read import from_networkx
from townsquare.sim.opinions.deffuant import Deffuant
from townsquare.sim.opinions.groups import group_sizes


def by_hand(model, x, tick):
    """The draws of a tick, one after the other, in plain Python."""
    x = x.tolist()
    ground, of = model.ground, model.config
    for i, j in model.meetings(np.array(x), tick).tolist():
        gap = x[j] - x[i]
        if abs(gap) < of.epsilon:
            step = of.mu * gap
            x[i], x[j] = (
                (x[i] if ground.held[i] else x[i] + step),
                (x[j] if ground.held[j] or ground.directed else x[j] - step),
            )
    return np.array(x)


@pytest.mark.parametrize(
    ("graph", "held"),
    [
        ({"kind": "complete", "nodes": 30}, ()),
        ({"kind": "scale-free", "nodes": 300, "degree": 6}, (0, 5, 7)),
        ({"kind": "ring", "nodes": 50, "degree": 2}, ()),
        ({"kind": "karate"}, (33,)),
    ],
)
def test_a_sweep_is_exactly_its_draws_one_by_one(ground, graph, held):
    model = Deffuant(Deffuant.Config(epsilon=0.35, mu=0.3), ground(held=held, **graph))
    x = model.ground.start
    for tick in range(8):
        swept = model.step(x, tick)
        assert np.array_equal(swept, by_hand(model, x, tick))
        x = swept
    assert not np.array_equal(x, model.ground.start)
    assert np.array_equal(x[list(held)], model.ground.start[list(held)])


def test_on_a_directed_graph_only_the_listener_moves(ground):
    import networkx as nx

    model = Deffuant(
        Deffuant.Config(epsilon=1), ground([0.2, 0.8, 0.5], graph=from_networkx(nx.DiGraph([(0, 1), (2, 1)])))
    )
    x = model.step(model.ground.start, 0)
    assert x[1] == 0.8
    assert np.array_equal(x, by_hand(model, model.ground.start, 0))


def test_the_mean_is_conserved(ground, run):
    model = Deffuant(Deffuant.Config(epsilon=0.3), ground(kind="small-world", nodes=500))
    assert run(model, 60).mean() == pytest.approx(model.ground.start.mean(), abs=1e-12)


def test_groups_by_bound_of_confidence(ground, run):
    """Golden values of the dossier: n = 200, complete, mu .5: 1 group at .5; about 2 at .2; 4 to 5 of >= 10 at .1."""
    counts = {}
    for epsilon in (0.5, 0.2, 0.1):
        counts[epsilon] = []
        for seed in range(5):
            model = Deffuant(Deffuant.Config(epsilon=epsilon), ground(seed=seed, kind="complete", nodes=200))
            sizes = group_sizes(run(model, 100))
            counts[epsilon].append((sizes >= 10).sum())
    assert counts[0.5] == [1] * 5
    assert 1.5 <= np.mean(counts[0.2]) <= 3
    assert 4 <= np.mean(counts[0.1]) <= 5.5


def test_near_is_strictly_nearer(ground):
    pair = {"kind": "complete", "nodes": 2}
    assert np.array_equal(
        Deffuant(Deffuant.Config(epsilon=0.5), ground([0.25, 0.75], **pair)).step(np.array([0.25, 0.75]), 0),
        [0.25, 0.75],
    )
    met = Deffuant(Deffuant.Config(epsilon=0.51), ground([0.25, 0.75], **pair)).step(np.array([0.25, 0.75]), 0)
    assert np.array_equal(met, [0.5, 0.5])


def test_draws_hang_on_seed_and_tick_alone(ground):
    model = Deffuant(Deffuant.Config(), ground(kind="karate"))
    other = Deffuant(Deffuant.Config(epsilon=0.9), ground(np.zeros(34), held=(1,), kind="karate"))
    assert np.array_equal(model.meetings(model.ground.start, 3), other.meetings(other.ground.start, 3))
    assert not np.array_equal(model.meetings(model.ground.start, 3), model.meetings(model.ground.start, 4))


def test_every_edge_is_drawn_as_often(ground):
    model = Deffuant(Deffuant.Config(), ground(kind="karate"))
    drawn = np.concatenate([model.meetings(model.ground.start, tick) for tick in range(600)])
    edges = np.unique(np.sort(drawn, axis=1), axis=0, return_counts=True)[1]
    assert len(edges) == 78
    expected = 600 * 34 / 78
    assert ((edges - expected) ** 2 / expected).sum() < 78 + 5 * (2 * 78) ** 0.5


def test_a_graph_without_edges_stands_still(ground):
    import networkx as nx

    lonely = nx.empty_graph(3)
    model = Deffuant(Deffuant.Config(), ground([0.1, 0.2, 0.3], graph=from_networkx(lonely)))
    assert np.array_equal(model.step(model.ground.start, 0), [0.1, 0.2, 0.3])
