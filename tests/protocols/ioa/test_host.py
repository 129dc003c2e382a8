"""What a host promises to its agents and to the server, against the least of servers."""

import asyncio

import pytest

from tests.protocols.ioa.post import Post
from tests.protocols.ioa.wire import until
from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.host import Agent, Host, JoinRefused, Move, Refusal, Speaker
from townsquare.protocols.ioa.messages import (
    Cancel,
    Discover,
    Ended,
    Floor,
    Found,
    Joined,
    Launch,
    Launched,
    Lookup,
    Match,
    Progress,
    Refused,
    Result,
    Say,
    Task,
    Usage,
)
from townsquare.protocols.ioa.vocabulary import Code, TaskStatus, Type
from townsquare.protocols.transports.in_process import InProcess

CARD = Card(name="ann", description="Shouts.", limits=Limits(parallel=2, seconds=5))


class Shouter:
    """Shouts; counts how often, and how many at once."""

    def __init__(self):
        self.tasks, self.now, self.most = [], 0, 0
        self.go = asyncio.Event()
        self.go.set()

    async def run(self, task):
        self.tasks.append(task.task_id)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.go.wait()
            return task.description.upper()
        finally:
            self.now -= 1


class Talker(Shouter):
    def __init__(self, *moves):
        super().__init__()
        self.moves, self.turns = list(moves), []

    async def speak(self, turn):
        self.turns.append((turn.turn, turn.must_conclude, [say.content for say in turn.conversation.said]))
        move = self.moves.pop(0)
        if isinstance(move, Exception):
            raise move
        return move


@pytest.fixture
async def town():
    broker = InProcess()
    async with Post(broker) as post, Host(broker, "house") as host:
        yield post, host


async def test_joining_completes_the_card_and_leaving_takes_it_away(town):
    post, host = town
    member = await host.join(CARD, Shouter())
    card = post.cards["ann"]
    assert card == member.card
    assert (card.host, card.owner, card.streams) == ("house", "public", True)
    assert card.created_at
    assert post.statuses["house"] == b"here"
    await host.leave("ann")
    await post.until(lambda: "ann" not in post.cards)
    await host.leave("ann")


async def test_a_host_that_goes_says_so_and_one_that_breaks_off_has_it_said():
    broker = InProcess()
    async with Post(broker) as post:
        async with Host(broker, "one") as host:
            await host.join(CARD.model_copy(update={"name": "one"}), Shouter())
            assert post.cards["one"].host is None, "it is the host itself"
        await post.until(lambda: post.statuses["one"] == b"away")
        assert "one" in post.cards, "the card stays"
        async with Host(broker, "two") as host:
            await post.until(lambda: post.statuses.get("two") == b"here")
            await host.transport.abort()
            await post.until(lambda: post.statuses["two"] == b"away")
            host.transport = broker.connect()
            await host.transport.__aenter__()


async def test_a_card_that_is_refused(town):
    post, host = town
    post.banned = ("ann",)
    with pytest.raises(JoinRefused, match="that name is taken") as found:
        await host.join(CARD, Shouter())
    assert found.value.code is Code.NAME
    assert not post.transport._broker.retained.keys() & {"townsquare/v1/public/ann/card"}, "nothing is left of it"
    post.banned = ()
    await host.join(CARD, Shouter())
    with pytest.raises(InputError, match="has joined before"):
        await host.join(CARD, Shouter())
    with pytest.raises(InputError, match="has no `speak`"):
        await host.join(CARD.model_copy(update={"name": "bob", "speaks": True}), Shouter())


async def test_whoever_gives_up_waiting_says_so_and_leaves_no_card(monkeypatch, caplog):
    monkeypatch.setattr("townsquare.protocols.ioa.host._PATIENCE", 0.01)
    broker = InProcess()
    async with Host(broker, "house") as host:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await host.join(CARD)
        assert caplog.messages == ["ann waits: no server lets it in. Does one run there? Is there another 'ann'?"]
        assert not host.members
        assert list(broker.retained) == ["townsquare/v1/public/house/status"]


@pytest.mark.parametrize("name", ["server", "a/b", "+", "", "-x", "x" * 65])
async def test_names_that_cannot_be(name):
    with pytest.raises(InputError, match="no host can be called"):
        Host(InProcess(), name)


