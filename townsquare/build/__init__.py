"""Names to objects: the only place that knows concrete classes."""

from townsquare.agents.chat.connect import model_name
from townsquare.build.models import Models, ancestors, as_shelf
from townsquare.build.questioning import interviewed, questioned
from townsquare.build.remotes import needing
from townsquare.build.town import (
    Built,
    at_a_terminal,
    build,
    fitted_at,
    measure,
    recommender,
    restore,
    retune,
    state_of,
)

__all__ = [
    "Built",
    "Models",
    "ancestors",
    "as_shelf",
    "at_a_terminal",
    "build",
    "fitted_at",
    "interviewed",
    "measure",
    "model_name",
    "needing",
    "questioned",
    "recommender",
    "restore",
    "retune",
    "state_of",
]
