"""The contracts of townsquare: the one import a plug-in author needs."""

from townsquare.protocols.actions import Actions
from townsquare.protocols.catalogue import Catalogue
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray, steady
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
from townsquare.protocols.interactions import Interactions
from townsquare.protocols.observations import Observation, Observations
from townsquare.protocols.recommender import Recommender, Scorer, Stateful, allowed_after
from townsquare.protocols.registry import configure, find, known, make, register
from townsquare.protocols.settings import Settings
from townsquare.protocols.slates import Slates, top_k
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Environment, Mind, Town

__all__ = [
    "Actions",
    "BoolArray",
    "Catalogue",
    "ContractError",
    "DataError",
    "DiskFull",
    "Environment",
    "Events",
    "FloatArray",
    "InputError",
    "IntArray",
    "Interactions",
    "Mind",
    "Observation",
    "Observations",
    "Recommender",
    "RunFolderError",
    "ScenarioError",
    "Scorer",
    "Settings",
    "Slates",
    "Stateful",
    "Streams",
    "Town",
    "TownsquareError",
    "UnknownComponent",
    "allowed_after",
    "configure",
    "find",
    "known",
    "make",
    "register",
    "steady",
    "top_k",
]
