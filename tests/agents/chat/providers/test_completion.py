"""Reading chat completions, also those of imitators."""

from typing import Any

import pytest

from townsquare.agents.chat.providers.completion import reply_of
from townsquare.protocols.chat import Message, Request

REQUEST = Request("openai:m", (Message("user", "12345678"),), "1234")


def body(message: Any, finish: Any = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish}]} | more


def test_content_in_parts() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, "x", {"type": "text", "text": "b"}]
    assert reply_of(body({"content": parts}), REQUEST).text == "ab"


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        (None, "stop"),
        ("tool_calls", "stop"),
        ("eos", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "filter"),
    ],
)
def test_finish(reason: Any, finish: str) -> None:
    assert reply_of(body({"content": "x"}, reason), REQUEST).finish == finish


@pytest.mark.parametrize(
    "message",
    [{}, {"content": None}, {"content": 3}, {"content": "", "tool_calls": [{}]}, {"tool_calls": "x", "refusal": None}],
)
def test_nothing_said_is_an_empty_reply(message: Any) -> None:
    reply = reply_of(body(message), REQUEST, tool=True)
    assert (reply.text, reply.finish) == ("", "stop")


def test_text_where_a_call_was_asked_for() -> None:
    assert reply_of(body({"content": "x", "tool_calls": None}), REQUEST, tool=True).text == "x"
    calls = [{"function": {"arguments": "{}"}}]
    assert reply_of(body({"content": "x", "tool_calls": calls}), REQUEST, tool=True).text == "{}"
    assert reply_of(body({"content": "x", "tool_calls": calls}), REQUEST).text == "x"


@pytest.mark.parametrize(
    "found", [[], 3, None, {}, {"choices": None}, {"choices": []}, {"choices": [{}]}, {"choices": [3]}]
)
def test_no_choice(found: Any) -> None:
    with pytest.raises(ValueError, match=r"no choices|no object"):
        reply_of(found, REQUEST)


@pytest.mark.parametrize(
    ("usage", "tokens", "counted"),
    [
        ({"prompt_tokens": 7, "completion_tokens": 0}, (7, 0), True),
        ({"prompt_tokens": 7}, (7, 1), False),
        ({"prompt_tokens": -7, "completion_tokens": True}, (3, 1), False),
        ({"prompt_tokens": 7.5, "completion_tokens": "2"}, (3, 1), False),
        ({"prompt_tokens": 2**31 - 1, "completion_tokens": 0}, (2**31 - 1, 0), True),
        ({"prompt_tokens": 2**70, "completion_tokens": 2**31}, (3, 1), False),
        ("7", (3, 1), False),
        (None, (3, 1), False),
    ],
)
def test_usage(usage: Any, tokens: tuple[int, int], counted: bool) -> None:
    reply = reply_of(body({"content": "xy"}, usage=usage), REQUEST)
    assert (reply.tokens_in, reply.tokens_out) == tokens
    assert reply.counted is counted