async def test_a_task_is_begun_and_answered_once(town):
    post, host = town
    agent = Shouter()
    assert isinstance(agent, Agent)
    assert not isinstance(agent, Speaker)
    await host.join(CARD, agent)
    for _ in range(2):
        task = post.tell("ann", Task, task_id="t1", description="hello", trace="trace-1")
    result = await post.hears(Result)
    assert (result.status, result.output, result.trace) == (TaskStatus.COMPLETED, "HELLO", "trace-1")
    assert (await post.hears(Progress)).task_id == "t1"
    post.tell("ann", Task, task_id="t1", description="hello")
    again = await post.hears(Result, 2)
    assert (again.output, again.id != result.id) == ("HELLO", True)
    assert agent.tasks == ["t1"]
    assert result.logical > task.logical
    assert result.sender == "ann"


async def test_as_many_at_a_time_as_the_card_says(town):
    post, host = town
    agent = Shouter()
    await host.join(CARD, agent)
    for n in range(7):
        post.tell("ann", Task, task_id=f"t{n}", description=str(n))
    last = await post.hears(Result, 7)
    assert sorted(agent.tasks) == [f"t{n}" for n in range(7)]
    assert agent.most <= 2
    assert last.status is TaskStatus.COMPLETED


class Odd:
    async def run(self, task):
        if task.description == "raise":
            raise ValueError("the town hall is closed")
        if task.description == "exit":
            raise RuntimeError
        if task.description == "sys.exit":
            raise SystemExit(3)
        if task.description == "number":
            return 10**5000
        if task.description == "deep":
            deep = []
            for _ in range(220):
                deep = [deep]
            return deep
        if task.description == "object":
            return {"it": object()}
        if task.description == "huge":
            return "x" * 400_000
        await asyncio.sleep(3600)


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("raise", TaskStatus.FAILED, "the town hall is closed"),
        ("exit", TaskStatus.FAILED, "RuntimeError"),
        ("sys.exit", TaskStatus.FAILED, "SystemExit: 3"),
        ("number", TaskStatus.FAILED, "a result that nobody could read: number out of range"),
        ("deep", TaskStatus.FAILED, "a result that nobody could read: recursion limit exceeded"),
        ("object", TaskStatus.FAILED, "no JSON"),
        ("huge", TaskStatus.FAILED, "the server takes 262,144"),
        ("sleep", TaskStatus.TIMED_OUT, "not done within 0.05 s"),
    ],
)
async def test_whatever_goes_wrong_is_a_result(town, what, status, words):
    post, host = town
    await host.join(CARD, Odd())
    post.tell("ann", Task, task_id="t1", description=what, seconds=0.05 if what == "sleep" else 5)
    result = await post.hears(Result)
    assert result.status is status
    assert words in result.error
    await host.join(CARD.model_copy(update={"name": "bob"}), Shouter())
    post.tell("bob", Task, task_id="t2", description="still here")
    assert (await post.hears(Result, 2)).output == "STILL HERE"


async def test_what_work_cost_is_told(town):
    class Costly:
        async def spent(self, task):
            return "done", Usage(work=42)

        async def run(self, task):
            raise AssertionError

    post, host = town
    await host.join(CARD, Costly())
    post.tell("ann", Task, task_id="t1")
    result = await post.hears(Result)
    assert (result.output, result.usage) == ("done", Usage(work=42))


async def test_a_cancelled_task_stops_and_says_nothing(town):
    post, host = town
    agent = Shouter()
    agent.go.clear()
    await host.join(CARD, agent)
    post.tell("ann", Task, task_id="t1")
    await post.hears(Progress)
    post.tell("ann", Cancel, task_id="t1")
    post.tell("ann", Task, task_id="t2")
    await post.hears(Progress, 2)
    assert agent.now == 1
    agent.go.set()
    assert (await post.hears(Result)).task_id == "t2"
    assert [each.task_id for each in post.heard if isinstance(each, Result)] == ["t2"]


async def test_asking(town):
    post, host = town
    ann = await host.join(CARD)
    found = asyncio.ensure_future(ann.discover(["shout", "sing"], 2))
    asked = await post.hears(Discover)
    assert (asked.queries, asked.top) == (("shout", "sing"), 2)
    match = Match(card=CARD, score=0.5)
    post.tell("ann", Found, reply_to=asked.id, matches=((match,), ()))
    assert await found == ((match,), ())
    found = asyncio.ensure_future(ann.lookup())
    post.tell("ann", Found, reply_to=(await post.hears(Lookup)).id, matches=((match,),))
    assert await found == (match,)
    found = asyncio.ensure_future(ann.discover(["x"]))
    asked = await post.hears(Discover, 2)
    post.tell("ann", Refused, reply_to=asked.id, code=Code.BUSY, reason="too many questions")
    with pytest.raises(Refusal, match="too many questions"):
        await found


