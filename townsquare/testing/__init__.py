"""The promises of plug-ins as tests that whoever writes one inherits.

    from townsquare.testing import RecommenderContract

    class TestMine(RecommenderContract):
        name = "mine"

pytest is not needed to import this, only to run it.
"""

from townsquare.testing.attack_contract import AttackContract
from townsquare.testing.defence_contract import DefenceContract
from townsquare.testing.detector_contract import DetectorContract
from townsquare.testing.little_town import AGENTS, CANDIDATES, TICK, excluded, little_events, little_town
from townsquare.testing.memory_contract import MemoryStoreContract
from townsquare.testing.moderator_contract import ModeratorContract
from townsquare.testing.recommender_contract import RecommenderContract
from townsquare.testing.transport_contract import TransportContract

__all__ = [
    "AGENTS",
    "CANDIDATES",
    "TICK",
    "AttackContract",
    "DefenceContract",
    "DetectorContract",
    "MemoryStoreContract",
    "ModeratorContract",
    "RecommenderContract",
    "TransportContract",
    "excluded",
    "little_events",
    "little_town",
]
