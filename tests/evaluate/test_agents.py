"""`evaluate agents` from the data to the table, with a scripted model, over HTTP and from a cassette."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datafiles import data_file
from tests.evaluate.lists_of import KINDS, real
from townsquare.agents.prompts.quoting import clean
from townsquare.evaluate.agents import AgentsResult, aevaluate_agents, evaluate_agents, expected_calls
from townsquare.evaluate.agents_settings import AgentsSettings
from townsquare.evaluate.ranker_names import ALWAYS
from townsquare.protocols import InputError
from townsquare.protocols.chat import Request
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import BudgetExceeded, ReplayMiss, TooManyFailures
from townsquare.testing.chat_server import ChatServer
from townsquare.testing.tag_shop import material, scripted_shopper, shopper, write_shop

SMALL = {"users": 8, "kinds": 6, "items": 60, "per_user": 6}


def row(result: AgentsResult, ranker: str) -> dict[str, Any]:
    return next(row for row in result.table() if row["ranker"] == ranker)


@pytest.mark.parametrize("kind", KINDS)
def test_baselines_need_no_model(kind: str) -> None:
    folder = data_file("agentcf-cds/CDs.item").parent
    result = evaluate_agents(folder / f"CDs-100-user-{kind}", ["ease"])
    assert [r["ranker"] for r in result.table()] == [*ALWAYS, "ease"]
    chance = row(result, "chance")
    assert (chance["ndcg@10"], chance["ndcg@10_low"], chance["ndcg@10_high"], chance["mrr"]) == (0.4544,) * 3 + (
        0.2929,
    )
    # half widths of the intervals as measured elsewhere: .05 dense, .02 and .05 sparse
    knn = row(result, "item-knn")
    width = (knn["ndcg@10_high"] - knn["ndcg@10_low"]) / 2
    assert width == pytest.approx(0.05 if kind == "dense" else 0.02, abs=0.012)
    assert (result.model, result.taught, len(result.asks)) == ("", (), 0)
    json.dumps(result.table())
    assert any("occur in nobody's history" in remark for remark in result.remarks)


def test_agents_need_a_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'agentcf:b' needs a model"):
        evaluate_agents(write_shop(tmp_path, **SMALL), ["agentcf:b"])
    with pytest.raises(InputError, match="at least one seed"):
        evaluate_agents(write_shop(tmp_path, **SMALL), [], seeds=())


async def test_every_method_and_variant(tmp_path: Path) -> None:
    rankers = ["agentcf", "agentcf:b+r", "agentcf:b+h", "agentcf++:b+h", "agentcf++shared:b+r"]
    told: list[tuple[str, int, int]] = []
    result = await aevaluate_agents(
        write_shop(tmp_path, **SMALL), rankers, model=scripted_shopper, progress=lambda *step: told.append(step)
    )
    assert [r["ranker"] for r in result.table()] == [*ALWAYS, *rankers]
    assert {taught.method for taught in result.taught} == {"agentcf", "agentcf++", "agentcf++shared"}
    lessons = 8 * 3  # six interactions: the first to start with, the last two held out
    for taught in result.taught:
        assert len(taught.record) == lessons
        assert set(taught.record.calls) <= ({5, 6} if taught.method == "agentcf" else {4})
    assert ("teach agentcf-0", lessons, lessons) in told
    assert ("rank agentcf:b+h-0", 8, 8) in told
    purposes = result.asks["purpose"].value_counts()
    assert purposes["rank"] == 5 * 8
    assert purposes["tag"] == 2 * 8
    assert result.model == "scripted:townsquare.testing.tag_shop:scripted_shopper"


async def test_seeds_are_trainings_of_their_own(tmp_path: Path) -> None:
    write_shop(tmp_path, **SMALL)
    both = await aevaluate_agents(tmp_path, ["agentcf"], model=scripted_shopper, seeds=(3, 4))
    alone = [await aevaluate_agents(tmp_path, ["agentcf"], model=scripted_shopper, seeds=(s,)) for s in (3, 4)]
    assert [t.memories for t in both.taught] == [one.taught[0].memories for one in alone]
    assert len({t.memories for t in both.taught}) == 2
    for metric in ("ndcg@1", "mrr"):
        mean = np.mean([one.standings[-1].figures[metric].mean for one in alone])
        assert both.standings[-1].figures[metric].mean == pytest.approx(mean)


async def test_a_user_without_an_answer_scores_nothing(tmp_path: Path) -> None:
    def silent(request: Request) -> str:
        return "no idea" if "a list of all places" in request.messages[1].text else scripted_shopper(request)

    chat = ChatSettings(failures=1.0)
    result = await aevaluate_agents(write_shop(tmp_path, **SMALL), ["agentcf"], model=silent, chat=chat)
    found = row(result, "agentcf")
    assert (found["answered"], found["ndcg@10"], found["mrr"]) == (0.0, 0.0, 0.0)
    assert set(result.asks[result.asks["purpose"] == "rank"]["outcome"]) == {"invalid"}
    with pytest.raises(TooManyFailures, match="got no valid answer"):
        await aevaluate_agents(tmp_path, ["agentcf"], model=silent)


async def test_a_spent_budget_can_be_raised(tmp_path: Path) -> None:
    write_shop(tmp_path / "data", **SMALL)
    whole = await aevaluate_agents(tmp_path / "data", ["agentcf++"], model=scripted_shopper)
    options: dict[str, Any] = {"model": scripted_shopper, "folder": tmp_path / "out"}
    for cap in (20, 90):
        with pytest.raises(BudgetExceeded):
            await aevaluate_agents(tmp_path / "data", ["agentcf++"], budget=Budget(calls=cap), **options)
    again = await aevaluate_agents(tmp_path / "data", ["agentcf++"], **options)
    assert again.digest == whole.digest
    settings = AgentsSettings.model_validate({"agentcf_plus": {"item_words": 20}})
    with pytest.raises(InputError, match="snapshot of another training"):
        await aevaluate_agents(tmp_path / "data", ["agentcf++"], settings=settings, **options)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_prompt_of_the_test_shows_the_target_among_candidates_only(kind: str) -> None:
    """On the real lists, with every variant: what stands outside the candidates is the user's past."""
    lists = real(kind)
    prompts: list[str] = []

    def say(request: Request) -> str:
        schema = json.loads(request.schema)["properties"]
        if "order" in schema:
            prompts.append(request.messages[1].text)
            return json.dumps({"order": list(range(1, 11))})
        return json.dumps({name: 2 if name == "place" else "words" for name in schema})

    folder = data_file("agentcf-cds/CDs.item").parent
    await aevaluate_agents(folder / lists.name, ["agentcf", "agentcf:b+r", "agentcf:b+h"], model=say)
    assert len(prompts) == 300
    for number, prompt in enumerate(prompts):
        shown, user = material(prompt), number % 100
        past = [clean(lists.goods.titles[item]) for item in lists.history[user]]
        assert clean(lists.goods.titles[lists.targets[user]]) in [item["title"] for item in shown["items"]]
        assert shown.get("history", [past])[0] == past
        assert ("history" in shown) is (number >= 200)


