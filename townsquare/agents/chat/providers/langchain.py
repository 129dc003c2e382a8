"""Every provider LangChain knows, and any LangChain chat model the user hands over."""

import json
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from townsquare.agents.chat.providers.completion import estimated_input, token_count
from townsquare.agents.chat.providers.forms import NAME, Form, instructed, response_format, tool, weaker
from townsquare.agents.chat.providers.troubles import error_of, retry_after, said, trouble_of
from townsquare.protocols.chat import ChatError, Finish, Reply, Request, Trouble, estimate_tokens
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

_LIMIT = {"ollama": "num_predict"}
"""What a provider calls the limit of an answer, where LangChain has no common name for it."""
_FINISH: dict[str, Finish] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "filter",
    "safety": "filter",
    "refusal": "refusal",
}
_TROUBLES: dict[str, Trouble] = {
    "ModelRateLimitError": "rate limit",
    "ModelTimeoutError": "time out",
    "ModelConnectionError": "connection",
    "ModelAPIError": "server",
    "ModelAuthenticationError": "rejected",
    "ModelPermissionDeniedError": "rejected",
    "ModelInvalidRequestError": "rejected",
    "ModelNotFoundError": "rejected",
    "ContextOverflowError": "rejected",
    "TimeoutError": "time out",
    "TimeoutException": "time out",
    "ConnectionError": "connection",
    "TransportError": "connection",
    "ValueError": "garbled",
    "TypeError": "garbled",
    "LookupError": "garbled",
    "AttributeError": "garbled",
}
"""By the name of an error or of one it descends from: LangChain's own, Python's, and those of HTTP clients.

The last four are what LangChain's packages stumble into when an answer is no chat completion.
"""


class LangChain:
    """A LangChain chat model.

    ``model`` is ``provider:name`` for LangChain's ``init_chat_model``, which gets temperature, limit, time out and
    ``settings.base_url`` from us and takes its key from the environment; or a model object, which keeps its own
    parameters whatever a request says, and its own retries on top of ours. The form of an answer: a response format
    for OpenAI's family, else a forced tool call where the model can bind tools, else an instruction. Raises InputError
    when the package of a provider is missing, its key is, or nobody knows it.
    """

    def __init__(self, model: "str | BaseChatModel", settings: ChatSettings | None = None) -> None:
        self.settings = settings or ChatSettings()
        self.name = model if isinstance(model, str) else name_of(model)
        self._given = None if isinstance(model, str) else model
        self._built: dict[tuple[float, int], BaseChatModel] = {}
        self._bound: dict[tuple[int, str, Form], Any] = {}
        first = self._model(self.settings.temperature, self.settings.max_tokens)
        asked = self.settings.structured
        self.structured: Form = _form_of(first) if asked == "auto" else asked
        """How the model is told the form of an answer, as far as is known by now."""

    async def complete(self, request: Request) -> Reply:
        """What the model answers; ``attempts`` are more than one while it is found out what it can do."""
        started, attempts, form = monotonic(), 0, self.structured
        while True:
            attempts += 1
            try:
                reply = await self._ask(request, form)
            except ChatError as error:
                auto = bool(request.schema) and self.settings.structured == "auto" and error.trouble == "rejected"
                next_form = weaker(form, str(error)) if auto else None
                if next_form is None:
                    error.attempts = attempts
                    raise
                form = next_form
            else:
                if attempts > 1:  # only what has worked is remembered
                    self.structured = form
                return replace(reply, attempts=attempts, seconds=monotonic() - started)

    async def close(self) -> None:
        """LangChain closes its connections itself."""

    async def _ask(self, request: Request, form: Form) -> Reply:
        model = self._model(request.temperature, request.max_tokens)
        try:
            answer = await self._runnable(model, request.schema, form).ainvoke(_messages(request, form))
        except Exception as error:
            raise _chat_error(self.name, error) from error
        return _reply(answer, request)

    def _model(self, temperature: float, max_tokens: int) -> "BaseChatModel":
        if self._given is not None:
            return self._given
        if (temperature, max_tokens) not in self._built:
            self._built[temperature, max_tokens] = _built(self.name, temperature, max_tokens, self.settings)
        return self._built[temperature, max_tokens]

    def _runnable(self, model: "BaseChatModel", schema: str, form: Form) -> Any:
        """The model with the form of an answer bound to it, built once."""
        if not schema or form == "text":
            return model
        key = (id(model), schema, form)
        if key not in self._bound:
            if len(self._bound) >= 256:
                self._bound.clear()
            if form == "schema":
                self._bound[key] = model.bind(extra_body={"response_format": response_format(json.loads(schema))})
            else:
                self._bound[key] = model.bind_tools([tool(json.loads(schema))], tool_choice=NAME)
        return self._bound[key]


