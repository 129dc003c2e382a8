"""A browser without a language model: views what appeals, rates by taste and by what others think, tires."""

import numpy as np
from pydantic import Field
from scipy.special import expit

from townsquare.agents.browsers.page import BEST, CONTENT, STAYS, TIRED, WORST, Page, Reaction
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams


class Behavioural:
    """Our reconstruction of the behaviour that Agent4Rec asks a language model for, with traits in (0, 1).

    With t = match and q = quality of an item, both standard normal over the catalogue:

    * it is viewed with probability sigmoid(readiness + appeal (1 - variety * diversity) t): who likes variety looks at
      what suits them less, too;
    * its rating is floor(3 + v) within 1 to 5, v = (1 - w) t + w q + noise * e - demand, w = herding * conformity, e
      standard normal; an item that the person behind the agent rated gets that rating;
    * mood = (liked - rated 1 or 2) / items on the page. After page p somebody leaves tired with probability
      sigmoid(restlessness + fatigue (p - 1) - patience * activity - cheer * mood), and content once they like
      appetite + hunger * activity items in all; content where both would happen.

    Looking and rating draw by (agent, item), leaving by (agent, page): the same agent before the same item does the
    same under every recommender and on whichever page it comes.
    """

    class Config(Settings):
        """The numbers of the formulas. Ours, fitted to nothing: chosen so that on MovieLens neither the control nor a
        good recommender comes near the end of any scale.
        """

        readiness: float = -1.0
        "Log-odds of viewing an item that suits neither well nor badly."
        appeal: float = Field(default=1.0, ge=0)
        "How much those odds rise with the match."
        variety: float = Field(default=0.5, ge=0, le=1)
        "How much of that the most diverse person does without."
        herding: float = Field(default=0.5, ge=0, le=1)
        "Weight that the most conforming person gives to what others think."
        noise: float = Field(default=1.0, ge=0)
        "Standard deviation of ratings around what taste and others say."
        demand: float = 1.0
        "How much better than the catalogue's middle an item has to be to be neither liked nor disliked (3)."
        like: int = Field(default=4, ge=WORST, le=BEST)
        "Rating from which an item is liked."
        restlessness: float = -1.0
        "Log-odds of leaving after the first page for the least active person in an even mood."
        fatigue: float = Field(default=0.2, ge=0)
        "How much they rise with every page."
        patience: float = Field(default=2.0, ge=0)
        "How much lower they are for the most active person."
        cheer: float = Field(default=1.5, ge=0)
        "How much lower they are after a page of likes only, and higher after one of dislikes."
        appetite: float = Field(default=5.0, gt=0)
        "Likes after which the least active person has had enough."
        hunger: float = Field(default=15.0, ge=0)
        "How many more the most active person wants."

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def browse(self, page: Page) -> Reaction:
        """All agents at once."""
        own, there = self.config, page.items >= 0
        agents, traits = page.agents[:, None], page.traits
        pull = own.appeal * (1.0 - own.variety * traits.diversity[:, None])
        looks = self.streams.uniform("browse view", 0, agents, page.items)
        viewed = there & (looks < expit(own.readiness + pull * page.match))
        herd = own.herding * traits.conformity[:, None]
        worth = (1.0 - herd) * page.match + herd * page.quality
        worth = worth - own.demand + own.noise * self.streams.normal("browse rate", 0, agents, page.items)
        felt = np.clip(np.floor(3.0 + np.where(there, worth, 0.0)), WORST, BEST)
        ratings = np.where(viewed, np.where(np.isnan(page.own), felt, np.rint(page.own)), np.nan)
        liked = (ratings >= own.like).sum(axis=1)
        mood = (liked - (ratings <= 2).sum(axis=1)) / np.maximum(there.sum(axis=1), 1)
        odds = own.restlessness + own.fatigue * (page.number - 1) - own.patience * traits.activity - own.cheer * mood
        luck = self.streams.uniform("browse leave", page.number, page.agents, np.zeros(len(page.agents), np.int64))
        leaves = np.where(luck < expit(odds), TIRED, STAYS)
        enough = page.likes + liked >= own.appetite + own.hunger * traits.activity
        return Reaction(viewed, ratings, np.where(enough, CONTENT, leaves), np.ones(len(page.agents), bool))
