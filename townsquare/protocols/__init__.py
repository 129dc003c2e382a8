"""The contracts of townsquare: the one import a plug-in author needs."""

from townsquare.protocols.actions import Actions
from townsquare.protocols.attack import Attack, Campaign, Knowledge, Profiles
from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray, steady
from townsquare.protocols.defence import Defence, Trust
from townsquare.protocols.detector import Detector, Suspicion
from townsquare.protocols.errors import (
    ContractError,
    DataError,
    DiskFull,
    InputError,
    RunFolderError,
    ScenarioError,
    TownsquareError,
    UnknownComponent,
)
from townsquare.protocols.events import Events
from townsquare.protocols.interactions import Interactions, Scale
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.recommender import Recommender, Scorer, Stateful, allowed_after, lesson
from townsquare.protocols.registry import configure, find, known, make, register
from townsquare.protocols.settings import Settings
from townsquare.protocols.slates import Slates, top_k
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Environment, Mind, Town
from townsquare.protocols.unlearning import Forgotten, Unlearns, unlearn

__all__ = [
    "Actions",
    "Attack",
    "BoolArray",
    "Campaign",
    "Catalogue",
    "ContractError",
    "DataError",
    "Defence",
    "Detector",
    "DiskFull",
    "Environment",
    "Events",
    "FloatArray",
    "Forgotten",
    "InputError",
    "IntArray",
    "Interactions",
    "Knowledge",
    "Mind",
    "Observation",
    "Observations",
    "Profiles",
    "Recommender",
    "RunFolderError",
    "Scale",
    "ScenarioError",
    "Scorer",
    "Settings",
    "Slates",
    "Stateful",
    "Streams",
    "Suspicion",
    "Town",
    "TownsquareError",
    "Trust",
    "UnknownComponent",
    "Unlearns",
    "allowed_after",
    "configure",
    "find",
    "known",
    "lesson",
    "make",
    "register",
    "steady",
    "top_k",
    "unlearn",
]
