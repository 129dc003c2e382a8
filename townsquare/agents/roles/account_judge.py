"""What a language model thinks of accounts, for a defence that asks (``AccountViews`` of the defence ``lorec``)."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, Field

from townsquare.agents.minds.per_agent import together
from townsquare.agents.prompts.judge_account import judge_account
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.interactions import Interactions

LINES = 60
"""Ratings of an account that the model is shown, the newest."""


class Opinion(BaseModel):
    """What the model says."""

    fake: float = Field(ge=0, le=1)
    why: str


class AccountJudge:
    """Asks about one account at a time, by its ratings and the titles of what it rated.

    An account for which there is no valid answer counts as the mean of the others (.5 where there are none): nobody is
    cleared, or accused, because a model was silent. The asks are on record, with the user as agent.
    """

    def __init__(self, ask: AskModel, titles: Sequence[str] | None = None) -> None:
        self.ask, self.titles = ask, titles

    async def __call__(self, log: Interactions, users: IntArray, tick: int, /) -> FloatArray:
        """(len(users),) how likely each is to be fake, 0 to 1."""
        order = np.argsort(log.users, kind="stable")
        edges = np.searchsorted(log.users[order], [users, users + 1])
        rows = [order[first:last][-LINES:] for first, last in edges.T.tolist()]
        told = await together(self._of(int(user), mine, log, tick) for user, mine in zip(users, rows, strict=True))
        found = np.array([np.nan if one is None else one for one in told], np.float64)
        known = found[~np.isnan(found)]
        return np.where(np.isnan(found), known.mean() if len(known) else 0.5, found)

    async def _of(self, user: int, rows: IntArray, log: Interactions, tick: int) -> float | None:
        if not len(rows):
            return None
        lines = [f"{log.values[row]:g}: {self._called(int(log.items[row]))}" for row in rows.tolist()]
        answer = await self.ask(Ask("judge", user, tick, judge_account(lines), Opinion))
        return None if answer.value is None else answer.value.fake

    def _called(self, item: int) -> str:
        return f"item {item}" if self.titles is None else self.titles[item]
