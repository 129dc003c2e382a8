"""What a network is put together from."""

import numpy as np
import pytest

from townsquare.build.network import parts_of
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.registry import known, register
from townsquare.protocols.scenario import load
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.made import GraphSettings, make_graph


class Path:
    """Where a model would be."""

    def ask(self, group):
        return None


def made(values, models=None):
    scenario = load("network", values)
    return parts_of(scenario, Streams(scenario.seed), models or Path())


@pytest.fixture
def files(tmp_path):
    (tmp_path / "edges.csv").write_text("b,a\nb,c\n")
    (tmp_path / "nodes.csv").write_text("id,opinion,own,side\na,.1,0,x\nb,.5,1,y\nc,.9,.5,\n")
    return {"graph.kind": "file", "graph.path": str(tmp_path / "edges.csv"), "graph.table": str(tmp_path / "nodes.csv")}


def test_a_table_of_nodes_gives_ids_opinions_sides_and_stubbornness(files):
    parts = made(files | {"opinions.start": "column", "model.name": "friedkin-johnsen", "model.stubbornness": "own"})
    agents = parts.agents.to_pydict()
    assert (agents["name"], agents["side"]) == (["a", "b", "c"], ["x", "y", ""])
    assert agents["opinion"] == [0.1, 0.5, 0.9]
    assert parts.environment.model(0).stubbornness.tolist() == [0, 1, 0.5]
    assert set(parts.data) == {files["graph.path"], files["graph.table"]}
    assert all(len(digest) == 64 for digest in parts.data.values())


def test_the_stubborn_are_held_and_may_be_given_an_opinion():
    parts = made({"graph.kind": "karate", "stubborn.nodes": [0, "33"], "stubborn.value": 0.75})
    agents = parts.agents.to_pandas()
    assert agents[agents["stubborn"]]["agent"].to_list() == [0, 33]
    assert (agents[agents["stubborn"]]["opinion"] == 0.75).all()
    assert np.flatnonzero(parts.environment.ground.held).tolist() == [0, 33]


def test_a_larger_panel_holds_a_smaller_one_and_nobody_stubborn():
    base = {"graph.kind": "karate", "chat.model": "openai:x", "stubborn.share": 0.3}
    panels = [set(made(base | {"panel.count": n}).environment.panel.tolist()) for n in (3, 8)]
    stubborn = set(np.flatnonzero(made(base).environment.ground.held))
    assert panels[0] < panels[1]
    assert not panels[1] & stubborn
    with pytest.raises(ScenarioError, match="more than the 24 nodes that may move"):
        made(base | {"panel.count": 25})


def test_people_may_come_from_a_table(tmp_path):
    (tmp_path / "people.csv").write_text("name\nAnn\nBob\n")
    base = {"graph.kind": "karate", "chat.model": "openai:x", "panel.personas": str(tmp_path / "people.csv")}
    parts = made(base | {"panel.count": 2})
    first, second = parts.environment.panel.tolist()
    people = parts.minds["panel"].personas
    assert [people(first).name, people(second).name, people(first + 1 if first + 1 != second else first + 2)] == [
        "Ann", "Bob", None,
    ]  # fmt: skip
    with pytest.raises(InputError, match="holds 2 personas"):
        made(base | {"panel.count": 3})


class Nodding:
    """A mind of one's own, which asks nobody."""

    def __init__(self, config, streams):
        self.streams = streams

    async def decide(self, seen):
        raise AssertionError("nobody asks it here")


def test_a_mind_of_ones_own_may_sit_on_the_panel():
    register("mind", "nodding")(Nodding)
    parts = made({"graph.kind": "karate", "panel.count": 2, "panel.mind": "nodding"})
    assert isinstance(parts.minds["panel"], Nodding)


def test_items_are_what_opinions_are_about():
    items = made({"graph.kind": "karate", "model.name": "values"}).items(0).to_pydict()
    assert items["item"] == list(range(10))
    assert items["name"][0] == "self-direction"
    one = made({"graph.kind": "karate", "topic": "Ships should slow down."}).items(0).to_pydict()
    assert one["text"] == ["Ships should slow down."]


@pytest.mark.parametrize("model", [name for name, where in known("opinion").items() if where.startswith("townsquare.")])
def test_every_model_takes_any_ids(model, tmp_path):
    """Ids that are text, or numbers with holes: what is thought hangs on the order of nodes and on nothing else."""
    club = make_graph(GraphSettings(kind="karate"), Streams(0))
    thought = []
    for called in ("person {:02d}, of the club", "{}"):
        names = [called.format(k if "person" in called else 7 + 1009 * k) for k in range(34)]
        rows = [f'"{names[a]}","{names[b]}"' for a, b in club.pairs().tolist()]
        (tmp_path / "edges.csv").write_text("\n".join(rows))
        town = made({"graph.kind": "file", "graph.path": str(tmp_path / "edges.csv"), "model.name": model}).environment
        assert list(town.graph.ids) == names
        for tick in range(3):
            town.supply(tick)
            town.observe(tick, Slates.nothing())
            town.apply(tick, [])
        thought.append(town.opinions)
    assert np.array_equal(*thought)
    assert not np.array_equal(thought[0], town.ground.start)
