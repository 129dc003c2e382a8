"""Whoever a detector calls fake counts for nothing."""

import numpy as np
from pydantic import Field, field_validator

from townsquare.protocols import (
    Catalogue,
    Detector,
    InputError,
    IntArray,
    Interactions,
    Streams,
    Suspicion,
    Trust,
    make,
)
from townsquare.protocols.registry import configure, find
from townsquare.protocols.scenario import Use
from townsquare.sim.defences.practice import Practice, practised
from townsquare.sim.detectors.flagging import Flag, flagged, present


class Filter:
    """A detector looks at the log; the rows of those it flags are left out, everybody else counts in full.

    A detector that needs labels learns first, from fakes that the defender makes on this very log (see ``Practice``).
    Hidden attackers stand among the users labelled genuine, and a detector with a good memory would learn them by
    heart; so the users are split in ``folds`` parts (ours), and each part is judged by a detector that has not been
    told anything about it.
    """

    class Config(Practice):
        """Which detector, what it is told, and what it practises on."""

        detector: Use = Use(name="pca")
        """Who looks, with its own settings beside its name; `townsquare list detector` shows them all."""
        reported: tuple[int, ...] | None = None
        """Users known to be fake, for detectors that need seeds; an empty list for nobody so far, who then all pass."""
        flag: Flag | None = None
        """Whom to leave out by the detector's scores: a share or a number of users, or "gap"; by default those that the
        detector itself flags."""
        folds: int = Field(default=2, ge=1)
        """Into how many parts users are split where the detector has to learn; 1 tells it about all of them."""

        @field_validator("detector")
        @classmethod
        def _detector_is_known(cls, use: Use) -> Use:
            configure("detector", use.name, use.settings())
            return use

    def __init__(self, config: Config, streams: Streams) -> None:
        """Raises InputError for a detector that needs seeds where ``reported`` is not set."""
        self.config, self.streams = config, streams
        self._needs: tuple[str, ...] = tuple(getattr(find("detector", config.detector.name), "needs", ()))
        if "seeds" in self._needs and config.reported is None:
            raise InputError(
                f"defence 'filter': detector {config.detector.name!r} starts from users known to be fake; set "
                "defence.reported to their ids."
            )

    async def weigh(self, log: Interactions, catalogue: Catalogue, *, tick: int) -> Trust:
        """1 for whoever is not flagged, else 0. Raises InputError where the log lacks what the detector needs."""
        seeds = np.array(self.config.reported or (), np.int64)
        if not len(log) or ("seeds" in self._needs and not len(seeds)):
            return Trust.full(log.n_users)
        if "labels" in self._needs:
            found = await self._taught(log, catalogue, seeds)
        else:
            found = self._detector().inspect(log, catalogue, seeds)
        out = found.flagged
        if self.config.flag is not None:
            out = flagged(found.scores, present(log), self.config.flag)
        return Trust(np.where(out, 0.0, 1.0), np.asarray(found.scores, np.float64))

    async def _taught(self, log: Interactions, catalogue: Catalogue, seeds: IntArray) -> Suspicion:
        """Each part of the users as it looks to a detector that learnt from the others and from the practice."""
        mixed, fake = await practised(self.config, log, catalogue, self.streams)
        fold = self.streams.get("defence", "filter", "folds").integers(self.config.folds, size=mixed.n_users)
        scores, flagged = np.zeros(log.n_users), np.zeros(log.n_users, bool)
        for part in range(self.config.folds):
            unseen = (fold == part) & (fake == 0) & (self.config.folds > 1)
            detector = self._detector()
            detector.learn(mixed, catalogue, np.where(unseen, -1, fake).astype(np.int8))
            found = detector.inspect(log, catalogue, seeds)
            judged = fold[: log.n_users] == part
            scores[judged], flagged[judged] = found.scores[judged], found.flagged[judged]
        return Suspicion(scores, flagged)

    def _detector(self) -> Detector:
        made: Detector = make("detector", self.config.detector.name, self.config.detector.settings(), self.streams)
        return made
