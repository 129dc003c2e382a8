"""The ways to tell an endpoint the form of an answer, from the strictest to the one everybody understands."""

from typing import Any, Literal

from townsquare.protocols.chat import Message

Form = Literal["schema", "tool", "text"]
"""``schema``: a response format the endpoint holds the model to. ``tool``: a call the model has to make, the arguments
of which are the answer. ``text``: the schema as part of the last message; nothing is enforced.
"""
_WORDS = {
    "schema": ("response_format", "json_schema", "structured output", "guided"),
    "tool": ("tool", "function"),
    "text": (),
}
INSTRUCTION = "Answer with one JSON object and nothing else. It has to fit this JSON schema:\n"
NAME = "answer"
"""What the schema and the tool are called."""


def weaker(form: Form, complaint: str) -> Form | None:
    """The form to try after ``form`` was refused with ``complaint``; None when the refusal is about something else."""
    if not any(word in complaint.lower() for word in _WORDS[form]):
        return None
    return "tool" if form == "schema" else "text"


def instructed(messages: tuple[Message, ...], schema: str) -> tuple[Message, ...]:
    """The messages with the instruction behind the last turn of the user, never in the system message.

    It joins that turn, because many chat templates want user and assistant to take turns.
    """
    last = messages[-1] if messages else None
    if last is None or last.role != "user":
        return (*messages, Message("user", INSTRUCTION + schema))
    return (*messages[:-1], Message("user", f"{last.text}\n\n{INSTRUCTION}{schema}"))


def tool(schema: Any) -> dict[str, Any]:
    """The tool whose arguments are the answer, in OpenAI's form."""
    return {"type": "function", "function": {"name": NAME, "description": "Give the answer.", "parameters": schema}}


def response_format(schema: Any) -> dict[str, Any]:
    """The strict response format, in OpenAI's form."""
    return {"type": "json_schema", "json_schema": {"name": NAME, "strict": True, "schema": schema}}
