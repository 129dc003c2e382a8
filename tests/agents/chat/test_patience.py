"""Waiting for a place, trying again, giving up; faults over real HTTP at the end."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from townsquare.agents.chat.breaker import Breaker
from townsquare.agents.chat.patience import LONGEST_PAUSE, Gate, Patient
from townsquare.agents.chat.providers.openai import OpenAI
from townsquare.agents.chat.providers.scripted import Scripted
from townsquare.protocols.chat import Chat, ChatError, Message, Reply, Request, Trouble
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.protocols.errors import ContractError
from townsquare.testing.chat_server import FAULTS, Behaviour, ChatServer, Fault


def request(number: int = 0) -> Request:
    return Request("scripted:x:y", (Message("user", f"agent {number}"),), max_tokens=50)


class Naps:
    """Sleeps without sleeping, and remembers."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def failing(trouble: Trouble, times: int, retry_after: float | None = None) -> Callable[[Request], str]:
    left = iter(range(times))

    def script(request: Request) -> str:
        if next(left, None) is not None:
            raise ChatError("It went wrong.", trouble, retry_after=retry_after)
        return "yes"

    return script


def patient(script: Callable[[Request], Any], naps: Naps | None = None, **settings: Any) -> Patient:
    return Patient(Scripted(script), ChatSettings(**settings), sleep=naps or Naps())


class TestRetries:
    @pytest.mark.parametrize("trouble", ["rate limit", "server", "time out", "connection", "garbled"])
    async def test_what_may_pass_is_tried_again(self, trouble: Trouble) -> None:
        chat = Patient(Scripted(failing(trouble, 2)), ChatSettings(), first_wait=0.001)
        reply = await chat.complete(request())
        assert (reply.text, reply.attempts) == ("yes", 3)
        assert (chat.effort.calls, chat.effort.attempts, chat.effort.retries) == (1, 3, 2)

    async def test_up_to_so_many_times(self) -> None:
        chat = patient(failing("server", 3), retries=2)
        with pytest.raises(ChatError, match=r"^It went wrong \(after 3 attempts\)\.$") as caught:
            await chat.complete(request())
        assert (caught.value.attempts, caught.value.trouble, chat.effort.attempts) == (3, "server", 3)

    @pytest.mark.parametrize("trouble", ["rejected", "unreachable"])
    async def test_what_will_not_pass_is_not(self, trouble: Trouble) -> None:
        chat = patient(failing(trouble, 1))
        with pytest.raises(ChatError, match=r"^It went wrong\.$"):
            await chat.complete(request())
        assert chat.effort.attempts == 1

    async def test_waits_grow_and_are_drawn(self) -> None:
        naps = Naps()
        for _ in range(60):
            with pytest.raises(ChatError):
                await patient(failing("server", 9), naps, retries=8).complete(request())
        for retry in range(8):
            waits, most = naps.taken[retry::8], min(30.0, 0.5 * 2**retry)
            assert 0 <= min(waits) < most * 0.25
            assert most * 0.75 < max(waits) < most

    async def test_never_before_retry_after(self) -> None:
        naps = Naps()
        chat = Patient(Scripted(failing("server", 1, retry_after=0.2)), ChatSettings(), sleep=naps)
        began = time.monotonic()
        await chat.complete(request())
        assert 0.2 <= naps.taken[0] < 0.7
        assert time.monotonic() - began >= 0.19  # the nap took no time: it was the limiter that waited

    async def test_too_long_a_pause_is_a_failure(self) -> None:
        chat = patient(failing("rate limit", 9, retry_after=LONGEST_PAUSE + 1))
        with pytest.raises(ChatError, match=r"It asks to wait 301 s\.$"):
            await chat.complete(request())
        assert chat.effort.attempts == 1

    async def test_one_request_has_so_much_time(self) -> None:
        async def slow(request: Request) -> str:
            await asyncio.sleep(5)
            return "late"

        with pytest.raises(ChatError, match=r"did not answer within 0\.02 s \(after 2 attempts\)") as caught:
            await patient(slow, timeout=0.02, retries=1).complete(request())
        assert caught.value.trouble == "time out"

    async def test_bugs_are_no_outcomes(self) -> None:
        chat = patient(lambda request: {}["nothing"])
        with pytest.raises(ContractError, match="failed: KeyError: 'nothing'"):
            await chat.complete(request())
        assert chat.gate.places._value == chat.settings.concurrency