@pytest.mark.parametrize("rounds", [1, 2, 3])
async def test_calls_are_foretold(tmp_path: Path, rounds: int) -> None:
    write_shop(tmp_path, **SMALL)
    settings = AgentsSettings.model_validate(
        {"users": 6, "agentcf": {"rounds": rounds}, "agentcf_plus": {"regroup": 10}, "training": {"batch": 5}}
    )
    for rankers in (["agentcf", "agentcf:b+h"], ["agentcf++", "agentcf++dual:b+r"]):
        low, high = expected_calls(tmp_path, rankers, settings=settings, seeds=(0, 1))
        result = await aevaluate_agents(tmp_path, rankers, model=scripted_shopper, settings=settings, seeds=(0, 1))
        assert low <= len(result.asks) <= high
        assert result.standings[0].users == 6
        assert result.remarks[0] == "6 of 8 users take part."


async def test_a_replay_needs_what_was_recorded(tmp_path: Path) -> None:
    write_shop(tmp_path / "data", **SMALL)
    await aevaluate_agents(tmp_path / "data", ["agentcf"], model=scripted_shopper, folder=tmp_path / "out")
    chat = ChatSettings(cassette="replay", tape=str(tmp_path / "out" / "cassette.sqlite"))
    with pytest.raises(ReplayMiss, match="purpose choose"):
        await aevaluate_agents(tmp_path / "data", ["agentcf"], model=scripted_shopper, chat=chat, seeds=(1,))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["agentcf", "agentcf++"])
async def test_agents_learn_over_http_and_replay_without_it(tmp_path: Path, method: str) -> None:
    """The shopper knows only what it reads in memories: what it learns shows that they work."""
    write_shop(tmp_path / "data")
    folder = tmp_path / "out"
    rankers = [method, f"{method}:b+h"]
    async with ChatServer(shopper) as server:
        chat = ChatSettings(base_url=server.url)
        options: dict[str, Any] = {"model": "openai:scripted-shopper", "chat": chat}
        result = await aevaluate_agents(tmp_path / "data", rankers, folder=folder, **options)
        assert server.count > 1500
    record = result.taught[0].record
    users = 40
    assert record.accuracy(0, users) == pytest.approx(0.5, abs=0.16)  # everybody's first lesson: two standard errors
    assert record.accuracy(len(record) - 3 * users) > 0.9
    chance = row(result, "chance")
    for ranker in rankers:
        for metric in ("ndcg@1", "ndcg@5", "ndcg@10", "mrr"):
            assert row(result, ranker)[f"{metric}_low"] > chance[f"{metric}_high"] + 0.2
        assert row(result, ranker)["answered"] == 1.0
    # the server is gone; the tape says the same
    chat = ChatSettings(cassette="replay", tape=str(folder / "cassette.sqlite"))
    replay = await aevaluate_agents(tmp_path / "data", rankers, model="openai:scripted-shopper", chat=chat)
    assert replay.digest == result.digest
    assert replay.asks["made"].sum() == result.asks["made"].sum()


CHILD = """
import sys
from pathlib import Path
from townsquare.evaluate.agents import evaluate_agents
from townsquare.protocols.chat_settings import ChatSettings
data, out, url = sys.argv[1:]
chat = ChatSettings(base_url=url, concurrency=4)
print(evaluate_agents(data, ["agentcf"], model="openai:scripted-shopper", chat=chat, folder=Path(out)).digest)
"""


@pytest.mark.slow
def test_killed_and_resumed_asks_nothing_twice(tmp_path: Path) -> None:
    write_shop(tmp_path / "data")
    with ChatServer(shopper, latency=0.002) as server:

        def child(out: str) -> subprocess.Popen[str]:
            places = [str(tmp_path / "data"), str(tmp_path / out), server.url]
            return subprocess.Popen([sys.executable, "-c", CHILD, *places], stdout=subprocess.PIPE, text=True)

        whole = child("whole").communicate(timeout=120)[0]
        needed = server.count
        for more in (300, 700):
            before, killed = server.count, child("killed")
            while server.count - before < more:
                assert killed.poll() is None
                time.sleep(0.01)
            killed.kill()
            killed.communicate()
        resumed = child("killed").communicate(timeout=120)[0]
        assert resumed == whole != ""
        # at most the calls in flight when it was killed are made again
        assert needed <= server.count - needed <= needed + 2 * 4
