"""A browser whose decisions a language model makes: traits in words, past items, the page in; looks, ratings out."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field, create_model

from townsquare.agents.browsers.page import CONTENT, STAYS, TIRED, Page, Reaction
from townsquare.agents.minds.per_agent import together
from townsquare.agents.prompts.browse import browse
from townsquare.agents.prompts.room import Room
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.settings import Settings

_LEAVES = {"stay": STAYS, "tired": TIRED, "content": CONTENT}
_WORDS = {
    "activity": (
        "You rarely look for something new, and stop at the first page that bores you.",
        "You look for something new now and then, and bear with a few pages that do not suit you.",
        "You look for something new all the time and turn many pages before you have had enough.",
    ),
    "conformity": (
        "You judge by your own taste alone, whatever others say.",
        "You weigh what others think against your own taste.",
        "You mostly like what everybody likes.",
    ),
    "diversity": (
        "You keep to the few kinds of things that you know you like.",
        "You try something of another kind from time to time.",
        "You like all kinds of things and look at what is new to you.",
    ),
}
"""What the lowest, the middle and the highest third of people are told about themselves; our words."""


class Look(BaseModel):
    """One item that is looked at: its place on the page, from 1, and its rating."""

    item: int
    rating: Annotated[int, Field(ge=1, le=5)]


class Browsed(BaseModel):
    """What somebody does with a page; ``browsed`` makes the type for a page of a given length."""

    looks: list[Look]
    leave: Literal["stay", "tired", "content"]


@lru_cache(maxsize=256)
def browsed(count: int) -> type[Browsed]:
    """The answer for a page of ``count`` items."""
    look = create_model("Look", __base__=Look, item=(int, Field(ge=1, le=count)))
    return create_model("Browsed", __base__=Browsed, looks=(list[look], Field(max_length=count)))  # type: ignore[valid-type]


def once_each(answer: Browsed) -> str:
    """An item is looked at once."""
    places = [look.item for look in answer.looks]
    return "looks names an item twice; name each item once." if len(set(places)) < len(places) else ""


class ModelDriven:
    """Asks for each agent and page, all agents of a page at once. The agent's taste is what it took to before: the
    model never sees match, quality, or what is held out.
    """

    class Config(Settings):
        """What of a person's past goes into a prompt."""

        past: int = Field(default=20, ge=1)
        "Items the person took to that are told, drawn from those the recommender knows of, too."
        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; what is too much is cut: past items first, then the longest texts."
        past_tokens: int = Field(default=400, ge=0)
        "Tokens of them that past items may take."
        like: int = Field(default=4, ge=1, le=5)
        "Rating from which an item is liked."

    def __init__(
        self, config: Config, ask: AskModel, texts: Sequence[str], past: Callable[[int], Sequence[str]], number: int = 0
    ) -> None:
        """``texts`` are those of all items; ``past`` gives texts of what an agent took to, the least telling first.

        ``number`` tells recommenders apart in the ledger.
        """
        self.config, self.ask, self.texts, self.past, self.number = config, ask, texts, past, number
        self.room = Room(prompt=config.prompt_tokens, memories=config.past_tokens)

    async def browse(self, page: Page) -> Reaction:
        """A row without a valid answer says so, and nothing else."""
        answers = await together(self.ask(self.question(page, row)) for row in range(len(page.agents)))
        viewed, ratings = np.zeros(page.items.shape, bool), np.full(page.items.shape, np.nan)
        leaves, answered = np.full(len(answers), TIRED), np.zeros(len(answers), bool)
        for row, answer in enumerate(answers):
            if answer.value is None:
                continue
            answered[row], leaves[row] = True, _LEAVES[answer.value.leave]
            shown = np.flatnonzero(page.items[row] >= 0)
            for look in answer.value.looks:
                viewed[row, shown[look.item - 1]] = True
                ratings[row, shown[look.item - 1]] = look.rating
        return Reaction(viewed, ratings, leaves, answered)

    def question(self, page: Page, row: int) -> Ask[Browsed]:
        """What one agent is asked; a pure function of who it is, its past and its page."""
        agent = int(page.agents[row])
        shown = [self.texts[item] for item in page.items[row] if item >= 0]
        you = [_words(name, float(getattr(page.traits, name)[row])) for name in _WORDS]
        messages = browse(
            you,
            self.past(agent),
            shown,
            page=page.number,
            viewed=int(page.viewed[row]),
            likes=int(page.likes[row]),
            room=self.room,
        )
        return Ask("browse", agent, page.number, messages, browsed(len(shown)), once_each, self.number)


def _words(name: str, share: float) -> str:
    return _WORDS[name][min(2, int(share * 3))]
