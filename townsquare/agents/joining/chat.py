"""A language model behind any endpoint that we can reach, as an agent."""

import json
from typing import Any

from townsquare.agents.chat.connect import connect, model_name
from townsquare.agents.prompts.do_task import do_task
from townsquare.protocols.chat import Finish, Reply, Request
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import TownsquareError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Task, Usage

_NO_ANSWER: dict[Finish, str] = {
    "length": "the answer was cut off after {tokens} tokens",
    "refusal": "the model declined: {text}",
    "filter": "the endpoint's filter stopped the answer",
}


class NoAnswer(TownsquareError):
    """The model gave nothing that could pass for a result; the message says what it gave."""


class ChatAgent:
    """Asks a model about every task, through our own path to models: limits, retries, time-outs, spans.

    The card says who the model is to be; where it gives a schema for the answers to a capability, the model is held to
    it, and the result is JSON. A call that fails, an answer that is cut off, refused or no JSON is a failed task with
    the reason, never an answer. Tokens are metered as work.
    """

    def __init__(self, model: Any, card: Card, settings: ChatSettings | None = None) -> None:
        """``model`` is all that ``chat.connect`` takes: ``provider:model``, mostly.

        Raises InputError when it cannot be reached like that: no such provider, no key, a package that is missing.
        """
        self.card, self.settings = card, settings or ChatSettings()
        self.model, self.chat = model_name(model), connect(model, self.settings)

    async def run(self, task: Task) -> Any:
        """What the model answers."""
        found, _ = await self.spent(task)
        return found

    async def spent(self, task: Task) -> tuple[Any, Usage]:
        """What the model answers, and the tokens that it took."""
        schema = self.card.answers.get(task.capability)
        reply = await self.chat.complete(
            Request(
                model=self.model,
                messages=do_task(
                    self.card.name, self.card.description, task.description, task.input, form=schema is not None
                ),
                schema="" if schema is None else json.dumps(schema, ensure_ascii=False, separators=(",", ":")),
                temperature=self.settings.temperature,
                max_tokens=self.settings.max_tokens,
                draw=self.settings.draw,
            )
        )
        return self._read(reply, schema is not None), Usage(work=reply.tokens_in + reply.tokens_out)

    async def close(self) -> None:
        """Let go of the endpoint."""
        await self.chat.close()

    def _read(self, reply: Reply, form: bool) -> Any:
        if reply.finish in _NO_ANSWER:
            why = _NO_ANSWER[reply.finish].format(tokens=self.settings.max_tokens, text=reply.text[:200])
            raise NoAnswer(f"{why}.")
        text = reply.text.strip()
        if not text:
            raise NoAnswer("the model's answer is empty.")
        if not form:
            return text
        try:
            return json.loads(text.removeprefix("```json").strip("`"))
        except ValueError:
            raise NoAnswer(f"the model's answer is no JSON: {text[:80]!r}.") from None
