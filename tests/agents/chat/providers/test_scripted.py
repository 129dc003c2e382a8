"""A model that is a function."""

from typing import Any

import pytest

from townsquare.agents.chat.providers.scripted import Scripted
from townsquare.protocols.chat import Chat, ChatError, Message, Reply, Request
from townsquare.protocols.errors import ContractError, InputError

REQUEST = Request("scripted:x:y", (Message("user", "hello"),))


def shout(request: Request) -> str:
    return request.messages[-1].text.upper()


async def test_answers_with_the_function_and_its_name() -> None:
    chat = Scripted(shout)
    reply = await chat.complete(REQUEST)
    assert isinstance(chat, Chat)
    assert (reply.text, reply.tokens_in, reply.tokens_out, reply.counted) == ("HELLO", 2, 2, False)
    assert reply.served_by == chat.model == f"scripted:{__name__}:shout"
    await chat.close()


async def test_async_functions_and_whole_replies() -> None:
    async def decline(request: Request) -> Reply:
        return Reply("No.", "refusal", 3, 4)

    assert await Scripted(decline).complete(REQUEST) == Reply("No.", "refusal", 3, 4)


async def test_objects_that_can_be_called() -> None:
    class Oracle:
        def __call__(self, request: Request) -> str:
            return "42"

    chat = Scripted(Oracle())
    assert (await chat.complete(REQUEST)).text == "42"
    assert chat.model.endswith("Oracle")


async def test_named_by_place() -> None:
    chat = Scripted("posixpath:basename")
    assert chat.model == "scripted:posixpath:basename"
    assert chat.script("a/b") == "b"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("posixpath", "package.module:function"),
        ("no_such_package:x", "No module named 'no_such_package'"),
        ("posixpath:nothing", "has no attribute 'nothing'"),
        ("posixpath:sep", "is no function"),
    ],
)
def test_places_that_hold_no_function(place: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Scripted(place)


async def test_what_it_raises_is_raised() -> None:
    def broken(request: Request) -> str:
        raise ChatError("gone", "server")

    with pytest.raises(ChatError, match="gone"):
        await Scripted(broken).complete(REQUEST)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (lambda request: None, r"<lambda> returned NoneType, not a text or a Reply\.$"),
        (lambda request: 5, "returned int"),
        (lambda request: {}["no"], r"<lambda> failed: KeyError: 'no'\.$"),
    ],
)
async def test_a_bug_of_the_function_is_laid_at_its_door(script: Any, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        await Scripted(script).complete(REQUEST)
