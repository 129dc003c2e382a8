"""The promises of plug-ins as tests that whoever writes one inherits.

    from townsquare.testing import RecommenderContract

    class TestMine(RecommenderContract):
        name = "mine"

pytest is not needed to import this, only to run it.
"""

from townsquare.testing.little_town import AGENTS, CANDIDATES, TICK, excluded, little_events, little_town
from townsquare.testing.memory_contract import MemoryStoreContract
from townsquare.testing.recommender_contract import RecommenderContract

__all__ = [
    "AGENTS",
    "CANDIDATES",
    "TICK",
    "MemoryStoreContract",
    "RecommenderContract",
    "excluded",
    "little_events",
    "little_town",
]
