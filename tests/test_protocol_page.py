"""docs/protocol.md keeps its word: an agent that does what it says, with topics and JSON alone, is understood."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import Streams
from townsquare.protocols.ioa import guard, links, phases, registry, results, serving_groups, serving_tasks
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.messages import MAX_BYTES, Say, decode
from townsquare.protocols.ioa.published import KINDS
from townsquare.protocols.ioa.rules import Rules
from townsquare.protocols.ioa.server import Server
from townsquare.protocols.ioa.vocabulary import Code, Type
from townsquare.protocols.transports.in_process import InProcess
from townsquare.protocols.transports.transport import Will

PAGE = (Path(__file__).parents[1] / "docs" / "protocol.md").read_text("utf-8")
PATIENCE = 5.0
Message = dict[str, Any]


# ---- what stands there ---------------------------------------------------------------------------------------------


def blocks(mark: str = "") -> list[str]:
    return re.findall(rf"^```json{mark}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def table(heading: str) -> list[list[str]]:
    """Cells of the first table below a heading."""
    below = re.split(rf"^#+ {re.escape(heading)}$", PAGE, maxsplit=1, flags=re.MULTILINE)[1]
    found = re.search(r"^\|.*\n\|[-|]+\|\n((?:\|.*\n)+)", below, flags=re.MULTILINE)
    assert found, heading
    return [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in found[1].splitlines()]


@pytest.mark.parametrize("block", blocks(), ids=lambda block: re.sub(r'.*?"kind": "(\w+)".*', r"\1", block, flags=re.S))
def test_messages_are_read(block: str) -> None:
    message = json.loads(block)
    assert isinstance(decode(block.encode()), KINDS[message["kind"]])
    unknown = set(message) - set(KINDS[message["kind"]].model_fields)
    assert not unknown


def test_most_kinds_are_shown_and_all_are_told() -> None:
    assert len({json.loads(block)["kind"] for block in blocks()}) >= 12
    assert not [kind for kind in KINDS if f"`{kind}`" not in PAGE and f'"kind": "{kind}"' not in PAGE]


def test_the_card_is_one() -> None:
    (block,) = blocks(" card")
    assert Card.model_validate_json(block).answers
    assert set(json.loads(block)) <= set(Card.model_fields)


def test_fields_of_cards_and_says_are_told() -> None:
    assert [row[0].strip("`") for row in table("Register")] == list(Card.model_fields)
    assert not [name for name in Say.model_fields if f"`{name}`" not in PAGE]


def test_codes_and_types_are_those_of_the_code() -> None:
    assert [row[0].strip("`") for row in table("Refusals")] == list(Code)
    told = [name for row in table("Say: a turn") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(told) == sorted(Type)


def test_transitions_are_those_of_the_machine() -> None:
    assert phases.__doc__ is not None
    body = re.split(r"^=+  =.*$", phases.__doc__, flags=re.MULTILINE)[2]
    rows = [re.split(r"  +", line) for line in body.strip().splitlines()]
    assert [[cell.replace("`", "") for cell in row] for row in table("What leads to what")] == rows


def test_limits_are_those_of_the_code() -> None:
    rules, limits, mib = Rules(), Limits(), 2**20
    told = [[int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", row[1])] for row in table("Limits")]
    goal = KINDS["launch"].model_json_schema()["properties"]["goal"]["maxLength"]
    content = KINDS["say"].model_json_schema()["properties"]["content"]["maxLength"]
    card = Card.model_json_schema()["properties"]
    assert told == [
        [MAX_BYTES],
        [64],
        [128],
        [card["capabilities"]["maxItems"]],
        [card["description"]["maxLength"]],
        [content],
        [goal],
        [rules.max_members],
        [rules.max_turns],
        [rules.max_depth],
        [serving_groups.OPEN],
        [serving_tasks.LINE],
        [registry.PER_OWNER],
        [links.ROOM, links.ROOM_BYTES // mib],
        [guard.REMEMBERED],
        [results.KEPT, results.KEPT_BYTES // mib],
    ]
    seconds = [[int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", row[1])] for row in table("Time-outs")]
    turn = rules.turn_seconds
    assert seconds == [[turn], [turn], [limits.seconds, rules.task_seconds], [turn]]
    assert limits.bytes == MAX_BYTES


# ---- what happens --------------------------------------------------------------------------------------------------


class Stranger:
    """An agent that does what the page says: topics and JSON, nothing else."""

    numbers = count(1)

    def __init__(self, broker: InProcess, name: str, owner: str = "public", **card: Any) -> None:
        self.name, self.owner = name, owner
        self.card = {"name": name, "owner": owner, **card}
        self.transport = broker.connect(will=Will(self.topic("status"), b"away"))
        self.heard: list[Message] = []
        self.news = asyncio.Event()

    def topic(self, leaf: str) -> str:
        return f"townsquare/v1/{self.owner}/{self.name}/{leaf}"

    async def publish(self, leaf: str, payload: Any, *, retain: bool = False) -> None:
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        await self.transport.publish(self.topic(leaf), raw, retain=retain)

    async def register(self) -> None:
        await self.transport.subscribe([self.topic("in")])
        await self.publish("status", b"here", retain=True)
        await self.publish("card", self.card, retain=True)

    async def listen(self) -> None:
        async for delivery in self.transport.deliveries():
            assert delivery.topic == self.topic("in")
            self.heard.append(json.loads(delivery.payload))
            self.news.set()

    async def say(self, kind: str, **fields: Any) -> str:
        message = {"version": "1.0", "kind": kind, "id": f"{self.name}:{next(self.numbers)}", "sender": self.name}
        message |= fields
        await self.publish("out", message)
        return str(message["id"])

    async def told(self, kind: str, **fields: Any) -> Message:
        """The first message of that kind, and with these fields, that was not asked for yet."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for message in self.heard:
                        if message["kind"] == kind and fields.items() <= message.items():
                            self.heard.remove(message)
                            return message
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            pytest.fail(f"{self.name} was not told {kind} {fields}, but {self.heard}")


