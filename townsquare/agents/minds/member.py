"""A member of a timeline without a language model: reads by place and agreement, likes, answers and posts (ours)."""

import numpy as np

from townsquare.agents.counterspeech.bystanders import intervenes
from townsquare.agents.minds.post_words import member_words
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import BoolArray, FloatArray, IntArray, steady
from townsquare.protocols.counterspeech import Bystanders
from townsquare.protocols.observations import Observations
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

_MILD, _HARMFUL = 0.2, 0.6
"""Harm of what is said: up to the first by most, from the second on by the hostile."""


class Member:
    """Reads a post with the chance attention * fade^place * exp(-selective * |stance - opinion|).

    What it has read it likes with the chance liking * (1 - distance / tolerance), if the distance is below the
    tolerance, and answers with the chance ``replying``; when the post does harm, it may object instead (``Bystanders``,
    members who are hostile themselves never do). Posts and answers are of its own opinion. Every decision is one number
    per member, post and tick, so that two arms of an experiment share it.

    Needs the traits ``opinion``, ``tolerance``, ``hostile``, ``attention``, ``fade``, ``selective``, ``liking``,
    ``replying`` and ``harmful``, and the features ``stance``, ``harm``, ``countered``, ``answered`` and ``quality``.
    What a member thinks after reading is the town's rule, not its own to say.
    """

    class Config(Settings):
        """What members do when they see harm."""

        bystanders: Bystanders = Bystanders()
        "How likely a member objects to a harmful post that it has read."

    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def decide(self, seen: Observations) -> Actions:
        """Task "browse": clicks, likes and answers; task "post": a post each."""
        return self._post(seen) if seen.task == "post" else self._browse(seen)

    def _browse(self, seen: Observations) -> Actions:
        stance, traits = seen.features["stance"], seen.traits
        of = {name: traits[name][:, None] for name in ("opinion", "tolerance", "attention", "fade", "selective")}
        distance = np.abs(stance - of["opinion"])
        place = np.arange(seen.items.shape[1])
        chance = steady(of["attention"] * of["fade"] ** place * np.exp(-of["selective"] * distance))
        read: BoolArray = (seen.items >= 0) & (self._draw("read", seen) < chance)
        row, slot = np.nonzero(read)
        agents, items, far = seen.agents[row], seen.items[row, slot], distance[row, slot]
        tolerance = np.maximum(traits["tolerance"][row], 1e-9)
        likes = steady(traits["liking"][row] * np.clip(1.0 - far / tolerance, 0.0, None))
        liked = self._drawn("like", seen, row, slot) < likes
        worth = steady(1.0 - far)
        return Actions.concat(
            [
                Actions.of("click", agents, items, value=worth),
                Actions.of("like", agents[liked], items[liked], value=worth[liked]),
                self._replies(seen, row, slot),
            ]
        )

    def _replies(self, seen: Observations, row: IntArray, slot: IntArray) -> Actions:
        """Answers to some of what was read."""
        harm = seen.features["harm"][row, slot]
        hostile = seen.traits["hostile"][row] > 0
        objects = (harm >= seen.traits["harmful"][row]) & ~hostile
        objects &= intervenes(
            self.config.bystanders,
            harm,
            self._drawn("intervene", seen, row, slot),
            countered=seen.features["countered"][row, slot],
            answered=seen.features["answered"][row, slot],
            quality=seen.features["quality"][row, slot],
        )
        answers = objects | (self._drawn("reply", seen, row, slot) < seen.traits["replying"][row])
        row, slot, objects = row[answers], slot[answers], objects[answers]
        numbers = np.stack([self._drawn(f"words {i}", seen, row, slot) for i in range(5)], axis=1)
        harm = self._harm(seen.traits["hostile"][row] > 0, self._drawn("harm", seen, row, slot))
        return self._said(seen, row, seen.items[row, slot], harm, numbers, objects, answers=True)

    def _post(self, seen: Observations) -> Actions:
        row, none = np.arange(len(seen)), np.zeros(1, np.int64)
        draws = [self.streams.uniform(f"post {i}", seen.tick, seen.seats, none) for i in range(6)]
        harm = self._harm(seen.traits["hostile"] > 0, draws[5])
        quiet = np.zeros(len(seen), bool)
        return self._said(seen, row, np.full(len(seen), -1), harm, np.stack(draws[:5], axis=1), quiet, answers=False)

    def _said(
        self,
        seen: Observations,
        row: IntArray,
        items: IntArray,
        harm: FloatArray,
        numbers: FloatArray,
        objects: BoolArray,
        *,
        answers: bool,
    ) -> Actions:
        stance = seen.traits["opinion"][row]
        return Actions.of(
            "post",
            seen.agents[row],
            items,
            value=objects.astype(np.float64),
            vector=np.stack([stance, harm], axis=1),
            text=member_words(stance, harm, numbers, answers=answers, counters=objects),
        )

    @staticmethod
    def _harm(hostile: BoolArray, draw: FloatArray) -> FloatArray:
        return steady(np.where(hostile, _HARMFUL + (1.0 - _HARMFUL) * draw, _MILD * draw), 5)

    def _draw(self, name: str, seen: Observations) -> FloatArray:
        return self.streams.uniform(name, seen.tick, seen.seats[:, None], seen.keys)

    def _drawn(self, name: str, seen: Observations, row: IntArray, slot: IntArray) -> FloatArray:
        return self.streams.uniform(name, seen.tick, seen.seats[row], seen.keys[row, slot])
