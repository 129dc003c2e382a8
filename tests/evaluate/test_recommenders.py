"""`evaluate recommenders --by agents` from the data to the tables."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from scipy.sparse import csr_array

from tests.datafiles import data_file
from tests.evaluate.histories_of import write_tables
from townsquare.evaluate.history_files import read
from townsquare.evaluate.recommenders import (
    RecommendersResult,
    aevaluate_recommenders,
    evaluate_recommenders,
    expected_calls,
)
from townsquare.evaluate.recommenders_settings import RecommendersSettings
from townsquare.protocols import FloatArray, InputError, IntArray, Scorer, Streams, registry
from townsquare.protocols.chat import Request
from townsquare.protocols.chat_settings import Budget, ChatSettings
from townsquare.protocols.errors import BudgetExceeded, TooManyFailures

SMALL = RecommendersSettings(agents=40, pages=3)


class Oracle(Scorer):
    """Knows what is held out."""

    held: ClassVar[csr_array]

    def fit(self, *parts: object) -> None:
        """Nothing to learn."""

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        return np.asarray(self.held[agents][:, items].toarray())


@pytest.fixture
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_tables(tmp_path / "films")
    monkeypatch.setattr(Oracle, "held", read(folder)[0].split("random", 0.2, Streams(0)).relevant(), raising=False)
    monkeypatch.setitem(registry._REGISTERED, ("recommender", "oracle"), Oracle)
    monkeypatch.setitem(registry._REGISTERED, ("recommender", "twin"), type("Twin", (Oracle,), {}))
    return folder


def row(result: RecommendersResult, name: str) -> dict[str, Any]:
    return next(row for row in result.rows() if row["recommender"] == name)


def test_who_knows_what_is_held_out_wins(films: Path) -> None:
    found = evaluate_recommenders(films, ["oracle", "ease"], settings=RecommendersSettings(pages=3))
    assert [r["recommender"] for r in found.rows()] == ["random", "oracle", "ease"]
    oracle, random = row(found, "oracle"), row(found, "random")
    for measure in ("likes", "like_ratio", "satisfaction", "ndcg@20", "recall@20"):
        assert oracle[f"{measure}_low"] > random[f"{measure}_high"], measure
    assert oracle["recall@20"] == 1.0
    assert oracle["likes_p"] < 0.01
    assert random["likes_p"] == 1.0
    assert (found.mind, found.data, len(found.agents), len(found.asks)) == ("behavioural", "films", 60, 0)
    gained = {r["measure"]: r for r in found.differences() if r["recommender"] == "oracle"}
    assert gained["likes"]["low"] > 0
    assert any("60 people of the data can browse" in remark for remark in found.remarks)
    assert any("rests on 2 recommenders" in remark for remark in found.remarks)
    shares = [sum(share for key, share in left.items() if key != "recommender") for left in found.left()]
    assert shares == pytest.approx([1.0] * 3, abs=1e-3)
    json.dumps([found.rows(), found.differences(), found.left(), found.agreed()], allow_nan=False)


def test_identical_recommenders_do_not_differ(films: Path) -> None:
    found = evaluate_recommenders(films, ["oracle", "twin"], settings=SMALL)
    twin = [r for r in found.differences("oracle") if r["recommender"] == "twin"]
    assert {(r["difference"], r["low"], r["high"]) for r in twin} == {(0.0, 0.0, 0.0)}
    with pytest.raises(InputError, match="base: 'ease' does not take part; those who do are random, oracle, twin"):
        found.differences("ease")


def test_another_recommender_changes_nobodys_numbers(films: Path) -> None:
    one = evaluate_recommenders(films, ["ease"], settings=SMALL)
    more = evaluate_recommenders(films, ["popular", "random", "ease", "popular"], settings=SMALL)
    assert [r["recommender"] for r in more.rows()] == ["random", "popular", "ease"]
    for name in ("random", "ease"):
        assert row(one, name) == row(more, name)
    assert one.differences() == [r for r in more.differences() if r["recommender"] == "ease"]


def test_another_agent_changes_nobody_elses_numbers(films: Path) -> None:
    few = evaluate_recommenders(films, ["ease"], settings=SMALL)
    more = evaluate_recommenders(films, ["ease"], settings=SMALL.model_copy(update={"agents": 41}))
    kept = np.searchsorted(more.agents, few.agents)
    assert np.array_equal(more.agents[kept], few.agents)
    for a, b in zip(few.verdicts, more.verdicts, strict=True):
        for name, values in a.values.items():
            assert np.array_equal(values, b.values[name][kept]), (a.recommender, name)


SCRIPT = """
import sys
from townsquare.evaluate.recommenders import evaluate_recommenders
from townsquare.evaluate.recommenders_settings import RecommendersSettings
settings = RecommendersSettings(agents=40, pages=3)
print(evaluate_recommenders(sys.argv[1], ["ease", "bpr"], settings=settings, workers=int(sys.argv[2])).digest)
"""


def test_workers_change_nothing(films: Path) -> None:
    one, three = (evaluate_recommenders(films, ["ease"], settings=SMALL, workers=n) for n in (1, 3))
    assert one.digest == three.digest
    assert evaluate_recommenders(films, ["ease"], seeds=(1,), settings=SMALL).digest != one.digest


@pytest.mark.slow
def test_the_same_in_another_process(films: Path) -> None:
    here = evaluate_recommenders(films, ["ease", "bpr"], settings=SMALL).digest
    for workers in ("1", "3"):
        command = [sys.executable, "-c", SCRIPT, str(films), workers]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == here


def test_seeds_are_averaged_by_agent(films: Path) -> None:
    both = evaluate_recommenders(films, ["popular"], seeds=(0, 1, 0), settings=SMALL)
    zero = evaluate_recommenders(films, ["popular"], settings=SMALL)
    assert np.array_equal(both.agents, zero.agents)
    assert len(both.verdicts[1].values["likes"]) == 40
    assert not np.array_equal(both.verdicts[1].values["likes"], zero.verdicts[1].values["likes"])
    assert set(2 * both.verdicts[1].values["likes"] % 1) == {0.0}


def test_bad_input(films: Path) -> None:
    for models, options, said in (
        (["eaze"], {}, "Did you mean 'ease'"),
        (["similar"], {}, "content vectors"),
        (["random"], {}, "at least one recommender besides random"),
        (["ease"], {"seeds": ()}, "at least one seed"),
        (["popular"], {"settings": RecommendersSettings(models={"ease": {}})}, "'ease' does not take part"),
        (["ease"], {"settings": RecommendersSettings(models={"ease": {"lambda": 3}})}, "lambda"),
        (["ease"], {"settings": RecommendersSettings(threshold=4.0)}, "no column 'rating'"),
        (["ease"], {"settings": RecommendersSettings(least=99)}, "at least 2 have to browse"),
    ):
        with pytest.raises(InputError, match=said):
            evaluate_recommenders(films, models, **options)
    with pytest.raises(InputError, match="no titles of items"):
        evaluate_recommenders(films / "interactions.csv", ["ease"], model=shopper)


def test_progress_is_told(films: Path) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate_recommenders(films, ["ease"], settings=SMALL, progress=lambda *step: told.append(step))
    assert ("fit ease-0", 0, 1) in told
    assert ("browse ease-0", 1, 3) in told


def shopper(request: Request) -> str:
    """SCRIPTED, no language model: likes films whose number is even, and turns every page."""
    shown = [json.loads(line) for line in request.messages[1].text.splitlines() if line.startswith("[")]
    looks = [{"item": place, "rating": 5 if int(text.split()[-1]) % 2 == 0 else 2} for place, text in shown]
    return json.dumps({"looks": looks, "leave": "stay"})


async def test_a_model_may_drive_the_agents(films: Path, tmp_path: Path) -> None:
    settings = RecommendersSettings(agents=4, pages=2)
    found = await aevaluate_recommenders(films, ["popular"], model=shopper, settings=settings, folder=tmp_path / "out")
    assert found.mind.startswith("scripted:")
    assert set(found.asks["purpose"]) == {"browse"}
    assert len(found.asks) == 4 * 2 * 2
    assert expected_calls(["popular"], settings=settings) == (8, 16)
    assert row(found, "popular")["viewed"] == 1.0
    assert row(found, "popular")["exit_page"] == 2
    tape = ChatSettings(cassette="replay", tape=str(tmp_path / "out" / "cassette.sqlite"))
    again = await aevaluate_recommenders(films, ["popular"], model=shopper, settings=settings, chat=tape)
    assert again.digest == found.digest


async def test_answers_that_are_none_are_counted_and_left_out(films: Path) -> None:
    def moody(request: Request) -> str:
        return "no" if "You rarely look for something new" in request.messages[1].text else shopper(request)

    settings = RecommendersSettings(agents=12, pages=2)
    found = await aevaluate_recommenders(
        films, ["popular"], model=moody, settings=settings, chat=ChatSettings(failures=1.0)
    )
    answered = row(found, "popular")["answered"]
    assert answered == pytest.approx(1 - np.mean(found.traits.activity < 1 / 3), abs=1e-4)
    with pytest.raises(TooManyFailures):
        await aevaluate_recommenders(films, ["popular"], model=lambda request: "no", settings=settings)
    with pytest.raises(BudgetExceeded):
        await aevaluate_recommenders(films, ["popular"], model=shopper, settings=settings, budget=Budget(calls=3))


@pytest.mark.slow
def test_movielens() -> None:
    """1,000 agents and five recommenders: what learns is liked more than popularity, and that more than chance."""
    data = data_file("ml-1m-implicit/train.txt").parent
    models = ["popular", "item-knn", "ease", "bpr"]
    found = evaluate_recommenders(data, models)
    assert len(found.agents) == 1000
    for measure in ("likes", "viewed", "satisfaction", "ndcg@20"):
        for learned in models[1:]:
            assert row(found, learned)[f"{measure}_low"] > row(found, "popular")[f"{measure}_high"]
        assert row(found, "popular")[f"{measure}_low"] > row(found, "random")[f"{measure}_high"]
    # the whole test set says .1232 / .1809 (popular) and .2819 / .3858 (EASE); these are 1,000 of 6,038 people
    assert row(found, "popular")["ndcg@20"] == pytest.approx(0.181, abs=0.02)
    assert row(found, "ease")["ndcg@20"] == pytest.approx(0.386, abs=0.02)
    assert row(found, "ease")["recall@20"] == pytest.approx(0.282, abs=0.02)
    paired = {r["recommender"]: r for r in found.differences("ease") if r["measure"] == "likes"}
    assert paired["item-knn"]["variance_removed"] > 0.5
    assert all(one.tau > 0 for one in found.agreement if one.control)
