"""What comes of an ask, whatever the model says."""

import asyncio
from pathlib import Path
from time import process_time

import pytest

from tests.agents.chat.asking import GOOD, MODEL, Choice, Told, ask_for, down, table
from townsquare.agents.chat.asker import Asker
from townsquare.protocols.asking import Answer, AskModel
from townsquare.protocols.chat import ChatError, Reply, Request
from townsquare.protocols.chat_settings import Budget
from townsquare.protocols.errors import BudgetExceeded, InputError, ReplayMiss, RunStopped

TAPE = "cassette.sqlite"


def said(*texts: str | Reply | BaseException) -> Told:
    """A chat that says these in turn."""
    left = iter(texts)
    return Told(lambda request: next(left))


@pytest.mark.parametrize(
    ("first", "second", "outcome", "calls"),
    [
        (GOOD, None, "answered", 1),
        (f"  ```json\n{GOOD}\n```  ", None, "answered", 1),
        ("I choose item 3.", GOOD, "repaired", 2),
        ('{"item": 77}', GOOD, "repaired", 2),
        ('{"item": 3, "mood": "glad"}', GOOD, "repaired", 2),
        ("", GOOD, "repaired", 2),
        ("\ud800 \udfff", GOOD, "repaired", 2),
        (Reply('{"item": 3', "length"), GOOD, "repaired", 2),
        (Reply(GOOD, "length"), GOOD, "repaired", 2),
        ('{"item": 77}', '{"item": 78}', "invalid", 2),
        (Reply('{"item": 3', "length"), Reply('{"item": 3', "length"), "invalid", 2),
        (Reply("I would rather not", "refusal"), None, "refused", 1),
        (Reply(GOOD, "refusal"), None, "refused", 1),
        (Reply("", "filter"), None, "refused", 1),
        ("nonsense", Reply("", "refusal"), "refused", 2),
        (ChatError("it hung", "time out"), None, "failed", 1),
        ("nonsense", ChatError("it hung", "time out"), "failed", 2),
    ],
)
def test_outcomes(
    tmp_path: Path,
    first: str | Reply | BaseException,
    second: str | Reply | BaseException | None,
    outcome: str,
    calls: int,
) -> None:
    chat = said(*(text for text in (first, second) if text is not None))
    with table(tmp_path / TAPE, chat) as at:
        (answer,) = at.ask(ask_for())
        assert (answer.outcome, len(chat.asked)) == (outcome, calls)
        assert (answer.value == Choice(item=3, why="close to my taste")) == (outcome in ("answered", "repaired"))
        assert bool(answer.why) == (answer.value is None)
        row = at.asked.take().to_pylist()[0]
    assert (row["outcome"], row["made"], len(row["keys"]), row["repair"]) == (outcome, calls, calls, calls == 2)
    # the same again from the cassette alone: the same answer, word for word
    with table(tmp_path / TAPE, None, mode="replay") as again:
        assert again.ask(ask_for()) == [answer]
        assert again.asked.take().to_pylist()[0] == row


def test_an_asker_is_an_ask_model(tmp_path: Path) -> None:
    with table(tmp_path / TAPE, Told()) as at:
        model: AskModel = at.asker
        assert isinstance(model, Asker)


def test_second_turn_shows_the_bad_answer_and_what_is_wrong(tmp_path: Path) -> None:
    chat = said('{"item": 77}', GOOD)
    with table(tmp_path / TAPE, chat) as at:
        at.ask(ask_for())
    first, second = chat.asked
    assert second.messages[:2] == first.messages
    assert [turn.role for turn in second.messages[2:]] == ["assistant", "user"]
    assert second.messages[2].text == '{"item": 77}'
    assert "item 77 was not shown; the items are 0 to 9" in second.messages[3].text
    assert second.key != first.key


def test_ten_megabytes_are_recorded_but_not_sent_again(tmp_path: Path) -> None:
    chat = said("x" * 10_000_000, GOOD)
    with table(tmp_path / TAPE, chat) as at:
        assert at.ask(ask_for())[0].outcome == "repaired"
        assert len(chat.asked[1].messages[2].text) < 5000
    with table(tmp_path / TAPE, None, mode="replay") as again:
        assert again.ask(ask_for())[0].outcome == "repaired"


