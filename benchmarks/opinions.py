"""Opinion models on a graph of 1,000,000 nodes and 10,000,000 edges, and as a ratio to NDlib.

NDlib (BSD-2, not part of this project) runs in an interpreter of its own, named by --ndlib or $TOWNSQUARE_NDLIB: its
AlgorithmicBias with gamma 0, which is Deffuant's model, on the largest graph of the same mean degree that it can do one
iteration of in a minute. What is compared is the time of one interaction of two nodes, on the very same edges.
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
from typing import Any

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
began = time.process_time()
model = op.AlgorithmicBiasModel(graph)
config = mc.Configuration()
config.add_model_parameter("epsilon", 0.2)
config.add_model_parameter("gamma", 0.0)
model.set_initial_status(config)
model.iteration()
ready = time.process_time()
model.iteration()
done = time.process_time()
print(json.dumps({"ready": ready - began, "seconds": done - ready}))
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


def theirs(python: str, nodes: int, folder: Path) -> dict[str, Any] | None:
    """One iteration of NDlib on ``nodes`` nodes; None where the interpreter has no NDlib."""
    edges = folder / "edges.npy"
    np.save(edges, graph_of(nodes).pairs())
    try:
        done = subprocess.run(
            [python, "-c", NDLIB, str(nodes), str(edges)],
            capture_output=True,
            text=True,
            check=False,
            timeout=20 * MINUTE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{python} could not be run: {error}.")
        return None
    if done.returncode:
        print(f"{python} has no NDlib that runs: {(done.stderr.strip().splitlines() or ['it says nothing'])[-1]}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def ratio(python: str, most: int) -> None:
    """NDlib on graphs of four times the size each, up to the last that takes less than a minute."""
    with TemporaryDirectory() as folder:
        nodes, best = 4_000, None
        while nodes <= most:
            found = theirs(python, nodes, Path(folder))
            if found is None:
                print(HOW)
                return
            if found["seconds"] > MINUTE:
                break
            best = nodes, found["seconds"]
            nodes = most if nodes < most < 4 * nodes else 4 * nodes
    if best is None:
        return
    nodes, took = best
    graph = graph_of(nodes)
    print(
        f"NDlib, AlgorithmicBias, gamma 0: {took:.2f} s per iteration of {nodes:,} nodes and {graph.edges:,} edges, "
        f"{1e6 * took / nodes:.2f} us per interaction"
    )
    for name, settings in (
        ("deffuant", {}),
        ("algorithmic-bias", {"gamma": 0.0}),
        ("algorithmic-bias", {"gamma": 0.5}),
    ):
        own, _ = measured(graph, name, 5, **settings)
        called = f"{name}{''.join(f', {key} {value:g}' for key, value in settings.items())}"
        print(f"{called:<28} {own:.4f} s, {1e9 * own / nodes:7.1f} ns per interaction: {took / own:,.0f} x as fast")


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