class Square:
    """A server and strangers."""

    def __init__(self, server: Server, broker: InProcess, stack: AsyncExitStack) -> None:
        self.server, self.broker, self._stack = server, broker, stack

    async def stranger(self, name: str, owner: str = "public", *, register: bool = True, **card: Any) -> Stranger:
        made = Stranger(self.broker, name, owner, **card)
        await self._stack.enter_async_context(made.transport)
        listening = asyncio.create_task(made.listen())
        self._stack.callback(listening.cancel)
        await made.register()
        if register:
            await made.told("registered")
        return made


@asynccontextmanager
async def square(**rules: Any) -> AsyncIterator[Square]:
    broker = InProcess()
    words = Hashing(Hashing.Config(), Streams(0))
    async with Server(broker, rules=Rules(**rules), embedder=words) as server, AsyncExitStack() as stack:
        yield Square(server, broker, stack)


async def test_register_discover_assign_and_return() -> None:
    async with square() as town:
        judge = await town.stranger(**json.loads(blocks(" card")[0]))
        reader = await town.stranger("reader")
        asked = await reader.say("discover", queries=["judge a claim"], top=1)
        found = await reader.told("found", reply_to=asked)
        assert [match["card"]["name"] for match in found["matches"][0]] == ["judge"]

        wanted = {"task_id": "reader:t1", "capability": "judge a claim", "description": "Is it?", "input": {"a": None}}
        asked = await reader.say("task", to="judge", **wanted)
        task = await judge.told("task", **wanted)
        assert (task["assigner"], task["seconds"]) == ("reader", 30)
        await judge.say("progress", task_id="reader:t1", note="reading")
        assert (await reader.told("progress", task_id="reader:t1"))["sender"] == "judge"
        await judge.say("result", task_id="reader:t1", reply_to=task["id"], output={"verdict": "true"})
        result = await reader.told("result", reply_to=asked)
        assert (result["sender"], result["status"], result["output"]) == ("judge", "completed", {"verdict": "true"})

        asked = await reader.say("task", to="judge", **wanted)  # the same once more
        assert (await reader.told("result", reply_to=asked))["output"] == {"verdict": "true"}
        assert not judge.heard


async def test_what_is_never_recorded() -> None:
    async with square() as town:
        judge, reader = await town.stranger("judge"), await town.stranger("reader")
        asked = await reader.say("discover", queries=["a hidden query"], time="2001-01-01T00:00:00Z")
        await reader.told("found", reply_to=asked)
        await reader.say("task", to="judge", task_id="reader:1", description="Shown.", input="a hidden input")
        await judge.told("task")
        await judge.say("result", task_id="reader:1", output="a hidden output")
        await reader.told("result")
        await reader.publish("out", {"kind": "say", "content": "a hidden payload"})
        await reader.told("refused")
        recorded = json.dumps(list(town.server.journal.entries()))
        assert "Shown." in recorded
        assert "malformed" in recorded
        assert "hidden" not in recorded
        assert "2001-01-01" not in recorded


async def test_cancel_and_time_outs_of_tasks() -> None:
    async with square() as town:
        judge, reader = await town.stranger("judge", limits={"parallel": 4}), await town.stranger("reader")
        for give_up, seconds in ((True, 30), (False, 0.1)):
            name = f"reader:{give_up}"
            await reader.say("task", to="judge", task_id=name, description="Take your time.", seconds=seconds)
            await judge.told("task", task_id=name)
            if give_up:
                await reader.say("cancel", task_id=name)
            result = await reader.told("result", task_id=name)
            assert (result["sender"], result["status"]) == ("server", "cancelled" if give_up else "timed_out")
            await judge.told("cancel", task_id=name)
            said = await judge.say("result", task_id=name, output="here it is")
            assert (await judge.told("refused", reply_to=said))["code"] == "late"


