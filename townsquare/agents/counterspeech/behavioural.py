"""A counterspeech bot without a language model: phrases of ours, filled with words of the comment."""

from collections.abc import Sequence

import numpy as np

from townsquare.agents.counterspeech.guard import Harm
from townsquare.agents.counterspeech.phrases import DRAWS, composed
from townsquare.agents.counterspeech.replying import Task, sent, tasks
from townsquare.agents.counterspeech.strategy import Reads, reads_nothing
from townsquare.agents.reviewers.words import telling
from townsquare.protocols.actions import Actions
from townsquare.protocols.counterspeech import Replies
from townsquare.protocols.observations import Observations
from townsquare.protocols.streams import Streams

_SAFE = 0.05
"""Harm from which a word of a comment is not repeated."""
_ANYBODY = "people"
_ANYTHING = "this"


class Counterspeaker:
    """Replies to harmful comments (a ``Mind`` for the task "counter").

    Behavioural: what a reply says is a function of seed, bot, comment and strategy, and of nothing else.
    """

    class Config(Replies):
        """Everything is said by trigger, policy and guard."""

    config: Config

    def __init__(self, config: Config, streams: Streams, harm: Harm, reads: Reads = reads_nothing) -> None:
        """Args:
        config: trigger, policy, guard.
        streams: the run's.
        harm: how harmful texts are.
        reads: what a comment is harmful for, and of whom it speaks.
        """
        self.config, self.streams, self.harm, self.reads = config, streams, harm, reads

    async def decide(self, seen: Observations) -> Actions:
        """One post per comment that is to be answered (``item`` is the comment), or the refusal of a bad one."""
        made = []
        for task in tasks(self.config, seen, self.reads, self.streams):
            made.append(sent(self.config, task, self.reply(task), self.harm))
        return Actions.concat(made)

    def reply(self, task: Task) -> str:
        """What is said, before the guard."""
        draws = iter(self._draws(task))
        fit = self._harmless(telling(task.comment))
        word = fit[int(next(draws) * len(fit))] if fit else _ANYTHING
        who = task.target if task.target and self._harmless([task.target]) else _ANYBODY
        return composed(task.strategy, word, who, draws)

    def _draws(self, task: Task) -> list[float]:
        seat, key = np.array([task.seat]), np.array([task.key], np.uint64)
        return [float(self.streams.uniform("counter words", n, seat, key)[0]) for n in range(DRAWS + 1)]

    def _harmless(self, words: Sequence[str]) -> list[str]:
        """Those of a comment's words that may be said again."""
        if not words:
            return []
        return [word for word, harm in zip(words, self.harm(words).tolist(), strict=True) if harm < _SAFE]
