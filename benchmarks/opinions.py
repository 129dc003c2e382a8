"""Opinion models on a graph of 1,000,000 nodes and 10,000,000 edges, and as a ratio to NDlib.

NDlib (BSD-2, not part of this project) runs in an interpreter of its own, named by --ndlib or $TOWNSQUARE_NDLIB: its
AlgorithmicBias with gamma 0, which is Deffuant's model, and from version 6 on its Friedkin-Johnsen, on the largest
graph of the same mean degree of which it can do an iteration in a minute. Both sides move on the very same edges.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from threadpoolctl import threadpool_limits

from townsquare.protocols.machine import peak_memory_mb
from townsquare.protocols.opinion_model import Ground
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.graphs.made import GraphSettings, make_graph

NODES, DEGREE, MINUTE = 1_000_000, 20.0, 60.0
MODELS = (
    ("deffuant", "sweep"),
    ("algorithmic-bias", "sweep"),
    ("repulsion", "sweep"),
    ("friedkin-johnsen", "iteration"),
    ("degroot", "iteration"),
    ("hegselmann-krause", "iteration"),
    ("values", "iteration"),
)
NDLIB = """
import json, sys, time
import networkx as nx, numpy as np
import ndlib, ndlib.models.ModelConfig as mc, ndlib.models.opinions as op
graph = nx.Graph()
graph.add_nodes_from(range(int(sys.argv[1])))
graph.add_edges_from(map(tuple, np.load(sys.argv[2]).tolist()))
found = {}
for name, settings in (("AlgorithmicBias", {"epsilon": 0.2, "gamma": 0.0}), ("FJ", {})):
    if hasattr(op, name + "Model"):
        model, config = getattr(op, name + "Model")(graph), mc.Configuration()
        for key, value in settings.items():
            config.add_model_parameter(key, value)
        model.set_initial_status(config)
        model.iteration()  # the first one only reports where all stand
        began = time.process_time()
        model.iteration()
        found[name] = time.process_time() - began
print(json.dumps(found))
"""
HOW = (
    "NDlib was not run: name an interpreter that has it with --ndlib PYTHON or $TOWNSQUARE_NDLIB (python -m venv nd && "
    "nd/bin/pip install ndlib networkx, then --ndlib nd/bin/python)."
)


def graph_of(nodes: int) -> Graph:
    """A random graph of the bench's mean degree."""
    return make_graph(GraphSettings(kind="erdos-renyi", nodes=nodes, degree=DEGREE), Streams(0))


def measured(graph: Graph, name: str, ticks: int, **settings: float) -> tuple[float, float]:
    """CPU seconds of one tick, the best of ``ticks`` (opinions go on from tick to tick), and the megabytes that a model
    and one more tick take beside the graph.
    """
    n = len(graph)
    rng = Streams(0).get("bench")
    opinions = rng.random((n, 10) if name == "values" else n)
    tracemalloc.start()
    model = make(
        "opinion", name, settings, Ground(graph.weights, graph.directed, opinions, np.zeros(n, bool), Streams(0))
    )
    model.step(opinions, ticks)
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    best = float("inf")
    for tick in range(ticks):
        began = time.process_time()
        opinions = model.step(opinions, tick)
        best = min(best, time.process_time() - began)
    return best, memory


def ours(nodes: int) -> None:
    """A line per model."""
    began = time.process_time()
    graph = graph_of(nodes)
    made, weights = time.process_time() - began, graph.weights
    size = (weights.data.nbytes + weights.indices.nbytes + weights.indptr.nbytes) / 1e6
    print(
        f"{'graph':<18} {made:7.2f} s to make {graph.edges:,} edges in {size:,.0f} MB; peak {peak_memory_mb():,.0f} MB"
    )
    for name, unit in MODELS:
        took, memory = measured(graph, name, 1 if name == "values" else 3)
        per = 1e9 * took / (nodes if unit == "sweep" else graph.edges)
        what = "interaction" if unit == "sweep" else "edge"
        print(f"{name:<18} {took:7.3f} s per {unit:<9} {per:7.1f} ns per {what:<11} {memory:6,.0f} MB beside the graph")


def theirs(python: str, graph: Graph, folder: Path) -> dict[str, float]:
    """CPU seconds of one iteration of each of NDlib's models; empty, and said why, where there is no NDlib."""
    edges = folder / "edges.npy"
    np.save(edges, graph.pairs())
    command = [python, "-c", NDLIB, str(len(graph)), str(edges)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60 * MINUTE)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{python} could not be run: {error}.")
        return {}
    if done.returncode:
        print(f"{python} has no NDlib that runs: {(done.stderr.strip().splitlines() or ['it says nothing'])[-1]}")
        return {}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def ratio(python: str, most: int) -> None:
    """NDlib on graphs of four times the size each, up to the last that takes less than a minute."""
    nodes, graph, best = min(4_000, most), None, {}
    with TemporaryDirectory() as folder:
        while True:
            larger = graph_of(nodes)
            found = theirs(python, larger, Path(folder))
            if not found:
                print(HOW)
                return
            if max(found.values()) > MINUTE and graph is not None:
                break
            graph, best = larger, found
            if nodes == most:
                break
            nodes = most if most < 4 * nodes else 4 * nodes
    assert graph is not None
    print(f"NDlib on {len(graph):,} nodes and {graph.edges:,} edges")
    rivals = {
        "AlgorithmicBias": (
            ("deffuant", {}),
            ("algorithmic-bias", {"gamma": 0.0}),
            ("algorithmic-bias", {"gamma": 0.5}),
        ),
        "FJ": (("friedkin-johnsen", {"stubbornness": 0.1}),),
    }
    for name, took in best.items():
        each = "interaction" if name == "AlgorithmicBias" else "node"
        print(f"  NDlib {name:<28} {took:8.3f} s {1e9 * took / len(graph):10.1f} ns per {each}")
        for own, settings in rivals[name]:
            seconds, _ = measured(graph, own, 5, **settings)
            called = f"{own}{''.join(f', {key} {value:g}' for key, value in settings.items())}"
            per = 1e9 * seconds / len(graph)
            print(
                f"  {called:<34} {seconds:8.3f} s {per:10.1f} ns per {each}: {took / seconds:,.0f} x as fast",
                flush=True,
            )


def main() -> None:
    """All models, then the ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opinions", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the nodes, and NDlib on 16,000 at most")
    parser.add_argument("--ndlib", default=os.environ.get("TOWNSQUARE_NDLIB"), metavar="PYTHON", help="who has NDlib")
    parser.add_argument("--most", type=int, metavar="N", help="NDlib: no more nodes than this (its graphs take memory)")
    arguments = parser.parse_args()
    nodes = NODES // 10 if arguments.quick else NODES
    print(f"opinion models on {nodes:,} nodes of mean degree {DEGREE:g} (CPU seconds, one thread)", flush=True)
    with threadpool_limits(1):
        ours(nodes)
        sys.stdout.flush()
        if arguments.ndlib:
            ratio(arguments.ndlib, arguments.most or (16_000 if arguments.quick else NODES))
        else:
            print(HOW)


if __name__ == "__main__":
    main()