async def test_a_task_waits_for_who_is_away_and_is_sent_again() -> None:
    async with square() as town:
        judge, reader = await town.stranger("judge"), await town.stranger("reader")
        await judge.publish("status", b"away", retain=True)
        asked = await reader.say("task", to="judge", task_id="reader:1", description="Later?")
        looked = await reader.say("lookup", names=["judge", "nobody"])
        found = await reader.told("found", reply_to=looked)
        assert [(match["card"]["name"], match["here"]) for (match,) in [found["matches"][0]]] == [("judge", False)]
        assert not judge.heard
        await judge.register()
        await judge.told("task", task_id="reader:1")
        await judge.publish("status", b"away", retain=True)
        await judge.register()
        await judge.told("task", task_id="reader:1")  # it was not finished
        await judge.say("result", task_id="reader:1", output=3)
        assert (await reader.told("result", reply_to=asked))["output"] == 3


async def test_a_group_with_a_task_a_pause_and_a_conclusion() -> None:
    async with square() as town:
        judge, reader = await town.stranger("judge"), await town.stranger("reader", speaks=True)
        asked = await reader.say("launch", goal="Is it closed?", members=["judge"], max_turns=8)
        group = (await reader.told("launched", reply_to=asked))["comm_id"]
        for member in (judge, reader):
            joined = await member.told("joined", comm_id=group)
            assert [card["name"] for card in joined["members"]] == ["reader", "judge"]
            assert (joined["goal"], joined["max_turns"]) == ("Is it closed?", 8)

        floor = await reader.told("floor", comm_id=group, turn=0)
        assert (floor["seconds"], floor["must_conclude"]) == (60, False)
        await reader.say("say", comm_id=group, type=6, next_speaker="judge", content="Judge this.", task_input=[1])
        said = await judge.told("say", comm_id=group)  # in its normal form
        assert (said["type"], said["next_speaker"]) == ("async_task_assign", ["judge"])
        task = await judge.told("task", comm_id=group)
        assert (task["assigner"], task["description"], task["input"]) == ("reader", "Judge this.", [1])
        await judge.say("progress", task_id=task["task_id"])
        await reader.told("say", type="inform_task_progress", sender="judge")
        await reader.told("floor", turn=1)
        await reader.say("say", comm_id=group, type="pause")
        await judge.told("say", type="pause", triggers=[task["task_id"]])
        await judge.say("result", task_id=task["task_id"], output={"closed": True})
        informed = await reader.told("say", type="inform_task_result")
        assert (informed["task_status"], informed["task_output"]) == ("completed", {"closed": True})
        await reader.told("floor", turn=2)
        await reader.say("say", comm_id=group, type="conclude_group_discussion")
        assert (await reader.told("floor", turn=3))["must_conclude"]
        await reader.say("say", comm_id=group, type="conclusion", content="It is closed.")
        for member in (judge, reader):
            ended = await member.told("ended", comm_id=group)
            assert (ended["status"], ended["conclusion"]) == ("concluded", "It is closed.")
        assert not town.server.guard.refusals


async def test_silence_ends() -> None:
    async with square(turn_seconds=0.05) as town:
        first, second = await town.stranger("first", speaks=True), await town.stranger("second", speaks=True)
        await first.say("launch", goal="Say something.", members=["second"])
        for member in (first, second):
            await member.told("floor", turn=0)
        assert (await first.told("ended"))["status"] == "deadlock"


async def test_an_empty_card_frees_the_name() -> None:
    async with square() as town:
        judge = await town.stranger("judge", owner="ann")
        thief = await town.stranger("judge", owner="bob", register=False)
        assert (await thief.told("refused"))["code"] == "name"
        await judge.publish("card", b"", retain=True)
        await thief.register()
        await thief.told("registered")


async def test_the_end_of_a_server_ends_everything() -> None:
    async with AsyncExitStack() as stack:
        broker = InProcess()
        async with Server(broker) as server:
            town = Square(server, broker, stack)
            judge, reader = await town.stranger("judge"), await town.stranger("reader", speaks=True)
            await reader.say("launch", goal="Talk.", members=["judge"])
            await reader.told("floor")
            await reader.say("task", to="judge", task_id="reader:1")
            await judge.told("task")
        assert (await reader.told("result"))["status"] == "cancelled"
        assert (await judge.told("ended"))["status"] == "cancelled"
        await judge.told("cancel", task_id="reader:1")