def name_of(model: "BaseChatModel") -> str:
    """``langchain:Class:model``, what a model object is called in requests, cassettes and summaries."""
    named = next((v for a in ("model_name", "model", "model_id") if isinstance(v := getattr(model, a, None), str)), "")
    return f"langchain:{type(model).__name__}" + (f":{named}" if named else "")


def is_chat_model(model: object) -> bool:
    """Whether ``model`` is a LangChain chat model; found out without importing LangChain."""
    return any(
        c.__name__ == "BaseChatModel" and c.__module__.startswith("langchain_core.") for c in type(model).__mro__
    )


def _built(model: str, temperature: float, max_tokens: int, settings: ChatSettings) -> "BaseChatModel":
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise InputError(f"the model {model!r} needs LangChain: pip install 'townsquare[llm]' ({error}).") from error
    provider, _, name = model.partition(":")
    more: dict[str, Any] = {"base_url": settings.base_url} if settings.base_url else {}
    more |= {_LIMIT.get(provider, "max_tokens"): max_tokens}
    try:
        return init_chat_model(
            name, model_provider=provider, temperature=temperature, timeout=settings.timeout, max_retries=0, **more
        )
    except ImportError as error:
        raise InputError(f"the model {model!r} needs a package that is missing: {said(error)}.") from error
    except Exception as error:
        _, listed, providers = str(error).partition("providers are: ")
        if listed:  # LangChain says so in words only
            there = list(dict.fromkeys(["openai", "scripted", "langchain", *providers.strip().rstrip(".").split(", ")]))
            raise InputError(
                f"no provider of models named {provider!r} (in {model!r}){did_you_mean(provider, there)} "
                f"Known: {', '.join(there)}."
            ) from None
        raise InputError(f"the model {model!r} cannot be set up: {said(error)}.") from error


def _form_of(model: "BaseChatModel") -> Form:
    """The strictest form a model is likely to understand."""
    classes = type(model).__mro__
    if any(c.__module__.startswith("langchain_openai.") for c in classes):
        return "schema"
    binds = next(c for c in classes if "bind_tools" in vars(c))
    return "text" if binds.__module__.startswith("langchain_core.language_models.chat_models") else "tool"


def _messages(request: Request, form: Form) -> "list[BaseMessage]":
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    turns = instructed(request.messages, request.schema) if request.schema and form == "text" else request.messages
    return [kinds[turn.role](turn.text) for turn in turns]


def _reply(answer: "AIMessage", request: Request) -> Reply:
    about = answer.response_metadata
    reason = next((about[k] for k in ("finish_reason", "stop_reason", "done_reason") if about.get(k)), "stop")
    finish = _FINISH.get(str(reason).lower(), "stop")
    text = str(answer.text)
    if answer.tool_calls:
        args = answer.tool_calls[0]["args"]  # no arguments at all become {}, which is not what the model said
        text = json.dumps(args, ensure_ascii=False) if args else text
    elif answer.invalid_tool_calls:  # arguments that are no JSON: for others to judge
        text = answer.invalid_tool_calls[0]["args"] or text
    refusal = answer.additional_kwargs.get("refusal")
    if refusal:
        text, finish = str(refusal), "refusal"
    usage: Any = answer.usage_metadata or {}
    tokens_in, tokens_out = token_count(usage.get("input_tokens")), token_count(usage.get("output_tokens"))
    return Reply(
        text,
        finish,
        tokens_in if tokens_in is not None else estimated_input(request),
        tokens_out if tokens_out is not None else estimate_tokens(text),
        counted=tokens_in is not None and tokens_out is not None,
        served_by=str(about.get("model_name") or about.get("model") or ""),
    )


def _chat_error(name: str, error: Exception) -> ChatError:
    """Any error of any provider's package, by status where it has one, else by its name or its ancestors'."""
    status = next((v for a in ("status_code", "code") if isinstance(v := getattr(error, a, None), int)), 0)
    message, code = error_of(getattr(error, "body", None))
    if status >= 400:
        trouble = trouble_of(status, code)
    else:
        trouble = next((_TROUBLES[c.__name__] for c in type(error).__mro__ if c.__name__ in _TROUBLES), "rejected")
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    wait = retry_after({str(key).lower(): str(value) for key, value in headers.items()})
    told = said(message or error) or type(error).__name__
    return ChatError(f"{name} failed ({type(error).__name__}): {told}.", trouble, retry_after=wait)
