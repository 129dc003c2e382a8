"""Killed while it asks, and asked again: nothing that was answered is asked twice, and all comes out the same."""

import asyncio
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("openai")

from tests.agents.chat.asking import GOOD, MODEL, ask_for, table
from townsquare.agents.chat.patience import Patient
from townsquare.agents.chat.providers.openai import OpenAI
from townsquare.agents.chat.tape import Place, Tape
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.testing.chat_server import Behaviour, ChatServer

SETTINGS: dict[str, Any] = {"retries": 0, "timeout": 10.0, "concurrency": 32}
Said = tuple[str, ...]


def fate(body: dict[str, Any]) -> Behaviour:
    """A tenth each: an answer that needs a second turn, a refusal, no answer at all."""
    agent = int(body["messages"][1]["content"].split()[3].rstrip(";"))
    if agent % 10 == 7:
        return Behaviour("refusal", GOOD)
    if agent % 10 == 8:
        return Behaviour("server error", GOOD)
    return Behaviour(text='{"item": 99}' if agent % 10 == 9 and len(body["messages"]) == 2 else GOOD)


async def ask_everybody(path: Path, url: str, agents: int) -> tuple[list[Any], pd.DataFrame]:
    settings = ChatSettings(**SETTINGS)
    chat = Patient(OpenAI(MODEL, settings, base_url=url, key="none"), settings)
    with table(path, chat, **SETTINGS) as at:
        answers = await asyncio.gather(*(at.asker(ask_for(agent)) for agent in range(agents)))
        await chat.close()
        asks = at.asked.take().to_pandas()
        assert at.cassette.spent() == at.meter.spent
    return answers, asks.drop(columns="seconds")


def run(path: Path, url: str, agents: int) -> None:
    asyncio.run(ask_everybody(path, url, agents))


def said_to(server: ChatServer, since: int = 0) -> list[Said]:
    return [tuple(turn["content"] for turn in received.body["messages"]) for received in server.requests[since:]]


@pytest.mark.parametrize(
    ("agents", "kills"), [(150, (0.6,)), pytest.param(900, (0.3, 0.6), marks=pytest.mark.slow)], ids=str
)
async def test_killed_at_work(tmp_path: Path, agents: int, kills: tuple[float, ...]) -> None:
    """900 asks make 990 calls, 32 at a time; killed on the way, when these shares of the asks have been made."""
    path = tmp_path / "killed.sqlite"
    with ChatServer(fate, latency=0.02) as server:
        for share in kills:
            before, recorded = server.count, answered(path)
            process = multiprocessing.get_context("spawn").Process(target=run, args=(path, server.url, agents))
            process.start()
            while server.count < share * agents:
                time.sleep(0.005)
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            assert not recorded & set(said_to(server, before))
        before, recorded = server.count, answered(path)
        assert len(recorded) > 0.2 * agents
        resumed = await ask_everybody(path, server.url, agents)
        again = said_to(server, before)
        assert not recorded & set(again)
        assert len(again) == len(set(again))
        whole = await ask_everybody(tmp_path / "whole.sqlite", server.url, agents)
    assert resumed[0] == whole[0]
    pd.testing.assert_frame_equal(resumed[1], whole[1])


def answered(path: Path) -> set[Said]:
    """What was said in the calls whose replies are on file."""
    if not path.exists():
        return set()
    tape = Tape(path, write=False)
    asks = [r for agent in range(900) for r in tape.requests_at(Place(0, "choose", agent))]
    tape.close()
    return {tuple(message.text for message in request.messages) for request in asks}
