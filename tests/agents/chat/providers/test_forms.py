"""Telling the form of an answer."""

import pytest

from townsquare.agents.chat.providers.forms import INSTRUCTION, Form, instructed, weaker
from townsquare.protocols.chat import Message


@pytest.mark.parametrize(
    ("form", "complaint", "found"),
    [
        ("schema", "Invalid parameter: 'response_format' of type 'json_schema' is not supported", "tool"),
        ("schema", "model not found", None),
        ("tool", "this model does not support Tools", "text"),
        ("tool", "context length exceeded", None),
        ("text", "response_format", None),
    ],
)
def test_weaker(form: Form, complaint: str, found: Form | None) -> None:
    assert weaker(form, complaint) == found


def test_instruction_is_never_in_the_system_message() -> None:
    system, user, bot = Message("system", "s"), Message("user", "u"), Message("assistant", "a")
    assert instructed((system, user), "{}") == (system, Message("user", f"u\n\n{INSTRUCTION}{{}}"))
    assert instructed((system, user, bot), "{}") == (system, user, bot, Message("user", f"{INSTRUCTION}{{}}"))
    assert instructed((system,), "{}")[0] == system
    assert instructed((), "{}") == (Message("user", f"{INSTRUCTION}{{}}"),)
