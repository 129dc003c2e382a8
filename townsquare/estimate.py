"""What a run will take, before it starts."""

from typing import Any, cast

from townsquare.rehearsal import estimated
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.shilling import Shilling
from townsquare.sim.scenarios.team import Team
from townsquare.sim.scenarios.town import TownScenario


def estimate(scenario: TownScenario) -> dict[str, Any]:
    """Rough size of a run before it starts: model calls, tokens and USD (None: price unknown), events, MB and seconds.

    The constants are fitted to ``make bench`` on two cores with the default recommender: expect a factor of two
    elsewhere. Seconds leave out what models take to answer.
    """
    asked = estimated(scenario)
    size = _shop(scenario) if isinstance(scenario, Shilling) else _news(cast(News, scenario))
    return {
        "model_calls": asked.calls if asked else 0,
        "tokens": asked.tokens_in + asked.tokens_out if asked else 0,
        "usd": asked.usd if asked else 0.0,
        **size,
    }


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
