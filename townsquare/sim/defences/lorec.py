"""User weights by LoRec: suspicion learnt from fakes of one's own, applied slowly and only where it stays."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from townsquare.protocols import Catalogue, ContractError, FloatArray, IntArray, Interactions, Streams, Trust, steady
from townsquare.sim.defences.account_features import account_features
from townsquare.sim.defences.account_views import AccountViews, hashed_views
from townsquare.sim.defences.calibration import Calibration
from townsquare.sim.defences.calibrator import Calibrator
from townsquare.sim.defences.practice import Practice, practised


class LoRec:
    """A calibrator scores every account, again and again as it learns; who keeps standing out loses weight.

    After Zhang et al., "LoRec: Combating Poisons with Large Language Model for Robust Sequential Recommendation" (SIGIR
    2024, arXiv 2401.17723). The weights are theirs to the letter (``Calibration``), and so is the loss. The transformer
    on the recommender's embeddings is replaced by a logistic model on ten features of an account, and the hidden
    states of a language model by a hashed count of words: our reconstruction (``Calibrator``, ``account_features``,
    ``hashed_views``). As the weights come before any recommender is fitted, they are those at the end of all epochs,
    at most 1.
    """

    views: AccountViews | None = None
    """Whoever builds the defence may put here what a language model thinks of accounts; see ``AccountViews``."""
    titles: Sequence[str] | None = None
    """(n_items,) what items are called, where somebody says so; read where ``views`` is None."""

    class Config(Practice):
        """What it practises on, how long, and what its loss is made of."""

        model: str = ""
        """A language model that is asked what it thinks of every account, provider:model; by default none is, and words
        of titles are counted instead. In a town: who builds it sets ``views``."""
        epochs: int = Field(default=60, ge=1)
        """Rounds; accounts are flagged from the 5th on, weights apply from the 30th."""
        passes: int = Field(default=8, ge=1)
        """Passes over all accounts per epoch; the paper has 2. More make scores decisive sooner, and fewer honest users
        are flagged in the first epochs."""
        batches: int = Field(default=16, ge=1)
        """Steps per pass, accounts and the defender's fakes spread evenly over them."""
        entropy: float = Field(default=0.5, ge=0)
        """Weight of the entropy of observed accounts' scores in the loss, lambda 1."""
        similarity: float = Field(default=1.0, ge=0)
        """Weight of the likeness to the other view of an account, lambda 2."""
        size: int = Field(default=8, ge=1)
        """Numbers that the calibrator makes of an account."""

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def weigh(self, log: Interactions, catalogue: Catalogue, *, tick: int) -> Trust:
        """Weights, and as scores f, from 0 to 1; users without rows count in full, with a score of 0.

        Raises InputError where an attack it learns from cannot be run, ContractError for views that are no numbers.
        """
        if not len(log):
            return Trust.full(log.n_users)
        mixed, fake = await practised(self.config, log, catalogue, self.streams)
        accounts = np.unique(mixed.users).astype(np.int64)
        features = account_features(mixed, catalogue, self.streams.get("defence", "lorec", "places"))[accounts]
        views = await self._views(mixed, catalogue, accounts, tick)
        observed = np.flatnonzero(fake[accounts] == 0)
        weights, scores = self._calibrated(features, views, fake[accounts], observed)
        trust = Trust.full(log.n_users)
        trust.weights[accounts[observed]] = np.minimum(weights, 1.0)
        trust.scores[accounts[observed]] = scores
        return trust

    async def _views(self, log: Interactions, catalogue: Catalogue, accounts: IntArray, tick: int) -> FloatArray:
        if self.views is None:
            return hashed_views(log, catalogue, self.titles, accounts)
        given = np.asarray(await self.views(log, accounts, tick), np.float64)
        if given.ndim not in (1, 2) or len(given) != len(accounts) or not np.isfinite(given).all():
            raise ContractError(
                f"the views of defence 'lorec' are of shape {given.shape}, not {len(accounts)} rows of finite numbers."
            )
        table = given[:, None] if given.ndim == 1 else given
        return table - table.mean(axis=0)

    def _calibrated(
        self, features: FloatArray, views: FloatArray, fake: IntArray, observed: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """Weights and scores of the observed accounts after all epochs."""
        config, rng = self.config, self.streams.get("defence", "lorec", "calibrator")
        made = Calibrator(features.shape[1], views.shape[1], config.size, (config.entropy, config.similarity), rng)
        calibration = Calibration(len(observed))
        parts = min(config.batches, len(observed))
        practice = np.flatnonzero(fake)
        scores: FloatArray = np.zeros(len(observed))
        for epoch in range(1, config.epochs + 1):
            for _ in range(config.passes):
                shares = (np.array_split(rng.permutation(which), parts) for which in (observed, practice))
                for batch in map(np.concatenate, zip(*shares, strict=True)):
                    made.step(features[batch], views[batch], fake[batch])
            scores = steady(made.scores(features[observed]), 6)
            calibration.after(epoch, scores)
        return steady(calibration.weights(config.epochs)), scores
