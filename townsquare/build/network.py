"""The parts of a network of opinions."""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from townsquare.agents.minds.llm_neighbour import LLMNeighbour
from townsquare.agents.persona_sampling import Cast, Distribution, draw, enough
from townsquare.agents.persona_table import from_csv
from townsquare.build.models import Models
from townsquare.build.parts import Parts
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.registry import find, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.environments.network import Network
from townsquare.sim.graphs.labelled import LabelledGraph
from townsquare.sim.graphs.made import make_labelled
from townsquare.sim.opinions.starting import starting, stubborn_nodes
from townsquare.sim.scenarios.network import NetworkTown, dimensions_of

_log = logging.getLogger(__name__)


def parts_of(scenario: NetworkTown, streams: Streams, models: Models | None) -> Parts:
    """Everything that can be wrong with graph, opinions, model and panel is found here."""
    drawn = make_labelled(scenario.graph, streams)
    for note in drawn.notes:
        _log.warning("%s.", note)
    n = len(drawn.graph)
    start = starting(scenario.opinions, drawn, dimensions_of(find("opinion", scenario.model.name)), streams)
    stubborn = stubborn_nodes(scenario.stubborn.share, scenario.stubborn.nodes, drawn, streams)
    if scenario.stubborn.value is not None:
        start[stubborn] = scenario.stubborn.value
    panel = _panel(scenario, n, stubborn, streams)
    held = np.zeros(n, bool)
    held[stubborn] = held[panel] = True
    columns = {name: drawn.numbers(name) for name in drawn.labels if name != "side"}
    ground = Ground(drawn.graph.weights, drawn.graph.directed, start, held, streams, columns)
    network = Network(scenario, drawn.graph, ground, panel)
    minds: dict[str, Mind] = {}
    if len(panel):
        minds["panel"] = _mind(scenario, panel, streams, models)
    return Parts(
        network,
        minds,
        _agents(drawn, start, stubborn, panel),
        lambda tick: items_table(network, tick),
        (scenario.topic,) if network.topics == 1 else _names(network),
        _hashes(scenario),
    )


def _panel(scenario: NetworkTown, n: int, stubborn: IntArray, streams: Streams) -> IntArray:
    """Those first in an order of all nodes: a larger panel holds a smaller one."""
    order = np.argsort(streams.uniform("panel", 0, np.arange(n), np.zeros(1, np.int64)), kind="stable")
    free = order[~np.isin(order, stubborn)]
    if scenario.panel.count > len(free):
        raise ScenarioError(f"panel.count ({scenario.panel.count}) is more than the {len(free)} nodes that may move.")
    return np.sort(free[: scenario.panel.count])


def _mind(scenario: NetworkTown, panel: IntArray, streams: Streams, models: Models | None) -> Mind:
    name = "llm-neighbour" if scenario.panel.mind == "llm" else scenario.panel.mind
    try:
        cls = find("mind", name)
    except InputError as error:
        raise ScenarioError(f"panel.mind: {error}") from error
    if issubclass(cls, LLMNeighbour):
        if models is None:
            raise ScenarioError(f"panel.mind: a mind that asks a model is named llm... (got {scenario.panel.mind!r}).")
        of = scenario.panel
        config = cls.Config(topic=scenario.topic, sentence=of.sentence, prompt_tokens=of.prompt_tokens)
        return cls(config, models.ask("panel"), _personas(scenario, panel, streams))
    if name.startswith(("llm", "behavioural", "remote")):
        raise ScenarioError(f"panel.mind: {name!r} cannot decide for a neighbour; 'llm' stands for the one that can.")
    made = make("mind", name, {}, streams)
    if not isinstance(made, Mind):
        raise ScenarioError(f"mind {name!r} does not have the method of one: decide.")
    return made


def _personas(scenario: NetworkTown, panel: IntArray, streams: Streams) -> Cast:
    """Who each of the panel is: drawn by its number as a node, or the rows of a table one by one."""
    table = scenario.panel.personas
    if table is not None:
        people = list(enough(from_csv(table), len(panel), table))
    else:
        people = draw(Distribution(), streams, panel, "panel.persona")
    return dict(zip(panel.tolist(), people, strict=True)).get


def _names(network: Network) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(network.model(0), "names", ())
    return names if len(names) == network.topics else tuple(f"opinion {k + 1}" for k in range(network.topics))


def _agents(drawn: LabelledGraph, start: FloatArray, stubborn: IntArray, panel: IntArray) -> pa.Table:
    """agents.parquet: the nodes by their ids, with their side where the graph has any and what they think at first."""
    n = len(drawn.graph)
    group = np.full(n, "nodes", object)
    group[panel] = "panel"
    held = np.zeros(n, bool)
    held[stubborn] = True
    columns: Mapping[str, FloatArray] = (
        {"opinion": start} if start.ndim == 1 else {f"opinion_{k + 1}": start[:, k] for k in range(start.shape[1])}
    )
    return pa.table(
        {
            "agent": np.arange(n, dtype=np.int32),
            "name": pa.array(drawn.graph.ids, pa.string()),
            "group": pa.array(group, pa.string()),
            "side": pa.array(drawn.labels.get("side", np.full(n, "", object)), pa.string()),
            "stubborn": held,
            **{name: np.round(values, 5) for name, values in columns.items()},
        }
    )


def items_table(network: Network, tick: int) -> pa.Table:
    """What opinions are about, at tick 0, and the sentences said in each tick."""
    topic = network.scenario.topic
    rows: list[tuple[int, str, int, str]] = []
    if tick == 0:
        names = ("topic",) if network.topics == 1 else _names(network)
        rows = [(k, name, -1, topic if network.topics == 1 else name) for k, name in enumerate(names)]
    first = network.first_said
    rows += [(first + k, f"t{tick}-{k}", agent, text) for k, (agent, text) in enumerate(network.said)]
    ids, names_, authors, texts = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "item": pa.array(ids, pa.int32()),
            "name": pa.array(names_, pa.string()),
            "author": pa.array(authors, pa.int32()),
            "born": pa.array([tick] * len(rows), pa.int32()),
            "category": pa.array([0 if i >= network.topics else i for i in ids], pa.int32()),
            "quality": pa.array([float("nan")] * len(rows), pa.float32()),
            "text": pa.array(texts, pa.string()),
        }
    )


def _hashes(scenario: NetworkTown) -> dict[str, str]:
    """sha256 of every file, by the name that the scenario gives it."""
    found = {}
    for source in scenario.files():
        with Path(source).open("rb") as file:
            found[source] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
