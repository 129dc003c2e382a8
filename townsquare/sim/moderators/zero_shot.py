"""A moderator that asks a language model by definitions alone."""

from pydantic import Field

from townsquare.sim.moderators.in_context import InContext


class ZeroShot(InContext):
    """``InContext`` without examples; what it learns from names its labels, and teaches its screen, only."""

    class Config(InContext.Config):
        """What is asked, and how."""

        examples: int = Field(default=0, ge=0, le=0)
        "None."

    config: Config
