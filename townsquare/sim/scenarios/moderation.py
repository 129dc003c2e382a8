"""A timeline on which posts of several kinds go round, and moderators stand in three places (ours)."""

from typing import ClassVar

from townsquare.sim.scenarios.campaign import Campaign


class Moderation(Campaign):
    """Authors of several kinds, readers with policies of their own, and moderators between them."""

    environment: ClassVar[str] = "moderated"
    control: ClassVar[dict[str, dict[str, str]]] = {"none": {"moderator.name": "none"}}

    scenario: str = "moderation"
    "The built-in scenario that the keys belong to."
