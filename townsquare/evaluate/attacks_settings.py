"""How attacks on recommenders are staged and measured."""

from typing import Any, Literal

from pydantic import Field, field_validator

from townsquare.protocols import Settings


class AttacksSettings(Settings):
    """What is attacked, by how much, and what is held out to see who is hurt."""

    targets: str | tuple[str, ...] = "unpopular"
    "Which items: a rule (unpopular, least-popular, popular, random), or item ids, in a list or with commas between."
    n_targets: int = Field(default=5, ge=1)
    "How many items a rule chooses."
    together: bool = False
    "Whether every fake account rates all targets (as SDLib and ARLib have it); else each target has a campaign."
    intent: Literal["push", "nuke"] = "push"
    "Whether the targets are to rise or to fall."
    size: int | float = 50
    "Fake accounts of a campaign: a whole number, or a share of the genuine users, as 0.05."
    fillers: int | float | Literal["mean"] = 36
    "Ratings per fake account besides targets: a whole number, a share of the items, or mean, as genuine users have."
    sample: float = Field(default=0.1, ge=0, le=1)
    "Share of the genuine users whose profiles an attack of the level grey gets hold of, one at least."
    held_out: float = Field(default=0.1, gt=0, lt=1)
    "Share of each genuine user's ratings that is held out, to see what attack and defence cost them."
    k: int = Field(default=10, ge=1)
    "Places that count in the NDCG of the target."
    length: int = Field(default=20, ge=1)
    "Places that count in recall and NDCG of what genuine users had held out."
    reported: int = Field(default=5, ge=0)
    "Fake accounts that somebody has reported: what detectors with the need `seeds` are given."
    low: float | None = None
    "The worst rating; by default the lowest of the data."
    high: float | None = None
    "The best rating; by default the highest of the data."
    step: float | None = None
    "Distance of neighbouring ratings; by default the smallest of the data."
    liked: float | None = None
    "Rating from which a row is positive; by default three quarters up the scale, 4 of 1 to 5."
    attacks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of attacks by name, as {'bandwagon': {'selected': 3}}."
    victims: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of recommenders by name, as {'ease': {'regularisation': 300}}."
    defences: dict[str, dict[str, Any]] = Field(default_factory=dict)
    "Settings of defences by name as in --defences, as {'filter:forest': {'learns_from': ['random']}}."

    @field_validator("targets", mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        """Item ids are text, also where they look like numbers."""
        return tuple(str(one) for one in given) if isinstance(given, list | tuple) else given