def test_settings_are_in_the_request(tmp_path: Path) -> None:
    chat = Told()
    with table(tmp_path / TAPE, chat, temperature=0.7, max_tokens=77, draw=5) as at:
        at.ask(ask_for())
    (request,) = chat.asked
    assert (request.model, request.temperature, request.max_tokens, request.draw) == (MODEL, 0.7, 77, 5)
    assert '"additionalProperties":false' in request.schema


def test_identical_requests_in_flight_are_asked_once(tmp_path: Path) -> None:
    chat = Told()
    chat.wait = 0.05
    same = [ask_for(agent, text="what everybody is asked") for agent in range(20)]
    with table(tmp_path / TAPE, chat) as at:
        answers = at.ask(*same)
        table_ = at.asked.take().to_pandas()
        assert at.meter.spent.calls == at.cassette.spent().calls == len(chat.asked) == 1
    assert len(set(map(repr, answers))) == 1
    assert (table_["made"].sum(), table_["replayed"].sum()) == (1, 19)
    assert (table_["tokens_in"] > 0).sum() == 1


def test_a_failure_in_flight_is_shared_too(tmp_path: Path) -> None:
    chat = Told(down)
    chat.wait = 0.01
    with table(tmp_path / TAPE, chat) as at:
        answers = at.ask(*(ask_for(agent, text="what everybody is asked") for agent in range(5)))
    assert [answer.outcome for answer in answers] == ["failed"] * 5
    assert len(chat.asked) == 1


def test_who_is_cancelled_does_not_cancel_who_waits_for_the_same(tmp_path: Path) -> None:
    chat = Told()
    chat.wait = 0.05

    async def cancel_the_first() -> Answer[Choice]:
        first = asyncio.ensure_future(at.asker(ask_for(1, text="the same")))
        await asyncio.sleep(0.01)
        second = asyncio.ensure_future(at.asker(ask_for(2, text="the same")))
        await asyncio.sleep(0.01)
        first.cancel()
        return await second

    with table(tmp_path / TAPE, chat, budget=Budget(calls=1)) as at:
        assert asyncio.run(cancel_the_first()).outcome == "answered"
        assert at.meter.spent.calls == 1


def test_a_bug_is_no_outcome(tmp_path: Path) -> None:
    with table(tmp_path / TAPE, Told(lambda request: ZeroDivisionError("oops"))) as at:
        with pytest.raises(ZeroDivisionError):
            at.ask(ask_for())
        assert at.asked.take().num_rows == 0
        assert at.cassette.spent().calls == 0


def test_one_draw_more_is_another_call(tmp_path: Path) -> None:
    numbers = iter(range(9))
    chat = Told(lambda request: f'{{"item": {next(numbers)}}}')
    for draw, expected in ((0, 0), (1, 1), (0, 0), (1, 1)):
        with table(tmp_path / TAPE, chat, draw=draw) as at:
            assert at.ask(ask_for())[0].value == Choice(item=expected)
    assert len(chat.asked) == 2


