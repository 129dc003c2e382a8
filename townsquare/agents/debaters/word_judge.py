"""A judge of rhetoric that counts words."""

import numpy as np

from townsquare.agents.debaters.markers import levels
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import NOBODY
from townsquare.protocols.debate import STRATEGIES
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class WordJudge:
    """Codes each statement by lexical markers (``markers.levels``): transparent, offline, and ours.

    It sees words and not what they are used for: irony, quotation and an argument in other words escape it. Good for
    comparing arms with each other; not the coding of the published study, which was done by reading.
    """

    class Config(Settings):
        """Nothing to set: the lists of words are the judge."""

    def __init__(self, config: Config, streams: Streams | None = None) -> None:
        """``streams`` are not needed: nothing is drawn."""
        self.config = config

    async def decide(self, seen: Observations) -> Actions:
        """A ``code`` per statement that lies before a judge, with its ten levels."""
        rows, places = np.nonzero(seen.items != NOBODY)
        items = seen.items[rows, places]
        found = [levels(seen.text(item)) for item in items.tolist()]
        vectors = np.array(found, np.float64).reshape(len(found), len(STRATEGIES))
        return Actions.of("code", seen.agents[rows], items, vector=vectors)