async def test_assigning(town):
    post, host = town
    ann = await host.join(CARD)
    waiting = asyncio.ensure_future(ann.assign("bob", "sing", capability="singing", input={"song": None}, seconds=5))
    task = await post.hears(Task)
    assert (task.to, task.description, task.capability, task.input) == ("bob", "sing", "singing", {"song": None})
    post.tell("ann", Result, task_id="another", output="not this")
    post.tell("ann", Result, task_id=task.task_id, output="la")
    assert (await waiting).output == "la"
    waiting = asyncio.ensure_future(ann.assign("nobody", task_id="mine"))
    task = await post.hears(Task, 2)
    assert task.task_id == "mine"
    post.tell("ann", Refused, reply_to=task.id, code=Code.UNKNOWN, reason="there is no 'nobody'")
    refused = await waiting
    assert (refused.status, refused.error) == (TaskStatus.FAILED, "there is no 'nobody'")


async def test_a_task_that_nobody_answers_is_timed_out(town, monkeypatch):
    monkeypatch.setattr("townsquare.protocols.ioa.member._GRACE", 0.05)
    _, host = town
    ann = await host.join(CARD)
    result = await ann.assign("bob", seconds=0.05)
    assert (result.status, result.error) == (TaskStatus.TIMED_OUT, "nothing was heard from 'bob' within 0.05 s")
    assert not ann._results
    assert not host._up._asked


async def test_a_conversation(town):
    post, host = town
    talker = Talker(
        Move(Type.DISCUSSION, "hello", ("bob",)), ValueError("hoarse"), Move(Type.CONCLUSION, "done", usage=Usage())
    )
    ann = await host.join(CARD.model_copy(update={"speaks": True}), talker)
    launching = asyncio.ensure_future(ann.launch("agree", ["bob"], max_turns=4))
    asked = await post.hears(Launch)
    assert (asked.goal, asked.members, asked.max_turns) == ("agree", ("bob",), 4)
    post.tell("ann", Launched, reply_to=asked.id, comm_id="g1")
    post.tell("ann", Joined, comm_id="g1", goal="agree", members=(ann.card, CARD), max_turns=4)
    conversation = await launching
    assert (conversation.goal, len(conversation.members), conversation.ended) == ("agree", 2, None)
    floor = post.tell("ann", Floor, comm_id="g1", turn=0, seconds=5)
    said = await post.hears(Say)
    assert (said.content, said.next_speaker, said.reply_to, said.comm_id) == ("hello", ("bob",), floor.id, "g1")
    post.carry("ann", post.make("ann", Say, comm_id="g1", content="good day").model_copy(update={"sender": "bob"}))
    result = {"task_id": "t1", "type": Type.TASK_RESULT, "task_status": TaskStatus.COMPLETED, "task_output": [1]}
    post.carry("ann", post.make("ann", Say, comm_id="g1", **result).model_copy(update={"sender": "bob"}))
    post.tell("ann", Floor, comm_id="g1", turn=1, seconds=5)
    post.tell("ann", Floor, comm_id="g1", turn=2, must_conclude=True, seconds=5)
    assert (await post.hears(Say, 2)).type is Type.CONCLUSION
    assert talker.turns[0] == (0, False, [])
    assert talker.turns[-1] == (2, True, ["hello", "good day", ""])
    assert conversation.results["t1"].output == [1]
    ended = asyncio.ensure_future(ann.ended("g1"))
    await asyncio.sleep(0)
    assert not ended.done()
    post.tell("ann", Ended, comm_id="g1", conclusion="done")
    assert (await ended).conclusion == "done"
    assert conversation.ended is not None
    with pytest.raises(InputError, match="no group 'g2'"):
        await ann.ended("g2")


