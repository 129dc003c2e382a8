"""A little shop, a model that is a function, and what was asked of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.agents.chat.asking import Table, Told, table
from townsquare.agents.choosers.agentcf import AgentCF
from townsquare.agents.choosers.lessons import Goods, Learner, Lesson
from townsquare.agents.choosers.training import Record, Training
from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.limits import Words
from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import Streams
from townsquare.protocols.chat import ChatError, Reply, Request
from townsquare.protocols.memory import MemoryStore
from townsquare.testing.tag_shop import material

GOODS = Goods(
    tuple(f"Album {i}" for i in range(12)),
    tuple(f"kind {i % 3}" for i in range(12)),
    tuple(("Books", "Music", "Films")[i % 3] for i in range(12)),
)
LESSONS = [Lesson(t, (t - 1) % 3, (t * 5) % 12, (t * 5 + 3) % 12) for t in range(1, 10)]
"""Three users in turn; a negative is of the positive's domain."""

Said = dict[str, Any] | str | Reply | BaseException


def fields(request: Request) -> set[str]:
    return set(json.loads(request.schema)["properties"])


def data(request: Request) -> dict[str, Any]:
    """What the first prompt of a request shows; texts of which there is one as such."""
    found = material(request.messages[1].text)
    for kind in ("taste", "fused", "earlier", "reasons", "domain"):
        if found.get(kind):
            found[kind] = found[kind][0][0]
    found["history"] = found.get("history", [[]])[0]
    found["separated"] = dict(found["separated"])
    return found


def plain(request: Request, place: int = 2) -> dict[str, Any]:
    """An answer to any question; texts tell the number of the question they are about."""
    asked, mark = fields(request), request.key[:8]
    if "place" in asked:
        return {"place": place, "explanation": f"because {mark}"}
    if "order" in asked:
        return {"order": list(range(len(data(request)["items"]), 0, -1))}
    if "first" in asked:
        return {"first": f"negative {mark}", "second": f"positive {mark}"}
    if "interest_tags" in asked:
        return {"interest_tags": ["jazz", "blues"]}
    if "name" in asked:
        return {"name": "old records"}
    return {"description": f"taste {mark}"}


def store() -> Arrays:
    return Arrays(Arrays.Config(words=Words(separated=180, fused=180, item=50)), 1)


@contextmanager
def school(path: Path, say: Callable[[Request], Said] = plain, **more: Any) -> Iterator[tuple[Table, Told]]:
    """An asker on a fresh cassette around the function."""

    def answer(request: Request) -> str | Reply | BaseException:
        found = say(request)
        return json.dumps(found) if isinstance(found, dict) else found

    chat = Told(answer)
    with table(path / "cassette.sqlite", chat, **more) as at:
        yield at, chat


def agentcf(at: Table, memory: MemoryStore, goods: Goods = GOODS, users: int = 3, **config: Any) -> AgentCF:
    embedder = Hashing(Hashing.Config(), Streams(0))
    return AgentCF(AgentCF.Config(**config), at.asker, goods, users, memory, embedder)


async def taught(learner: Learner, memory: MemoryStore, lessons: list[Lesson], **more: Any) -> Record:
    config = Training.Config(**more)
    return await Training(config, learner, memory, lessons).run()


async def one_by_one(learner: Learner, memory: MemoryStore, lessons: list[Lesson]) -> Record:
    """Lessons after a start."""
    record = Record()
    for lesson in lessons:
        learned = await learner.learn(lesson, lesson.tick)
        if learned.entries:
            memory.write(learned.entries)
        record.add(learned)
    return record


def everything(memory: MemoryStore) -> list[tuple[Any, ...]]:
    return [(entry.scope, entry.tick, entry.text, entry.item) for entry in memory.entries()]


def down() -> ChatError:
    return ChatError("the endpoint is down", "server")
