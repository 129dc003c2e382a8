"""Members of a moderated timeline for whom a language model writes: who they are, and their mind."""

from collections.abc import Callable
from functools import cache

import numpy as np

from townsquare.agents.minds.author import Advises
from townsquare.agents.minds.llm_author import LLMAuthor
from townsquare.agents.persona_sampling import Cast as Personas
from townsquare.agents.persona_sampling import Distribution, draw, enough, seated
from townsquare.agents.persona_table import from_csv
from townsquare.agents.personas import Persona
from townsquare.build.models import Models
from townsquare.protocols.columns import IntArray
from townsquare.protocols.errors import ScenarioError
from townsquare.protocols.post_kinds import KIND
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind
from townsquare.sim.moderators.disguises import disguised
from townsquare.sim.scenarios.moderation import Moderation


def writers_of(scenario: Moderation, streams: Streams, kinds: IntArray) -> IntArray:
    """Ids of those for whom a model writes, ascending: the first in an order of all members, so more hold fewer.

    ``kinds``: (members,) what each is up to. Raises ScenarioError where there are not as many of the kinds wanted.
    """
    of = scenario.authors
    if not of.asks:
        return np.zeros(0, np.int64)
    people = np.arange(scenario.members.count)
    order = np.argsort(streams.uniform("authors", 0, people, np.zeros(1, np.int64)), kind="stable")
    may = order[np.isin(kinds[order], [KIND[name] for name in of.kinds])]
    if of.count > len(may):
        raise ScenarioError(
            f"authors.count is {of.count}, and only {len(may)} of the {len(kinds)} members are of the kinds "
            f"{', '.join(of.kinds) or '(none)'} (authors.kinds)."
        )
    return np.sort(may[: of.count])


def author_mind(
    scenario: Moderation, streams: Streams, models: Models | None, personas: Personas, advises: Advises | None
) -> Mind:
    """The mind of all of them."""
    assert models is not None
    of = scenario.adapting
    config = LLMAuthor.Config(prompt_tokens=scenario.authors.prompt_tokens, how=of.how, letters=of.letters)
    return LLMAuthor(config, models.ask("authors"), personas, streams, advises=advises, disguised=disguised)


def personas_of(scenario: Moderation, streams: Streams, name: Callable[[int], str]) -> Personas:
    """Who members are, by ``members.personas`` or drawn one by one as asked for; ``name``: what others see of each."""
    of = scenario.members
    if of.personas is not None:
        return seated(list(enough(from_csv(of.personas), of.count, of.personas)), 0)

    @cache
    def drawn(agent: int) -> Persona:
        (found,) = draw(Distribution(), streams, np.array([agent]), "members.persona")
        return found.model_copy(update={"name": name(agent)})

    return drawn