def test_replay_names_the_ask_and_what_differs(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    with table(path, Told()) as at:
        at.ask(ask_for(agent=4, tick=2))
    with table(path, None, mode="replay") as at, pytest.raises(ReplayMiss) as missed:
        at.ask(ask_for(agent=4, tick=2, text="other words"))
    for part in ("purpose choose", "agent 4", "tick 2", "another prompt", str(path)):
        assert part in str(missed.value)
    with table(path, None, mode="replay", model="openai:gpt-4o") as at, pytest.raises(ReplayMiss) as missed:
        at.ask(ask_for(agent=4, tick=2))
    assert f"the model {MODEL}" in str(missed.value)
    with table(path, None, mode="replay", temperature=0.5) as at, pytest.raises(ReplayMiss, match=r"temperature 0\.0"):
        at.ask(ask_for(agent=4, tick=2))
    with table(path, None, mode="replay") as at, pytest.raises(ReplayMiss, match="another course"):
        at.ask(ask_for(agent=5, tick=2))
    with table(path, None, mode="replay", model="x:y") as at, pytest.raises(ReplayMiss, match=f"calls of {MODEL} only"):
        at.ask(ask_for(agent=5, tick=2))


def test_finished_ticks_are_never_asked_again(tmp_path: Path) -> None:
    """A run that ticks over its past meets the failures it met then; what is new is asked."""
    path = tmp_path / TAPE
    with table(path, said(down(None), GOOD)) as at:  # type: ignore[arg-type]
        assert [a.outcome for a in at.ask(ask_for(tick=0))] == ["failed"]
        assert [a.outcome for a in at.ask(ask_for(tick=1))] == ["answered"]
    chat = Told()
    with table(path, chat, settled=2) as at:
        assert [a.outcome for a in at.ask(ask_for(tick=0), ask_for(tick=1))] == ["failed", "answered"]
        with pytest.raises(ReplayMiss, match="tick 1 is finished"):
            at.ask(ask_for(tick=1, agent=9))
        assert not chat.asked
        assert at.ask(ask_for(tick=2))[0].outcome == "answered"
        assert len(chat.asked) == 1


def test_a_failure_stays_in_its_tick(tmp_path: Path) -> None:
    """The same request fails in one tick and is answered in the next: each tick of the past keeps what it got."""
    path, same = tmp_path / TAPE, "the same words in every tick"
    with table(path, said(down(None), GOOD)) as at:  # type: ignore[arg-type]
        assert at.ask(ask_for(tick=0, text=same))[0].outcome == "failed"
        assert at.ask(ask_for(tick=0, text=same, number=1))[0].outcome == "failed"  # not asked again in its tick
        assert at.ask(ask_for(tick=1, text=same))[0].outcome == "answered"
    for mode, settled in (("auto", 2), ("replay", 0)):
        with table(path, Told(), mode=mode, settled=settled) as at:  # type: ignore[arg-type]
            outcomes = [at.ask(ask_for(tick=tick, text=same))[0].outcome for tick in (0, 1)]
            assert outcomes == ["failed", "answered"]


def test_an_unfinished_tick_asks_again_what_failed(tmp_path: Path) -> None:
    path = tmp_path / TAPE
    with table(path, Told(down)) as at:
        assert at.ask(ask_for())[0].outcome == "failed"
    with table(path, Told()) as at:
        assert at.ask(ask_for())[0].outcome == "answered"
        assert at.cassette.spent().calls == 2
    with table(path, None, mode="replay") as at:
        assert at.ask(ask_for())[0].outcome == "answered"


def test_money_without_a_price_is_refused_up_front(tmp_path: Path) -> None:
    unpriced = table(tmp_path / TAPE, Told(), model="ollama:qwen3", budget=Budget(usd=1))
    with pytest.raises(InputError, match="no price for ollama:qwen3"), unpriced:
        pass


def test_a_spent_budget_stops_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    path, chat = tmp_path / TAPE, Told()
    asks = [ask_for(agent) for agent in range(30)]
    with table(path, chat, budget=Budget(calls=12)) as at:
        with pytest.raises(BudgetExceeded, match="12 calls") as stopped:
            at.ask(*asks)
        assert isinstance(stopped.value, RunStopped)
        assert at.cassette.spent().calls == len(chat.asked) == 12
    with table(path, chat, budget=Budget(calls=12)) as at, pytest.raises(BudgetExceeded):
        at.ask(*asks)
    assert len(chat.asked) == 12
    with table(path, chat, budget=Budget(calls=30)) as at:
        assert {answer.outcome for answer in at.ask(*asks)} == {"answered"}
    assert len(chat.asked) == 30


@pytest.fixture
def prompts() -> list[str]:
    return [f"You are reader {n}. " + "An article about the town and its people. " * 100 for n in range(1000)]


@pytest.mark.parametrize("found", [False, True], ids=["miss", "hit"])
def test_cpu_of_a_decision(tmp_path: Path, prompts: list[str], found: bool) -> None:
    """Ours is at most 0.3 ms on a quiet machine (0.1 measured); three times that here, where others work too."""
    asks = [ask_for(n, text=text) for n, text in enumerate(prompts)]
    for _ in range(1 + found):
        with table(tmp_path / TAPE, Told(), budget=Budget(tokens=10**9)) as at:
            began = process_time()
            answers = at.ask(*asks)
            spent = process_time() - began
            assert {answer.outcome for answer in answers} == {"answered"}
    assert spent / len(asks) < 0.0009


def test_a_request_that_differs_in_nothing_is_found(tmp_path: Path) -> None:
    chat = Told()
    with table(tmp_path / TAPE, chat) as at:
        at.ask(ask_for())
        record = at.cassette.look_up(chat.asked[0].key)
    assert record is not None
    request, call = record
    assert isinstance(request, Request)
    assert request == chat.asked[0]
    assert request.key == chat.asked[0].key
    assert call.place == (0, "choose", 0, 0)
