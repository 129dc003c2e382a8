"""A LangChain Runnable, a LangGraph graph or a LangChain chat model as an agent."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from townsquare.agents.joining.plain import plain
from townsquare.protocols.ioa.messages import Task, Usage

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable


def is_runnable(thing: object) -> bool:
    """Whether ``thing`` is a Runnable (all graphs and chat models are); found out without importing LangChain."""
    return _is(thing, "Runnable", "langchain_core.")


class RunnableAgent:
    """``invoke``s, or rather ``ainvoke``s, a Runnable with every task.

    * A graph whose state has ``messages`` gets the task as a message of the user: ``{"messages": [...]}``.
    * A chat model gets the task as text.
    * Anything else gets the input of the task as it is, or the text where the task has none.

    For graphs and models an input is written as JSON below the text; a graph whose input is an object with
    ``messages`` gets it as it is. The result is the text of the last message, where messages come out; a value as JSON
    otherwise. Tokens of all models that were called on the way are metered as work.
    """

    def __init__(self, runnable: "Runnable[Any, Any]") -> None:
        self.runnable = runnable
        self._talks = _talks(runnable)

    async def run(self, task: Task) -> Any:
        """What comes out."""
        found, _ = await self.spent(task)
        return found

    async def spent(self, task: Task) -> tuple[Any, Usage]:
        """What comes out, and the tokens that it took."""
        from langchain_core.callbacks import UsageMetadataCallbackHandler

        meter = UsageMetadataCallbackHandler()
        found = await self.runnable.ainvoke(self._given(task), config={"callbacks": [meter]})
        work = sum(one["total_tokens"] for one in meter.usage_metadata.values())
        return _out(found), Usage(work=work)

    def _given(self, task: Task) -> Any:
        if not self._talks:
            return task.description if task.input is None else task.input
        if self._talks == "graph" and isinstance(task.input, Mapping) and "messages" in task.input:
            return task.input
        told = [task.description] if task.description else []
        told += [] if task.input is None else [json.dumps(task.input, ensure_ascii=False)]
        text = "\n\n".join(told)
        return {"messages": [{"role": "user", "content": text}]} if self._talks == "graph" else text


def _talks(runnable: Any) -> str:
    """Whether it is talked to: as a ``graph``, or a ``model``; "" for what takes values."""
    if _is(runnable, "BaseLanguageModel", "langchain_core."):
        return "model"
    if _is(runnable, "Pregel", "langgraph."):
        fields = runnable.get_input_jsonschema().get("properties", {})
        return "graph" if "messages" in fields else ""
    return ""


def _out(found: Any) -> Any:
    """The text of a message, of the last of several, or what else came out."""
    messages = found.get("messages") if isinstance(found, Mapping) else None
    if isinstance(messages, list) and messages and _is(messages[-1], "BaseMessage", "langchain_core."):
        return str(messages[-1].text)
    if _is(found, "BaseMessage", "langchain_core."):
        return str(found.text)
    return plain(found)


def _is(thing: object, name: str, package: str) -> bool:
    return any(c.__name__ == name and c.__module__.startswith(package) for c in type(thing).__mro__)
