"""Finding articles about the same event."""

from typing import Any

from townsquare.agents.roles.retriever import Retriever
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.streams import Streams


async def found(post: str, *archive: str, count: int = 2) -> list[int]:
    everything = [{"id": 0, "text": post}, *({"id": n, "text": text} for n, text in enumerate(archive, 1))]
    given: dict[str, Any] = {"post": everything[0], "archive": everything, "count": count}
    retriever = Retriever(Hashing(Hashing.Config(), Streams(0)))
    out = await retriever.run(Task(id="a:1:1", sender="desk", task_id="t", input=given))
    return [one["id"] for one in out["found"]]


async def test_the_nearest_first_and_never_the_post_itself() -> None:
    assert await found("the tram bridge opens", "rents rise", "the tram bridge opens late", "a tram") == [2, 3]


async def test_ties_go_to_the_earlier() -> None:
    assert await found("tram", "bridge x", "tram", "tram", "tram", count=2) == [2, 3]


async def test_an_empty_archive() -> None:
    assert await found("tram") == []
