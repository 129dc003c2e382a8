"""The minds of a town's groups."""

from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.registry import known, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.scenarios.news import Creators, News, Panel, Users, Writers

_ROLES = {"users": "reader", "panel": "reader", "creators": "creator", "writers": "creator"}


def minds_of(scenario: News, streams: Streams) -> dict[str, Mind]:
    """The mind of every group that somebody is in."""
    groups: dict[str, Users | Panel | Creators | Writers] = {
        "users": scenario.users,
        "panel": scenario.panel,
        "creators": scenario.creators,
        "writers": scenario.writers,
    }
    return {group: _mind(_full(of.mind, _ROLES[group]), streams) for group, of in groups.items() if of.count}


def _full(name: str, role: str) -> str:
    """``llm`` and ``behavioural`` stand for the mind of that kind that suits the role."""
    return f"{name}-{role}" if f"{name}-{role}" in known("mind") else name


def _mind(name: str, streams: Streams) -> Mind:
    made = make("mind", name, {}, streams)
    if not isinstance(made, Mind):
        raise ScenarioError(f"mind {name!r} does not have the method of one: decide.")
    return made
