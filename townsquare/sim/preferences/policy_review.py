"""A language model judges texts for one reader, by the reader's own policy (after arXiv 2511.05532)."""

from typing import Any, Literal

import numpy as np

from townsquare.protocols.asking import Ask, AskModel, together
from townsquare.protocols.moderator import ACTION, Labelled, Posts, Verdicts
from townsquare.sim.moderators.demonstrations import Demonstrations
from townsquare.sim.moderators.in_context import PLAIN, answer_type
from townsquare.sim.preferences.policy import Policy

_ANSWER = answer_type(PLAIN, several=False, reasons=False)


class PolicyReview:
    """Hides what the reader's policy wants hidden: ``remove`` for this reader, nobody else's feed changes.

    What is asked is ``policy.prompt`` and nothing besides. No valid answer is ``abstain``: shown, and counted in
    ``tally``, never taken for harmless. Equal texts are asked once.
    """

    def __init__(
        self,
        policy: Policy,
        base: Labelled,
        shown: Demonstrations,
        ask: AskModel,
        *,
        reader: int = -1,
        level: Literal[1, 2] = 2,
    ) -> None:
        """``base`` and ``shown`` as in ``Policy.prompt``; ``reader``: in whose name is asked."""
        self.policy, self.base, self.shown, self.ask = policy, base, shown, ask
        self.reader, self.level = reader, level
        self.tally = {"texts": 0, "asked": 0, "invalid": 0}

    async def review(self, posts: Posts) -> Verdicts:
        """One verdict per post; the score is 1, 0, or .5 where nobody knows."""
        texts = posts.texts()
        distinct = list(dict.fromkeys(texts))
        answers = await together(
            self.ask(self.question(text, number, posts.tick)) for number, text in enumerate(distinct)
        )
        told = dict(zip(distinct, answers, strict=True))
        self.tally["texts"] += len(texts)
        self.tally["asked"] += len(distinct)
        self.tally["invalid"] += sum(one.value is None for one in answers)
        labels = ["" if told[text].value is None else str(told[text].value.label) for text in texts]  # type: ignore[union-attr]
        action = [ACTION["abstain" if not one else "remove" if one == "harmful" else "show"] for one in labels]
        score = [0.5 if not one else float(one == "harmful") for one in labels]
        why = [
            "" if one else f"no valid answer ({told[text].outcome})" for one, text in zip(labels, texts, strict=True)
        ]
        return Verdicts(np.array(action, np.int8), np.array(score, float), why, labels)

    def question(self, text: str, number: int = 0, tick: int = 0) -> Ask[Any]:
        """What is asked about one text."""
        messages = self.policy.prompt(text, self.base, self.shown, level=self.level)
        return Ask("moderate", self.reader, tick, messages, _ANSWER, number=number)