class TestGate:
    async def test_calls_at_a_time(self) -> None:
        now, peak = 0, 0

        async def count(request: Request) -> str:
            nonlocal now, peak
            now += 1
            peak = max(peak, now)
            await asyncio.sleep(0.002)
            now -= 1
            return "yes"

        settings = ChatSettings(concurrency=5)
        gate = Gate(settings)
        chats = [Patient(Scripted(count), settings, gate) for _ in range(2)]
        await asyncio.gather(*(chats[n % 2].complete(request(n)) for n in range(40)))
        assert peak == 5

    async def test_calls_do_not_start_in_a_bunch(self) -> None:
        order: list[str] = []

        async def send(request: Request) -> str:
            order.append("built")
            await asyncio.sleep(0)
            order.append("sent")
            return "yes"

        chat = patient(send, concurrency=8)
        await asyncio.gather(*(chat.complete(request(n)) for n in range(8)))
        ahead = [order[: n + 1].count("built") - order[: n + 1].count("sent") for n in range(16)]
        assert max(ahead) <= 2

    async def test_a_rate_limit_slows_everybody(self) -> None:
        chat = Patient(Scripted(failing("rate limit", 1, retry_after=0.2)), ChatSettings())
        began = time.monotonic()
        first = asyncio.create_task(chat.complete(request(1)))
        await asyncio.sleep(0.01)
        second = await chat.complete(request(2))
        assert time.monotonic() - began >= 0.2
        assert second.attempts == 1
        assert (await first).attempts == 2

    async def test_tokens_are_settled_with_the_reply(self) -> None:
        chat = patient(lambda request: Reply("yes", "stop", 30, 4), tokens_per_minute=1000)
        await chat.complete(request())
        assert chat.gate.limiter._held == 34
        chat.chat = Scripted(failing("rejected", 1))
        with pytest.raises(ChatError, match="It went wrong"):
            await chat.complete(request())
        assert chat.gate.limiter._held == 34 + 2

    async def test_every_attempt_counts_as_a_request(self) -> None:
        chat = patient(failing("server", 2), requests_per_minute=3)
        await chat.complete(request())
        assert chat.gate.limiter.wait() > 0

    async def test_an_endpoint_that_is_down_is_left_alone(self) -> None:
        settings = ChatSettings(retries=0)
        chat = Patient(Scripted(failing("connection", 99)), settings, Gate(settings, breaker=Breaker(failures=3)))
        for number in range(5):
            with pytest.raises(ChatError) as caught:
                await chat.complete(request(number))
            assert caught.value.trouble == ("connection" if number < 3 else "unreachable")
        assert (chat.effort.attempts, chat.effort.turned_away) == (3, 2)
        assert caught.value.attempts == 0

    async def test_refusals_prove_that_it_is_alive(self) -> None:
        settings = ChatSettings(retries=0)
        chat = Patient(Scripted(failing("rejected", 99)), settings, Gate(settings, breaker=Breaker(failures=3)))
        for number in range(9):
            with pytest.raises(ChatError, match="It went wrong"):
                await chat.complete(request(number))

    async def test_is_a_chat_and_closes_what_is_inside(self) -> None:
        closed = []

        class Inside(Scripted):
            structured = "tool"

            async def close(self) -> None:
                closed.append(self)

        chat = Patient(Inside(lambda request: "yes"))
        assert isinstance(chat, Chat)
        assert (chat.structured, patient(lambda request: "yes").structured) == ("tool", "")
        await chat.close()
        assert len(closed) == 1


def fate(body: dict[str, Any]) -> int:
    return int(body["messages"][-1]["content"].split()[1])


class TestFaultsOverHTTP:
    """Agents meet the faults of docs/models.md, all at once."""

    async def test_a_rate_limit_and_a_stumble_heal(self) -> None:
        pytest.importorskip("openai")
        met: dict[int, int] = {}
        stumbles: list[Fault] = ["rate limit", "server error", "overloaded", "drop", "cut", "broken body", "wrong type"]

        def answer(body: dict[str, Any]) -> str | Behaviour:
            agent = fate(body)
            met[agent] = met.get(agent, 0) + 1
            if met[agent] == 1 and agent < len(stumbles):
                return Behaviour(stumbles[agent], "no", retry_after="0.05")
            return f"yes {agent}"

        async with ChatServer(answer) as server:
            settings = ChatSettings(base_url=server.url, concurrency=20)
            chat = Patient(OpenAI("m", settings), settings, first_wait=0.05)
            replies = await asyncio.gather(*(chat.complete(request(n)) for n in range(20)))
            await chat.close()
        assert [reply.text for reply in replies] == [f"yes {n}" for n in range(20)]
        assert [reply.attempts for reply in replies] == [2] * len(stumbles) + [1] * (20 - len(stumbles))

    async def test_no_fault_changes_the_reply_of_another(self) -> None:
        pytest.importorskip("openai")
        n_agents = 3 * len(FAULTS)

        def answer(body: dict[str, Any]) -> str | Behaviour:
            agent = fate(body)
            text = json.dumps({"agent": agent})
            return Behaviour(FAULTS[agent // 3], text) if agent % 3 == 0 else text

        async def replies(script: Callable[[dict[str, Any]], str | Behaviour]) -> list[Reply | Exception]:
            async with ChatServer(script, latency=0.01) as server:
                settings = ChatSettings(base_url=server.url, concurrency=16, retries=1, timeout=1.0)
                chat = Patient(OpenAI("m", settings), settings, first_wait=0.02)
                found = await asyncio.gather(
                    *(chat.complete(request(n)) for n in range(n_agents)), return_exceptions=True
                )
                await chat.close()
            assert all(isinstance(one, Reply | ChatError) for one in found)
            return found  # type: ignore[return-value]

        found = await replies(answer)
        calm = await replies(lambda body: json.dumps({"agent": fate(body)}))
        for agent, (one, other) in enumerate(zip(found, calm, strict=True)):
            assert isinstance(other, Reply)
            if agent % 3:
                assert isinstance(one, Reply)
                assert (one.text, one.finish, one.tokens_in, one.tokens_out) == (
                    *(other.text, other.finish, other.tokens_in, other.tokens_out),
                )
        gave = {FAULTS[n // 3] for n in range(0, n_agents, 3) if isinstance(found[n], Reply)}
        assert gave == {"empty", "broken answer", "length", "refusal", "filter", "no usage"}
        good = {
            FAULTS[n // 3]
            for n in range(0, n_agents, 3)
            if isinstance(one := found[n], Reply) and one.finish == "stop" and one.text == calm[n].text  # type: ignore[union-attr]
        }
        assert good == {"no usage"}
