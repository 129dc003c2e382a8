"""Reading a chat completion, as OpenAI and those who imitate it write one."""

from typing import Any

from townsquare.protocols.chat import Finish, Reply, Request, estimate_tokens

_MOST = 2**31
"""Tokens no call takes; whatever claims so many does not count them."""
_FINISH: dict[str, Finish] = {"length": "length", "max_tokens": "length", "content_filter": "filter"}


def reply_of(body: Any, request: Request, *, tool: bool = False) -> Reply:
    """The first choice; with ``tool``, the arguments of its first call (its text where the model made none).

    A refusal is a reply, with the model's words as its text. Tokens the endpoint does not count, or counts as
    anything but plausible whole numbers (``token_count``), are estimated. Raises ValueError, with what is missing, when
    there is no choice.
    """
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise ValueError("it has no choices" if isinstance(body, dict) else "it is no object")
    finish = _FINISH.get(str(choice.get("finish_reason")), "stop")
    text = _text(message.get("content"))
    if tool:
        text = _arguments(message.get("tool_calls")) or text
    refusal = _text(message.get("refusal"))
    if refusal:
        text, finish = refusal, "refusal"
    tokens_in, tokens_out = _usage(body.get("usage"))
    counted = tokens_in is not None and tokens_out is not None
    return Reply(
        text,
        finish,
        tokens_in if tokens_in is not None else estimated_input(request),
        tokens_out if tokens_out is not None else estimate_tokens(text),
        counted=counted,
        served_by=str(body.get("model") or ""),
    )


def estimated_input(request: Request) -> int:
    """Tokens of the messages and the schema, by our rule of thumb."""
    return sum(estimate_tokens(message.text) for message in request.messages) + estimate_tokens(request.schema)


def token_count(found: Any) -> int | None:
    """A count of tokens as an endpoint gives it; None where it is no whole number from 0 to 2^31 - 1."""
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < _MOST else None


def _text(content: Any) -> str:
    """Plain text; of a list of parts, those that are text."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _arguments(calls: Any) -> str:
    call = calls[0] if isinstance(calls, list) and calls else None
    function = call.get("function") if isinstance(call, dict) else None
    return _text(function.get("arguments")) if isinstance(function, dict) else ""


def _usage(usage: Any) -> tuple[int | None, int | None]:
    if not isinstance(usage, dict):
        return None, None
    return token_count(usage.get("prompt_tokens")), token_count(usage.get("completion_tokens"))
