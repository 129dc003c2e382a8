"""What a run will take, before it starts."""

from typing import Any, cast

from townsquare.protocols.streams import Streams
from townsquare.rehearsal import estimated
from townsquare.sim.environments.network import EVERY
from townsquare.sim.graphs.made import make_graph
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.sim.scenarios.network import NetworkTown
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.persuasion import Persuasion
from townsquare.sim.scenarios.shilling import Shilling
from townsquare.sim.scenarios.team import Team
from townsquare.sim.scenarios.town import TownScenario


def estimate(scenario: TownScenario) -> dict[str, Any]:
    """Rough size of a run before it starts: model calls, tokens and USD (None: price unknown), events, MB and seconds.

    The constants are fitted to ``make bench`` on two cores with the default recommender: expect a factor of two
    elsewhere. Seconds leave out what models take to answer.
    """
    asked = estimated(scenario)
    size = _size(scenario)
    return {
        "model_calls": asked.calls if asked else 0,
        "tokens": asked.tokens_in + asked.tokens_out if asked else 0,
        "usd": asked.usd if asked else 0.0,
        **size,
    }


def _size(scenario: TownScenario) -> dict[str, float]:
    if isinstance(scenario, Shilling):
        return _shop(scenario)
    if isinstance(scenario, Campaign):
        return _timeline(scenario)
    if isinstance(scenario, NetworkTown):
        return _network(scenario)
    return _debates(scenario) if isinstance(scenario, Persuasion) else _news(cast(News, scenario))


def _news(scenario: News) -> dict[str, float]:
    readers, length, ticks = scenario.users.count + scenario.panel.count, scenario.slate.length, scenario.ticks
    new, window = scenario.creators.count * scenario.creators.articles, scenario.window
    cells = readers * new * window
    events = ticks * (readers * (length * scenario.record.exposures + 1.85 * scenario.clicks) + new)
    # lists of the window, tastes by creator, positions and means, vectors: MB
    checkpoint = 4e-6 * (readers * (length * (window + 1) + scenario.creators.count + 500) + 100 * new * (window + 1))
    kept = 2 + ticks // scenario.record.checkpoints
    posts = scenario.team.posts if isinstance(scenario, Team) else 0  # a group talks about each
    snapshots = (2 + ticks / scenario.record.snapshots) * 4e-4 * (readers + new * window)
    return {
        "events": round(events),
        "seconds": round(ticks * (0.04 + 5e-9 * cells + 1.4e-6 * readers * length + 0.015 * posts), 1),
        "memory_mb": round(200 + 4e-7 * cells + 0.012 * readers + 0.002 * new * window + 1.2e-4 * readers * length),
        "disk_mb": round(7e-6 * events + 4e-4 * ticks * new + kept * checkpoint + snapshots, 1),
    }


def _shop(scenario: Shilling) -> dict[str, float]:
    """A shop that is made up; of a table of ratings, which is not read here, as many items are counted."""
    of, shills, ticks = scenario.customers, scenario.shills, scenario.ticks
    visits = of.count * of.visits
    events = ticks * visits * (scenario.shop.slate * scenario.record.exposures + of.takes * (1 + of.reviews))
    events += shills.count * (shills.fillers + 1)
    rows = of.count * (scenario.shop.past + ticks * of.visits * of.takes)
    fits = -(-ticks // scenario.retrain) * (1 + (shills.count > 0))
    cells = (of.count + shills.count) * scenario.shop.items
    return {
        "events": round(events),
        "seconds": round(fits * (0.05 + 2.5e-5 * rows) + ticks * (0.02 + 4e-5 * visits), 1),
        "memory_mb": round(200 + 1.3e-4 * rows + 3e-5 * cells),
        "disk_mb": round(7e-6 * events + 2e-5 * rows * (2 + ticks // scenario.record.checkpoints), 1),
    }


def _timeline(scenario: Campaign) -> dict[str, float]:
    """Every member is shown a timeline in every tick, reads a third of it, and is moved by most of that."""
    n, ticks, length = scenario.members.count, scenario.ticks, scenario.timeline.length
    new = n * (scenario.members.posts + 0.07) + scenario.persuaders.count * scenario.persuaders.posts
    cells = n * new * scenario.timeline.window
    events = ticks * (n * (length * scenario.record.exposures + 0.65 * length) + new)
    checkpoint = 4e-6 * n * length * scenario.timeline.window + 1.5e-4 * ticks * new
    return {
        "events": round(events),
        "seconds": round(ticks * (0.015 + 1.1e-9 * cells + 8e-6 * n * length), 1),
        "memory_mb": round(180 + 1e-6 * cells / 4 + 0.004 * n + 6e-4 * ticks * new),
        "disk_mb": round(
            1e-5 * events + 1.2e-4 * ticks * new + checkpoint * (2 + ticks // scenario.record.checkpoints), 1
        ),
    }


def _debates(scenario: Persuasion) -> dict[str, float]:
    """Ratings, sides, statements, opinions and guesses; ten codes per statement and judge."""
    of = scenario.populations()
    people, writers = of["people"].count, of["people"].count + of["opponents"].count - scenario.control
    events = 4 * people - scenario.control + 4 * writers + 30 * writers * scenario.judges.count
    return {
        "events": events,
        "seconds": round(0.3 + 6e-4 * writers + 1.5e-5 * events, 1),
        "memory_mb": round(195 + 0.01 * (people + writers)),
        "disk_mb": round(0.2 + 1e-5 * events + 2.5e-3 * writers, 1),
    }


def _network(scenario: NetworkTown) -> dict[str, float]:
    """Half of the nodes move in a tick; of a graph from a file the file is read."""
    graph, ticks, record = scenario.graph, scenario.ticks, scenario.record
    nodes, edges = graph.nodes, graph.nodes * graph.degree / 2
    if graph.kind in ("file", "karate"):
        there = make_graph(graph, Streams(scenario.seed))
        nodes, edges = len(there), there.edges
    elif graph.kind == "complete":
        edges = nodes * (nodes - 1) / 2
    sparse = not record.exposures or nodes > EVERY
    events = nodes * (1 + ticks // record.snapshots) if sparse else nodes * ticks / 2
    events += 2 * scenario.panel.count * ticks
    return {
        "events": round(events),
        "seconds": round(0.1 + 4e-7 * edges + ticks * (0.003 + 4e-7 * nodes + 1e-8 * edges) + 1e-6 * events, 1),
        "memory_mb": round(190 + 1.2e-4 * edges + 3e-4 * nodes),
        "disk_mb": round(0.2 + 7e-6 * events + 1.2e-5 * nodes * (2 + ticks // record.checkpoints), 1),
    }
