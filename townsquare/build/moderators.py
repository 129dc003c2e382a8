"""Moderators wherever a town has one: made by name, taught, and given a way to their model."""

from collections.abc import Sequence
from dataclasses import replace

from townsquare.build.models import Models
from townsquare.protocols.asking import A, Answer, Ask, AskModel
from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.moderator import Labelled, Learner, Moderator
from townsquare.protocols.registry import make
from townsquare.protocols.scenario import Use
from townsquare.protocols.streams import Streams
from townsquare.sim.data.labelled import load
from townsquare.sim.moderators.inside import needs_examples
from townsquare.sim.scenarios.moderated_feed import ModeratedFeed, Table

APART = {"moderator": 0, "author.advice": 1_000_000, "readers.moderator": 2_000_000}
"""What the numbers of questions begin with, by the place of who asks: all ask for the same purpose in one tick."""

Placed = tuple[str, Moderator]
"""A moderator, and the place of ``APART`` at which it stands."""


def moderator(place: str, use: Use, streams: Streams, models: Models | None, learnt: Labelled | None) -> Moderator:
    """The moderator that ``use`` names, ready to look at posts at a place of ``APART``.

    ``learnt``: what it learns from, where it learns; without any, one that asks a model goes by definitions alone.
    Raises ScenarioError for one that can do nothing without examples where there are none.
    """
    made = make("moderator", use.name, use.settings(), streams)
    if not isinstance(made, Moderator):
        raise ScenarioError(f"{place}: moderator {use.name!r} does not have the method of one: review.")
    if hasattr(made, "ask"):
        assert models is not None
        made.ask = _apart(models.ask(place), APART[place])
    if isinstance(made, Learner) and learnt is not None:
        made.learn(learnt)
    elif learnt is None and needs_examples(use):
        raise ScenarioError(
            f"{place}: {use.name!r} learns from labelled texts, and there are none: name them with learning.data, a "
            "table text,label or a registered data set such as sms."
        )
    return made


def of_channel(scenario: ModeratedFeed, streams: Streams, models: Models | None) -> Sequence[Placed]:
    """The moderator of a town that has one place for it; empty where nobody moderates."""
    use = scenario.moderator
    if use.name == "none":
        return ()
    return [("moderator", moderator("moderator", use, streams, models, labelled(scenario.learning)))]


def labelled(of: Table) -> Labelled | None:
    """The texts of a table; None where none is named. Raises DataError for what cannot be read."""
    return None if of.data is None else load(of.data, of.harmless).examples


def _apart(ask: AskModel, first: int) -> AskModel:
    """The same path for somebody who shares purpose and tick with others: its questions are numbered from elsewhere."""

    async def renumbered(question: Ask[A], /) -> Answer[A]:
        return await ask(replace(question, number=question.number + first))

    return renumbered
