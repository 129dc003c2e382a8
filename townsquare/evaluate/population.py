"""A population of agents that learns to choose: the method, its memories, its lessons, and its test."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from townsquare.agents.choosers.agentcf import AgentCF
from townsquare.agents.choosers.agentcf_plus import AgentCFPlus
from townsquare.agents.choosers.lessons import Lesson
from townsquare.agents.choosers.ranking import Variant
from townsquare.agents.choosers.training import Training
from townsquare.evaluate.agents_settings import AgentsSettings
from townsquare.evaluate.lists import Lists
from townsquare.evaluate.ranker_names import METHODS
from townsquare.evaluate.session import Session
from townsquare.evaluate.teaching import by_time, taking_turns
from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.interest_groups import Group, InterestGroups
from townsquare.memory.limits import Words
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import Streams
from townsquare.protocols.memory import Embedder, MemoryStore

_DIMENSIONS = 512


@dataclass(frozen=True)
class Population:
    """Everything that is taught, and tested, under one name and seed."""

    method: str
    seed: int
    learner: AgentCF | AgentCFPlus
    tested: AgentCF | AgentCFPlus
    """The same agents, asked at temperature 0."""
    store: MemoryStore
    lessons: list[Lesson]
    training: Training.Config
    lists: Lists
    identity: str
    """What decides the outcome besides the lessons."""

    async def rank(self, user: int, candidates: Sequence[int], variant: Variant) -> tuple[int, ...] | None:
        """The user's order of the candidates at the end of all lessons."""
        history = self.lists.history[user].tolist()
        return await self.tested.rank(user, candidates, variant, tick=len(self.lessons) + 1, history=history)

    def digest(self) -> str:
        """sha256 over everything in the memories, in the order it was written, and the circles."""
        whole = hashlib.sha256()
        for entry in self.store.entries():
            scope = entry.scope
            row = [scope.kind, scope.owner, scope.domain, scope.layer, entry.tick, entry.item, entry.text]
            whole.update(json.dumps(row).encode())
        whole.update(self.learner.state().encode())
        return whole.hexdigest()


def populate(
    method: str, lists: Lists, seed: int, session: Session, settings: AgentsSettings, embedder: Embedder | None
) -> Population:
    """The agents of ``method`` before their first lesson."""
    streams = Streams(seed)
    embedder = embedder or Hashing(Hashing.Config(dimensions=_DIMENSIONS), streams)
    use = METHODS[method]
    learner: AgentCF | AgentCFPlus
    tested: AgentCF | AgentCFPlus
    if not use:
        own = settings.agentcf
        store = _store(own.user_words, own.user_words, own.item_words)
        learner, tested = (
            AgentCF(own, ask, lists.goods, len(lists), store, embedder) for ask in (session.ask, session.test)
        )
        lessons = taking_turns(lists, streams)
        told = own.model_dump_json()
    else:
        plus = settings.agentcf_plus.model_copy(update={"use": use})
        store = _store(plus.domain_words, plus.fused_words, plus.item_words)
        interests = InterestGroups(settings.interests, embedder, streams)

        def grouping(tags: Mapping[int, Sequence[str]], tick: int) -> tuple[Group, ...]:
            return interests.form(tags, tick).groups

        learner, tested = (
            AgentCFPlus(plus, ask, lists.goods, lists.domains, store, embedder, grouping)
            for ask in (session.ask, session.test)
        )
        lessons = by_time(lists, streams)
        told = plus.model_dump_json()
    asked = session.settings.model_dump(include={"temperature", "max_tokens", "draw"})
    first = [[entry.scope.owner, entry.text] for entry in learner.start()]
    identity = json.dumps([method, seed, told, session.model, asked, settings.training.batch, first])
    return Population(method, seed, learner, tested, store, lessons, settings.training, lists, identity)


def _store(separated: int, fused: int, item: int) -> Arrays:
    """Memories with the limits that the method keeps; no vectors, for what is searched is embedded when it is."""
    words = Words(separated=separated, fused=fused, item=item)
    return Arrays(Arrays.Config(words=words), 1)
