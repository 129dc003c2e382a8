"""The scenario with shills, from a run to its report."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import townsquare as ts
from tests.commands import answer, townsquare
from tests.datafiles import data_file
from townsquare.estimate import estimate
from townsquare.protocols.errors import InputError
from townsquare.runs import open_run, resolve
from townsquare.testing.chat_server import ChatServer, obey_schema

TOWN = {
    "customers.count": 120, "shop.items": 80, "ticks": 10, "recommender.factors": 16, "shills.count": 24,
    "shills.fillers": 16, "shills.start": 2, "shills.pace": 9.0, "shills.attack.name": "segment",
}  # fmt: skip


def series(run: ts.Run, name: str) -> "pd.Series[Any]":
    measures = run.measures()
    return measures[measures["measure"] == name].set_index("tick")["value"]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("shilling", set=TOWN, out=tmp_path_factory.mktemp("shop") / "attacked")


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("shilling", set=TOWN | {"shills.count": 0}, out=tmp_path_factory.mktemp("shop") / "honest")


def test_the_attack_lifts_its_target(attacked: ts.Run) -> None:
    shown, without = series(attacked, "target_exposure"), series(attacked, "target_exposure_without")
    assert (shown[:2] == without[:2]).all()
    assert shown[4:].mean() > without[4:].mean() + 0.5
    assert series(attacked, "target_rating")[9] > series(attacked, "target_rating")[1] + 0.3


def test_until_it_begins_nothing_differs_from_the_honest_shop(attacked: ts.Run, honest: ts.Run) -> None:
    for tick in (0, 1):
        assert attacked.tick_events(tick).digest() == honest.tick_events(tick).digest()
    assert attacked.tick_events(5).digest() != honest.tick_events(5).digest()


def test_every_account_gives_every_rating_of_its_profile_once(attacked: ts.Run) -> None:
    rates = attacked.events(kinds=["rate"])
    shills = rates[rates["agent"] >= 120]
    assert len(shills) == 24 * 20
    assert not shills.duplicated(["agent", "item"]).any()
    assert shills["tick"].min() >= 2
    assert attacked.events(kinds=["refused"]).empty


def test_it_comes_out_again(attacked: ts.Run) -> None:
    assert attacked.replay() is None


@pytest.mark.slow
def test_forked_before_the_attack_with_a_defence(attacked: ts.Run, tmp_path: Path) -> None:
    fork = attacked.fork(2, {"defence.name": "filter", "defence.detector.name": "group"}, out=tmp_path / "fork")
    assert fork.info.status == "finished"
    assert fork.tick_events(1).digest() == attacked.tick_events(1).digest()
    assert fork.replay() is None
    assert series(fork, "trust_customers")[9] > 0.5


@pytest.mark.parametrize("at", [1, 4, 9])
def test_a_run_that_is_taken_up_ends_like_one_that_was_not_stopped(
    attacked: ts.Run, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, of: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        ts.run("shilling", set=TOWN | {"record.checkpoints": 3}, out=out, progress=stop)
    whole = open_run(out).resume()
    assert whole.info.status == "finished"
    for tick in range(10):
        assert whole.tick_events(tick).digest() == attacked.tick_events(tick).digest()


def test_reviews_can_be_read(attacked: ts.Run) -> None:
    items = attacked.items()
    goods, reviews = items[items["author"] < 0], items[items["author"] >= 0]
    assert len(goods) == 80
    assert (reviews["text"] != "").all()
    posts = attacked.events(kinds=["post"])
    assert sorted(posts["item"]) == sorted(reviews["item"])
    assert posts["ref"].between(0, 79).all()


def test_the_report_says_what_happened(attacked: ts.Run, honest: ts.Run, tmp_path: Path) -> None:
    page = attacked.report(tmp_path / "page.html", control=honest).read_text("utf-8")
    for heading in ("Targets: how many visitors", "Honest customers", "Detectors: whom they flagged"):
        assert heading in page
    assert "Paired differences" in page
    assert "Likes per user was not measured" not in page


def test_pairing_tells_what_customers_lost(attacked: ts.Run, honest: ts.Run) -> None:
    rows = {row["measure"]: row for row in ts.compare(honest, attacked).rows()}
    assert rows["target_exposure"]["difference"] > 0.3
    assert rows["rating_of_taken"]["n"] > 100


def test_a_nuke_lowers_what_is_popular(tmp_path: Path) -> None:
    nuke = {"shills.intent": "nuke", "shills.targets": "popular", "shills.attack.name": "average"}
    run = ts.run("shilling", set=TOWN | nuke, out=tmp_path / "run")
    assert series(run, "target_rating")[9] < series(run, "target_rating")[1]
    assert series(run, "target_exposure")[4:].sum() <= series(run, "target_exposure_without")[4:].sum()


def test_on_the_command_line(tmp_path: Path) -> None:
    words = [part for path, value in TOWN.items() for part in ("--set", f"{path}={value}")]
    told = answer(townsquare("run", "shilling", *words, "--set", "ticks=3", "--out", "run", "--json", cwd=tmp_path))
    assert told["status"] == "finished"
    assert {row["measure"] for row in told["summary"]} >= {"target_exposure", "opinion_shown"}
    plain = townsquare("check", "shilling", *words, cwd=tmp_path)
    assert plain.returncode == 0
    assert "events" in plain.stdout


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"shills.targets": ["9999"]}, "there is no item '9999'"),
        ({"shills.fillers": 80}, "may not be more than the 79 items"),
        ({"customers.mind": "llm-reader"}, "customers.mind"),
        ({"shop.source": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_what_cannot_be_built_is_a_sentence(values: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        ts.run("shilling", set=TOWN | values, out=tmp_path / "run")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_the_estimate_is_about_right(attacked: ts.Run) -> None:
    guess = estimate(resolve("shilling", None, TOWN))
    assert guess["model_calls"] == 0
    assert 0.5 < guess["events"] / len(attacked.events()) < 2


def test_a_shop_of_real_ratings(tmp_path: Path) -> None:
    source = data_file("ml-100k/u.data")
    values = {"shop.source": str(source), "customers.count": 200, "shills.count": 10, "ticks": 6, "shills.start": 1,
              "recommender.factors": 16, "watch": ["group"]}  # fmt: skip
    run = ts.run("shilling", set=values, out=tmp_path / "run")
    agents = run.agents()
    assert agents[agents["group"] == "customers"]["user_id"].is_unique
    assert run.replay() is None
    assert np.isfinite(series(run, "opinion_shown")).all()
    assert json.loads((tmp_path / "run" / "run.json").read_text())["data"]


def test_a_defence_may_ask_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openai")
    with ChatServer(obey_schema) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "scripted")
        settings = {"customers.count": 20, "shop.items": 30, "shop.past": 5, "shills.count": 2, "shills.fillers": 4,
                    "shills.start": 0, "ticks": 3, "defence.name": "lorec", "defence.model": "openai:mine",
                    "defence.epochs": 10, "watch": []}  # fmt: skip
        run = ts.run("shilling", set=settings, out=tmp_path / "run")
        asked = len(server.requests)
        guess = estimate(resolve("shilling", None, settings))
    asks = run.asks()
    assert set(asks["purpose"]) == {"judge"}
    assert 22 <= len(asks) <= guess["model_calls"] * 2
    assert asked <= len(asks)
    assert run.replay() is None


def test_shills_may_be_driven_by_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openai")
    with ChatServer(obey_schema) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "scripted")
        settings = {"customers.count": 20, "shop.items": 30, "shop.past": 5, "shills.count": 2, "shills.fillers": 4,
                    "shills.start": 1, "ticks": 4, "shills.attack.name": "agent-shill", "shills.model": "openai:mine",
                    "watch": [], "recommender.factors": 4, "chat.failures": 1.0}  # fmt: skip
        run = ts.run("shilling", set=settings, out=tmp_path / "run")
        guess = estimate(resolve("shilling", None, settings))
    asks = run.asks()
    assert set(asks["purpose"]) >= {"profile"}
    assert set(asks["tick"]) == {1}
    assert set(asks["agent"]) <= {20, 21}
    assert guess["model_calls"] >= 2
    assert run.replay() is None


def test_a_moderator_removes_copied_reviews(tmp_path: Path) -> None:
    copied = {"shills.attack.name": "agent-shill", "moderator.name": "near-duplicates"}
    run = ts.run("shilling", set=TOWN | copied, out=tmp_path / "run")
    verdicts = run.events(kinds=["verdict"])
    posts = run.events(kinds=["post"])
    assert len(verdicts) >= len(posts[posts["tick"] < 9])
    assert 0 <= series(run, "removed_of_customers")[9] < 0.5
    assert run.replay() is None
