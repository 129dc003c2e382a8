"""What every scenario with a feed and a moderator has: what looks at what is posted, and what that has learnt from."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from townsquare.protocols.registry import configure
from townsquare.protocols.scenario import Use
from townsquare.protocols.settings import Settings
from townsquare.sim.data import sets
from townsquare.sim.moderators.inside import asks, inside
from townsquare.sim.scenarios.feed import FeedScenario


class Table(Settings):
    """Labelled texts. A moderated timeline finds kinds by their names; other harmful labels count as toxic there."""

    data: str | None = Field(default=None, min_length=1)
    "A table text,label, or a registered data set (sms)."
    harmless: tuple[str, ...] = ()
    "Labels that break no rule; by default those commonly called so."

    @field_validator("data")
    @classmethod
    def _a_set_has_its_whole_name(cls, data: str | None) -> str | None:
        """``sms`` for ``sms-spam``, as ``evaluate moderators`` takes it."""
        names = [name for name in sets.known() if data and name.startswith(f"{data}-")]
        return names[0] if data and len(names) == 1 and not Path(data).exists() else data


class ModeratedFeed(FeedScenario):
    """A feed whose posts a moderator may look at."""

    fixed: ClassVar[tuple[str, ...]] = (*FeedScenario.fixed, "moderator", "learning")

    moderator: Use = Use(name="none")
    "What looks at new posts, with its own settings beside its name."
    learning: Table = Table()
    "What a moderator learns from that learns."

    @field_validator("moderator")
    @classmethod
    def _moderator_is_known(cls, use: Use) -> Use:
        if use.name != "none":
            configure("moderator", use.name, use.settings())
        return use

    @model_validator(mode="after")
    def _moderators_can_ask(self) -> Self:
        for place in self._asking_now():
            if not self.model_of(place):
                raise ValueError(f"{place} asks a language model: give --model provider:model")
        return self

    def places(self) -> dict[str, Use]:
        """What stands at each place where a moderator can stand; none at the others."""
        return {"moderator": self.moderator}

    def uses(self) -> dict[str, Use]:
        """The moderators by the place where they stand; one that is called none stands nowhere."""
        return {place: use for place, use in self.places().items() if use.name != "none"}

    def ever(self) -> list[tuple[str, Use]]:
        """All moderators that stand at a place at one time or another."""
        found = [(place, use) for tick in self._turns() for place, use in self.at(tick).uses().items()]
        return [one for number, one in enumerate(found) if one not in found[:number]]

    def moderating(self) -> Sequence[str]:
        """The places of moderators that ask a language model, at one time or another."""
        return list(dict.fromkeys(place for place, use in self.ever() if asks(use)))

    def first_asking(self, place: str) -> int:
        """The tick from which on a moderator at one of ``moderating`` asks."""
        return next(tick for tick in self._turns() if place in self.at(tick)._asking_now())

    def asking(self) -> Sequence[str]:
        """Those who ask a language model: groups, a defence, and moderators."""
        return [*super().asking(), *self.moderating()]

    def model_of(self, name: str) -> str:
        """The model that ``name``, one of ``asking``, asks; "" where none is named."""
        if name in self.places():
            own = [str(one.settings().get("model") or "") for one in inside(self.places()[name])]
            return next(filter(None, own), self.chat.model if name in self.uses() else "")
        return super().model_of(name)

    def files(self) -> Sequence[str]:
        """The table that moderators learn from, if there is one."""
        return [*super().files(), *([] if self.learning.data is None else [self.learning.data])]

    def _turns(self) -> list[int]:
        """The ticks from which on other moderators may stand somewhere, the first one included."""
        roots = {place.partition(".")[0] for place in self.places()}
        changed = {c.tick for c in self.changes if any(path.partition(".")[0] in roots for path in c.set)}
        return sorted({0} | changed)

    def _asking_now(self) -> Sequence[str]:
        return [place for place, use in self.uses().items() if asks(use)]
