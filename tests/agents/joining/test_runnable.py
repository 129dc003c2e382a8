"""Chains, graphs and chat models of LangChain as agents. The models are LangChain's own scripted ones."""

from typing import Any

import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.runnable import RunnableAgent, is_runnable

pytest.importorskip("langchain")

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, MessagesState, StateGraph


def model(*answers: Any) -> GenericFakeChatModel:
    spent = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    said = [AIMessage(one, usage_metadata=spent, response_metadata={"model_name": "scripted"}) for one in answers]
    return GenericFakeChatModel(messages=iter(said))


def graph() -> Any:
    def echo(state: MessagesState) -> Any:
        return {"messages": [AIMessage(f"heard: {state['messages'][-1].text}")]}

    made = StateGraph(MessagesState)
    made.add_node("echo", echo)
    made.add_edge(START, "echo")
    made.add_edge("echo", END)
    return made.compile()


async def test_a_chain_gets_the_input_or_the_text() -> None:
    chain = ChatPromptTemplate.from_template("say {word}") | model("one", "two") | StrOutputParser()
    agent = RunnableAgent(chain)
    assert await agent.run(task("a word")) == "one"
    assert await agent.run(task("ignored", {"word": "yes"})) == "two"


async def test_a_plain_runnable() -> None:
    assert await RunnableAgent(RunnableLambda(lambda value: {"got": value})).run(task("x", [1, 2])) == {"got": [1, 2]}


async def test_a_model_gets_text_and_input_and_gives_text() -> None:
    seen: list[Any] = []
    spy = RunnableLambda(lambda value: seen.append(value) or value)
    found, usage = await RunnableAgent(model([{"type": "text", "text": "yes"}])).spent(task("Is it?", {"a": 1}))
    assert (found, usage.work, usage.communication) == ("yes", 7, 0)
    await RunnableAgent(spy).run(task("words"))
    assert seen == ["words"]


async def test_tokens_are_metered_wherever_the_model_stands() -> None:
    first, second = model("one"), model("two")
    chain = first | StrOutputParser() | second | StrOutputParser()
    found, usage = await RunnableAgent(chain).spent(task("x"))
    assert (found, usage.work) == ("two", 14)


async def test_a_graph_gets_and_gives_messages() -> None:
    agent = RunnableAgent(graph())
    assert await agent.run(task("hello")) == "heard: hello"
    assert await agent.run(task("look", {"a": 1})) == 'heard: look\n\n{"a": 1}'
    assert await agent.run(task("", {"messages": [{"role": "user", "content": "given"}]})) == "heard: given"


async def test_what_it_raises_is_raised() -> None:
    def fails(_: Any) -> None:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        await RunnableAgent(RunnableLambda(fails)).run(task("x"))


def test_what_is_one() -> None:
    assert is_runnable(model())
    assert is_runnable(graph())
    assert not is_runnable(print)
    assert not is_runnable(model)