async def test_streams() -> None:
    async with square() as town:
        judge = await town.stranger("judge", streams=True, register=False)
        registered = await judge.told("registered", seq=1)
        stream = registered["stream"]
        assert stream.startswith("server:")

        async def ask(seq: int, life: str, **fields: Any) -> str:
            return await judge.say("lookup", seq=seq, stream=f"judge:{life}", **fields)

        await judge.told("found", reply_to=await ask(1, "1"), seq=2, stream=stream)
        assert not (await judge.told("ack", stream="judge:1", upto=1)).get("again")
        early = await ask(3, "1")  # too early: dropped
        await judge.told("ack", stream="judge:1", upto=1, again=True)
        asked = [await ask(2, "1", since=2), await ask(3, "1", since=2)]
        for n, each in enumerate(asked):
            await judge.told("found", reply_to=each, seq=3 + n)
        await judge.told("ack", stream="judge:1", upto=3)
        await ask(2, "1")  # came before: dropped, but acknowledged
        await judge.told("ack", stream="judge:1", upto=3)
        await judge.told("found", reply_to=await ask(1, "2"), seq=5)  # another life
        await judge.told("found", reply_to=await ask(7, "3", since=7), seq=6)  # one that the server has forgotten
        assert not [message for message in judge.heard if message.get("reply_to") == early]

        await judge.say("ack", stream=stream, upto=4, again=True)
        again = [await judge.told("found", seq=seq) for seq in (5, 6)]
        assert [message["since"] for message in again] == [5, 5]


async def provoked(town: Square, code: Code) -> tuple[Stranger, str | None]:
    """Who did what leads to a refusal with this code, and the id of the message."""
    me = await town.stranger("me", speaks=True, answers={"add": {"type": "integer"}})
    other = await town.stranger("other", speaks=True)

    async def group(opener: Stranger, **fields: Any) -> str:
        asked = await opener.say("launch", goal="Talk.", **fields)
        return str((await opener.told("launched", reply_to=asked))["comm_id"])

    async def task(seconds: float = 30.0) -> None:
        await other.say("task", to="me", task_id="other:1", capability="add", seconds=seconds)
        await me.told("task", task_id="other:1")

    match code:
        case Code.MALFORMED:
            return me, await me.say("no such thing")
        case Code.VERSION:
            return me, await me.say("lookup", version="2.0")
        case Code.OVERSIZE:
            await me.say("lookup", time="x" * MAX_BYTES)
            return me, None
        case Code.SENDER:
            return me, await me.say("lookup", sender="other")
        case Code.NAME:
            again = await town.stranger("other", owner="thief", register=False)
            return again, None
        case Code.UNKNOWN:
            return me, await me.say("task", to="nobody", task_id="me:1")
        case Code.STATE:
            return me, await me.say("ended", comm_id="g")
        case Code.FLOOR:
            comm_id = await group(other, members=["me"])
            return me, await me.say("say", comm_id=comm_id, content="I!")
        case Code.MEMBER:
            return me, await me.say("say", comm_id=await group(other), content="Let me in.")
        case Code.DEPTH:
            return me, await me.say("launch", goal="Below.", parent=await group(me, team_up_depth=0))
        case Code.BUSY:
            for _ in range(serving_groups.OPEN):
                await group(me)
            return me, await me.say("launch", goal="One more.")
        case Code.SCHEMA:
            await task()
            return me, await me.say("result", task_id="other:1", output="seven")
        case Code.LATE:
            await task(0.05)
            await me.told("cancel")
            return me, await me.say("result", task_id="other:1", output=7)
        case _:
            await me.say("lookup", id="me:again")
            return me, await me.say("lookup", id="me:again")


@pytest.mark.parametrize("code", Code)
async def test_refusals(code: Code) -> None:
    async with square() as town:
        who, about = await provoked(town, code)
        if code is Code.DUPLICATE:  # never answered
            await who.told("found", reply_to=about)
            await until(lambda: bool(town.server.guard.refusals))
            assert not who.heard
        else:
            refused = await who.told("refused")
            assert (refused["code"], refused.get("reply_to")) == (code, about)
            assert refused["reason"]
        assert town.server.guard.refusals == {code: 1}


async def test_refusals_are_told_within_limits() -> None:
    async with square() as town:
        me = await town.stranger("me")
        for _ in range(50):
            await me.publish("out", b"{")
        await until(lambda: town.server.guard.refusals[Code.MALFORMED] == 50)
        await me.say("lookup")
        await me.told("found")
        assert 20 <= sum(message["kind"] == "refused" for message in me.heard) < 30


async def test_a_task_id_that_is_taken_is_told() -> None:
    async with square() as town:
        judge, first, second = [await town.stranger(name) for name in ("judge", "first", "second")]
        await first.say("task", to="judge", task_id="t1")
        await judge.told("task")
        asked = await second.say("task", to="judge", task_id="t1")
        assert (await second.told("refused", reply_to=asked))["code"] == "duplicate"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)
