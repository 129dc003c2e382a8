"""Agents that shill: fake customers who choose, rate and write so that they pass for real ones."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import Field

from townsquare.agents.minds.per_agent import together
from townsquare.agents.shills.acting import Account, Actor
from townsquare.agents.shills.behavioural import Behavioural
from townsquare.agents.shills.fake_life import FakeLife, Row, Rules
from townsquare.agents.shills.model_driven import ModelDriven
from townsquare.agents.shills.pages import Pages
from townsquare.protocols.asking import AskModel
from townsquare.protocols.attack import Campaign, Knowledge, Level, Profiles
from townsquare.protocols.errors import InputError
from townsquare.protocols.memory import Embedder
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

_MEANS, _AGES = (3.2, 4.2), (18, 75)
"""Of one to five stars, and years."""


class AgentShill:
    """Our reconstruction of agents that shill, from the abstract of Agent4SR (arXiv 2505.13528) and no more than that:
    its prompts, formulas, settings and results are not known to us, and nothing here is to be presented as theirs.

    From the abstract: language-model agents with a targeted profile, hybrid memory retrieval and a review attack, which
    spreads features of the target through reviews of other items; little knowledge is needed. Ours is the rest:

    1. Profile: 5 to 8 interests, some of them words of the target's page; one profile per account. With several targets
       each account is made for one of them in turn, and rates all.
    2. Memory: ratings and, every fifth, a note on the last five; see ``Memories``.
    3. Choice among ten public items: four near the profile, three near the target, three popular (drawn by number of
       ratings), none twice in a life.
    4. Rating: the target's is the best, or in a nuke the worst; others' the nearest to
       N(printed mean + (match - 1/2) star, 0.7 star), where a star is a quarter of the scale and match the share of
       items that suit the profile less (ties half, so 1/2 on average).
    5. Review: fits rating and memory. In reviews of items that are no targets two features of the target are woven in,
       never its title.
    6. Targets come at random places in the middle third of the ratings.

    Black box: it reads titles, categories, descriptions, printed means and counts, and public reviews; no profile of
    anybody. Without ``ask`` all is decided by rule and written with phrases of ours (``Behavioural``), which is no
    language model. With it a model makes profile, choices and reviews; a rating for which it gives no valid answer is
    not given, and counted in ``skipped``, so that there may be fewer rows than the campaign allows.
    """

    class Config(Settings):
        """The parts of it, each of which can be left out."""

        profile: bool = True
        """Whether accounts have a profile made for the target; without one, four candidates are any items."""
        memory: bool = True
        """Whether accounts remember what they rated."""
        review_attack: bool = True
        """Whether reviews of other items carry features of the target; without, they are ordinary ones."""
        woven: int = Field(default=2, ge=1, le=4)
        """Features of the target in a review."""
        near_profile: int = Field(default=4, ge=0)
        """Candidates that suit the profile."""
        near_target: int = Field(default=3, ge=0)
        """Candidates like the target."""
        popular: int = Field(default=3, ge=1)
        """Candidates that are rated often."""
        spread: float = Field(default=0.7, ge=0)
        """Standard deviation of ratings about what they should be, in quarters of the scale."""
        prompt_tokens: int = Field(default=2000, ge=400)
        """Tokens a prompt may take, a quarter of them for memories."""

    level: ClassVar[Level] = "black"
    config: Config

    def __init__(self, config: Config, streams: Streams) -> None:
        self.config, self.streams = config, streams
        self.ask: AskModel | None = None
        """The path to a language model; whoever builds the attack may set it."""
        self.embedder: Embedder | None = None
        """What finds near items; by default ``TfIdf`` of their public texts."""
        self.skipped = 0
        """Ratings of the last campaign that were not given, because the model had no valid answer."""

    async def craft(self, known: Knowledge, campaign: Campaign) -> Profiles:
        """The ratings and reviews of all accounts; accounts do not know of each other.

        Raises InputError where there are fewer items than fillers.
        """
        room = known.n_items - len(campaign.targets)
        if campaign.fillers > room:
            raise InputError(f"{campaign.fillers} fillers are more than the {room} items that are no targets.")
        self.skipped = 0
        if not campaign.profiles:
            return Profiles.none()
        pages = Pages(known, self.streams, self.embedder)
        actor: Actor
        if self.ask is None:
            actor = Behavioural(pages, campaign.targets, self.streams)
        else:
            actor = ModelDriven(self.ask, pages, campaign.targets, self.config.prompt_tokens)
        lives = [self._life(number, pages, actor, campaign) for number in range(campaign.profiles)]
        rows = [row for life in await together(life.lived() for life in lives) for row in life]
        self.skipped = campaign.profiles * (campaign.fillers + len(campaign.targets)) - len(rows)
        return _columns(rows)

    def _life(self, number: int, pages: Pages, actor: Actor, campaign: Campaign) -> FakeLife:
        rng = self.streams.get("attack", "agent-shill", "account", number)
        star = (pages.scale.high - pages.scale.low) / 4
        account = Account(
            number,
            int(campaign.targets[number % len(campaign.targets)]),
            campaign.intent == "push",
            age=int(rng.integers(*_AGES)),
            mean=pages.scale.low + star * (float(rng.uniform(*_MEANS)) - 1),
            spread=pages.known.spread,
        )
        config = self.config
        rules = Rules(
            config.profile,
            config.memory,
            config.woven if config.review_attack else 0,
            (config.near_profile, config.near_target, config.popular),
            config.spread * star,
        )
        return FakeLife(account, pages, actor, campaign, rules, self.streams)


def _columns(rows: Sequence[Row]) -> Profiles:
    texts = np.array([*(row.text for row in rows), ""], object)[:-1]
    return Profiles(
        np.array([row.profile for row in rows], np.int64),
        np.array([row.item for row in rows], np.int64),
        np.array([row.value for row in rows], np.float64),
        np.array([row.role for row in rows], np.int8),
        texts,
    )