@pytest.mark.parametrize("how", ["ended", "another server"])
async def test_whoever_thinks_when_the_group_ends_is_stopped(town, how):
    post, host = town

    class Thinker(Talker):
        async def speak(self, turn):
            self.turns.append(turn.turn)
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.turns.append("stopped")
                raise

    thinker = Thinker()
    member = await host.join(CARD.model_copy(update={"speaks": True}), thinker)
    post.tell("ann", Joined, comm_id="g", goal="think", members=(CARD,), team_up_depth=0, max_turns=3)
    post.tell("ann", Floor, comm_id="g", turn=0, seconds=60)
    await until(lambda: thinker.turns == [0])
    if how == "ended":
        post.tell("ann", Ended, comm_id="g", status="cancelled", conclusion="enough")
    else:
        host._up.replaced()
    assert (await member.ended("g")).status == "cancelled"
    await until(lambda: thinker.turns == [0, "stopped"])


async def test_what_comes_twice_or_out_of_order_is_taken_once(town):
    post, host = town
    agent = Shouter()
    await host.join(CARD, agent)
    first, second = (post.make("ann", Task, task_id=f"t{n}", description=str(n)) for n in (1, 2))
    for message in (second, first, first, second, second):
        post.carry("ann", message)
    await post.hears(Result, 2)
    assert agent.tasks == ["t1", "t2"]
    await post.until(lambda: any(ack.again for ack in post.acks))
    await post.until(lambda: any(ack.upto == post.count for ack in post.acks))


async def test_a_full_window_makes_wait_and_nothing_is_lost_by_a_deaf_server():
    broker = InProcess()
    async with Post(broker) as post, Host(broker, "house", window=5) as host:
        agent = Shouter()
        await host.join(CARD.model_copy(update={"limits": Limits(parallel=50)}), agent)
        post.deaf = True
        for n in range(50):
            post.tell("ann", Task, task_id=f"t{n}", description=str(n))
        async with asyncio.timeout(5):
            while len(host._up._out) < 5:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert len(host._up._out) == 5
        assert len(agent.tasks) <= 5, "whoever has not said that it began has not begun"
        post.deaf = False
        host._up._again(host._up._out.everything(0.0))  # what the clock would do in two seconds
        await post.hears(Result, 50)
        assert sorted(agent.tasks) == sorted(f"t{n}" for n in range(50))
        assert [each.seq for each in post.heard] == list(range(1, 101))


async def test_a_server_that_starts_anew_is_asked_again():
    broker = InProcess()
    async with Host(broker, "house") as host:
        async with Post(broker) as first:
            ann = await host.join(CARD)
            waiting = asyncio.ensure_future(ann.discover(["shout"]))
            asked = await first.hears(Discover)
        async with Post(broker, life="2") as second:  # it finds the card, and knows of no question
            again = await second.hears(Discover)
            assert again.id == asked.id
            second.tell("ann", Found, reply_to=again.id, matches=((),))
            assert await waiting == ((),)


async def test_messages_for_an_agent_that_is_not_back_yet_wait_for_it(town):
    post, host = town
    post.tell("house", Task, task_id="t1", description="early")
    await post.until(lambda: post.acks)
    await host.join(CARD.model_copy(update={"name": "house"}), Shouter())
    assert (await post.hears(Result)).output == "EARLY"


async def test_what_cannot_be_read_harms_nobody(town):
    post, host = town
    await host.join(CARD, Shouter())
    inbox = post.topics.of(host.me, "in")
    for payload in (b"", b"{", b"\xff\xfe", b'{"kind":"task"}', b"[]", b'{"version":"9"}', b"x" * 2_000_000):
        post.transport.post(inbox, payload)
    post.tell("ann", Task, task_id="t1", description="hello")
    assert (await post.hears(Result)).output == "HELLO"


async def test_an_agent_that_left_unheard_blocks_nobody(town, monkeypatch):
    """The server takes nothing in its name any more, and would wait for its place in the stream for ever."""
    monkeypatch.setattr("townsquare.protocols.ioa.host._GOODBYE", 0.05)
    post, host = town
    ann = await host.join(CARD)
    bob = await host.join(CARD.model_copy(update={"name": "bob"}))
    post.deaf = True
    asking = [asyncio.ensure_future(each.discover(["x"])) for each in (ann, bob)]
    await asyncio.sleep(0.05)
    await host.leave("ann")
    await post.until(lambda: "ann" not in post.cards)
    post.deaf = False
    host._up._again(host._up._out.everything(0.0))
    filler = await post.hears(Refused)
    assert (filler.sender, filler.seq, filler.code) == ("bob", 1, Code.LATE)
    assert (await post.hears(Discover)).sender == "bob"
    for one in asking:
        one.cancel()
