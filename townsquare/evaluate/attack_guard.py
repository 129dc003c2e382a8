"""Defences by name, what they make of a poisoned log, and how well they tell fakes from genuine users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townsquare.protocols import BoolArray, Catalogue, FloatArray, InputError, IntArray, Interactions, Streams, make
from townsquare.protocols.columns import steady
from townsquare.protocols.defence import Defence, Trust
from townsquare.protocols.recommender import answerable
from townsquare.protocols.registry import configure, find

NONE = "none"
"""The defence that does nothing; in every table."""
SHARES = ("precision", "recall", "false_alarms", "lost_weight")
"""How well a defence tells fakes from genuine users; see ``caught``."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A defence by name: ``lorec``, or ``filter:fap``, which is ``filter`` with the detector ``fap``."""

    name: str
    component: str
    settings: Mapping[str, Any]
    learns_from: tuple[str, ...]
    """Attacks that it practises on; () for one that learns from no fakes."""
    needs: tuple[str, ...]
    """What its detector cannot do without; see ``protocols/detector.py``."""

    @classmethod
    def of(cls, name: str, settings: Mapping[str, Any], *, texts: bool) -> "Guard":
        """InputError for a defence or detector that there is not, or that lacks what the data have not."""
        component, colon, detector = name.partition(":")
        given = dict(settings)
        if colon:
            if "detector" not in getattr(find("defence", component), "Config").model_fields:  # noqa: B009
                raise InputError(f"defence {component!r} has no detector to choose (got {name!r}).")
            own = given.get("detector", {})
            given["detector"] = {**(own if isinstance(own, Mapping) else {}), "name": detector}
        _, config = configure("defence", component, given)
        if getattr(config, "model", ""):
            raise InputError(f"defence {name!r} asks a language model in towns only; leave out its setting 'model'.")
        chosen = getattr(config, "detector", None)
        needs = tuple(getattr(find("detector", chosen.name), "needs", ())) if chosen is not None else ()
        if "texts" in needs and not texts:
            raise InputError(
                f"defence {name!r} reads reviews, and the data have none: a column 'text' is where they belong."
            )
        learns = tuple(getattr(config, "learns_from", ()))
        if chosen is not None and "labels" not in needs:
            learns = ()
        return cls(name, component, given, learns, needs)

    async def weigh(
        self, log: Interactions, catalogue: Catalogue, titles: Sequence[str] | None, seed: int, reported: IntArray
    ) -> Trust:
        """What it makes of ``log``; ``titles`` is what items are called, ``reported`` are fakes somebody reported."""
        given = dict(self.settings)
        if "seeds" in self.needs:
            given["reported"] = reported.tolist()
        made: Defence = make("defence", self.component, given, Streams(seed))
        if hasattr(made, "titles"):  # LoRec reads them
            made.titles = titles
        tick = int(log.ticks.max(initial=0)) + 1
        with answerable("defence", made, "weigh", tick):
            return await made.weigh(log, catalogue, tick=tick)


def caught(trust: Trust, there: BoolArray, fake: BoolArray, reported: IntArray) -> dict[str, float]:
    """How well trust tells fakes from genuine users, those reported left out.

    Args:
        trust: of all accounts.
        there: (n_users,) who has ratings in the log.
        fake: (n_users,) the truth.
        reported: accounts that the defence was told about.

    Returns:
        ``precision``: share of fakes among the A most suspicious, A being how many fakes there are, as expected where
        suspicion is tied; ``recall``: share of fakes trusted less than half; ``false_alarms``: share of genuine users
        trusted less than half; ``lost_weight``: share of genuine users trusted less than in full. NaN over nobody.
    """
    judged = there.copy()
    judged[reported] = False
    fakes, genuine = judged & fake, judged & ~fake
    low = trust.weights < 0.5
    return {
        "precision": _precision(trust.scores[judged], fake[judged]),
        "recall": _share(low[fakes]),
        "false_alarms": _share(low[genuine]),
        "lost_weight": _share(trust.weights[genuine] < 1.0),
    }


def _precision(scores: FloatArray, fake: BoolArray) -> float:
    """Of the ``fake.sum()`` highest scores; those that share the last place count by chance."""
    n = int(fake.sum())
    if not n:
        return float("nan")
    rounded = steady(scores)
    edge = np.sort(rounded)[len(rounded) - n]
    above, level = rounded > edge, rounded == edge
    return float((fake[above].sum() + (n - above.sum()) * fake[level].mean()) / n)


def _share(marks: BoolArray) -> float:
    return float(marks.mean()) if len(marks) else float("nan")


def guards(names: Sequence[str], settings: Mapping[str, Mapping[str, Any]], *, texts: bool) -> tuple[Guard, ...]:
    """``none`` first, then the others in their order."""
    found = [Guard.of(name, settings.get(name, {}), texts=texts) for name in dict.fromkeys([NONE, *names])]
    for name in settings:
        if name not in [guard.name for guard in found]:
            raise InputError(f"defences.{name}: {name!r} does not take part; those who do are {_listed(found)}.")
    return tuple(found)


def _listed(found: Sequence[Guard]) -> str:
    return ", ".join(guard.name for guard in found)
