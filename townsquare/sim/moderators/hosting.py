"""The other end of ``remote``: any moderator as an agent, for towns elsewhere."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import ValidationError

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.moderator import ACTIONS, Learner, Moderator, Posts, Verdicts
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.remote import CAPABILITY, Row, rows_of, verdicts_of


class Hosted:
    """Does the task ``moderate`` with a moderator (an agent for ``ioa.host``)."""

    def __init__(self, moderator: Moderator, name: str) -> None:
        self.moderator, self.name = moderator, name

    def card(self, name: str, **fields: Any) -> Card:
        """A card that says so."""
        limits = fields.pop("limits", Limits(parallel=4, bytes=16_777_216))
        says = {"description": f"Moderates posts as {self.name} does.", "capabilities": (CAPABILITY,), **fields}
        return Card(name=name, limits=limits, streams=True, **says)

    async def run(self, task: Task) -> Any:
        """The output of a task."""
        if task.capability != CAPABILITY:
            raise InputError(f"this agent does {CAPABILITY}, not {task.capability!r}.")
        told = task.input
        if not isinstance(told, Mapping) or not isinstance(told.get("posts"), list):
            raise InputError("the task holds no list of posts.")
        posts = told["posts"]
        texts = [str(post["text"]) for post in posts]
        items = np.arange(len(texts), dtype=np.int32)
        authors = np.array([int(post.get("author", -1)) for post in posts], np.int32)
        disputes = np.array([int(post.get("disputes", 0)) for post in posts], np.int32)
        found = await self.moderator.review(
            Posts(int(told.get("tick", 0)), items, authors, disputes, items, lambda item: texts[item])
        )
        return {"verdicts": rows_of(found)}


class _OneByOne:
    """A function of one text as a moderator: what it gives is an action, a verdict as a mapping, or None."""

    def __init__(self, function: Any) -> None:
        self.function = function

    async def review(self, posts: Posts) -> Verdicts:
        rows = []
        for text in posts.texts():
            said = self.function(text)
            rows.append(_said(await said if inspect.isawaitable(said) else said))
        return verdicts_of(rows)


def registered(name: str) -> Moderator:
    """A moderator by its registered name, with the settings that it has by default.

    Raises InputError for one that cannot work on its own: it learns, asks a model, or is elsewhere itself.
    """
    made = make("moderator", name, {}, Streams(0))
    if not isinstance(made, Moderator):
        raise InputError(f"moderator {name!r} does not have the method of one: review.")
    needs = "has to learn" if isinstance(made, Learner) else "asks a model" if hasattr(made, "ask") else ""
    if needs or hasattr(made, "courier"):
        raise InputError(
            f"moderator {name!r} {needs or 'is elsewhere itself'}: make it ready in a module of yours, and join "
            "with --moderator MODULE:NAME."
        )
    return made


def adapted(thing: Any, place: str) -> Moderator:
    """A moderator, a class of one that takes no arguments, or a function of a text, as a moderator."""
    if inspect.isclass(thing):
        try:
            thing = thing()
        except TypeError as error:
            raise InputError(f"--moderator {place}: a class is called without arguments, and {error}.") from error
    if isinstance(thing, Moderator):
        return thing
    if callable(thing):
        return _OneByOne(thing)
    raise InputError(
        f"--moderator {place}: a moderator is a function of a text, or an object with `async def review(self, posts)` "
        f"(got {type(thing).__name__})."
    )


def _said(given: Any) -> Row | None:
    """What a function said of one text. Raises InputError for what is no verdict: the author is at hand to mend it."""
    if given is None:
        return None
    try:
        return Row.model_validate(
            {"action": given, "score": float(given != "show")} if isinstance(given, str) else given
        )
    except ValidationError as error:
        raise InputError(
            f"a moderator gives one of {', '.join(ACTIONS)}, a mapping that has it as action, or None (got {given!r})."
        ) from error
