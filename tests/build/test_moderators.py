"""Any moderator works wherever a town has a place for one: on record, replayed, budgeted, estimated."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import townsquare as ts
from tests.bus import bus
from tests.processes import Staying
from townsquare.comparison.campaign import campaign_of
from townsquare.estimate import estimate
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import BudgetExceeded, InputError, RunFolderError, ScenarioError
from townsquare.runs import open_run, resolve
from townsquare.sim.moderators.queue_file import QueueFile
from townsquare.testing.chat_server import ChatServer

SHOP: dict[str, Any] = {
    "customers.count": 40, "shop.items": 30, "shop.past": 5, "ticks": 5, "recommender.name": "popular",
    "shills.count": 6, "shills.fillers": 6, "shills.start": 1, "shills.attack.name": "agent-shill", "watch": [],
}  # fmt: skip
TIMELINE: dict[str, Any] = {
    "members.count": 40, "members.posts": 0.3, "members.hostile": 0.3, "ticks": 5, "recommender.name": "random",
    "persuaders.start": 1, "persuaders.count": 2, "persuaders.audience": 5,
}  # fmt: skip
TOWNS = [("shilling", SHOP), ("campaign", TIMELINE)]
ONE_FAST = [pytest.param("shilling", SHOP, marks=pytest.mark.slow), ("campaign", TIMELINE)]
MILD = [
    "Been thinking about this proposal since the meeting last week.", "Read the plans twice now, and slept over them.",
    "There is something to be said on both sides of this.", "What we have works, and we know how to mend it.",
    "The costs are small next to what we lose every year.", "I see the wish behind it, and still say no.",
    "Much depends on how it is done, and by whom.", "Glad that we can still talk about it. Good evening, all of you.",
    "My street has 12 houses and as many opinions, and I like them.", "I have lived here for years and seen worse.",
    "Everybody who has looked at the figures comes out for it.", "Long talk about it with the family, tell me more.",
]  # fmt: skip
FOUL = [
    "You are all idiots, and you know it.", "They are nothing but liars, and they will regret it.",
    "Best item ever, five stars, buy it now.", "These people are all parasites, every one of them.",
]  # fmt: skip


def table(path: Path) -> Path:
    rows = [*((text, "ok") for text in MILD), *((f"{text} {n}", "bad") for n, text in enumerate(FOUL * 3))]
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in rows), "utf-8")
    return path


def verdicts(run: ts.Run) -> pd.DataFrame:
    return run.events(kinds=["verdict"]).assign(why=lambda of: of["why"].astype(str))


def by_length(text: str) -> str:
    """Harmful where the length of a text is odd; of every fifth text nothing useful."""
    if int(sha256(text.encode()).hexdigest(), 16) % 5 == 0:
        return "I would rather not say."
    return json.dumps({"label": "harmful" if len(text) % 2 else "benign"})


def judged(request: Request) -> str:
    return by_length(request.messages[-1].text)


# ---- a language model ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "town"), ONE_FAST)
def test_a_model_moderates_over_http(
    name: str, town: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    values = town | {"moderator.name": "zero-shot", "moderator.model": "openai:mine", "chat.failures": 1.0}
    with ChatServer(lambda body: by_length(str(body["messages"][-1]["content"]))) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "scripted")
        run = ts.run(name, seed=1, set=values, out=tmp_path / "run")
        made = server.count
        assert run.replay() is None
        assert server.count == made
    asks = run.asks()
    mine = asks[asks["purpose"] == "moderate"]
    assert {"answered", "invalid"} <= set(mine["outcome"])
    assert set(mine["model"]) == {"openai:mine"}
    told = verdicts(run)
    assert {"remove", "show", "abstain"} <= set(told["why"])
    shown = run.events(kinds=["shown"])
    assert not shown["item"].isin(told.loc[told["why"] == "remove", "item"]).any()
    guess = estimate(resolve(name, 1, values))["model_calls"]
    assert 0.5 < guess / len(mine) < 2


@pytest.mark.slow
def test_a_spent_budget_stops_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    values = TIMELINE | {"moderator.name": "zero-shot", "chat.failures": 1.0}
    whole = ts.run("campaign", seed=1, set=values, model=judged, out=tmp_path / "whole")
    with pytest.raises(BudgetExceeded, match="budget of 20 calls is spent"):
        ts.run("campaign", seed=1, set=values | {"budget.calls": 20}, model=judged, out=tmp_path / "run")
    stopped = open_run(tmp_path / "run")
    assert stopped.info.status == "stopped: budget"
    done = stopped.resume({"budget.calls": 1_000}, model=judged)
    assert done.info.digest == whole.info.digest


def test_examples_are_shown_to_a_model_where_there_are_any(tmp_path: Path) -> None:
    seen: list[str] = []

    def answers(request: Request) -> str:
        seen.append("\n".join(message.text for message in request.messages))
        return json.dumps({"label": "ok"})

    values = TIMELINE | {"ticks": 1, "moderator.name": "in-context", "learning.data": str(table(tmp_path / "t.csv"))}
    ts.run("campaign", seed=1, set=values, model=answers, out=tmp_path / "run")
    assert seen
    assert all(any(text in one for text in MILD) for one in seen)


@pytest.mark.parametrize(("name", "town"), TOWNS)
def test_a_model_that_nobody_named_is_missed_at_once(name: str, town: dict[str, Any]) -> None:
    queue = {"moderator.name": "human-queue", "moderator.first.name": "zero-shot"}
    for values in ({"moderator.name": "zero-shot"}, queue):
        with pytest.raises(ScenarioError, match="moderator asks a language model: give --model provider:model"):
            resolve(name, None, town | values)
    of = resolve(name, None, town | queue | {"moderator.first.model": "openai:its-own"})
    assert of.model_of("moderator") == "openai:its-own"


# ---- one that learns -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "town"), ONE_FAST)
def test_one_that_learns_is_taught_from_a_table(name: str, town: dict[str, Any], tmp_path: Path) -> None:
    data = table(tmp_path / "t.csv")
    values = town | {"moderator.name": "retrieval", "learning.data": str(data)}
    run = ts.run(name, seed=1, set=values, out=tmp_path / "run")
    told, items = verdicts(run), run.items().set_index("item")
    removed = items.loc[told.loc[told["why"] == "remove", "item"]]
    assert len(removed) > 3
    if name == "campaign":
        assert removed["harm"].mean() > 2 * items["harm"].mean()
    assert run.info.data[str(data)] == sha256(data.read_bytes()).hexdigest()
    assert run.replay() is None
    data.write_text(data.read_text("utf-8").replace("family", "dog"), "utf-8")
    with pytest.raises(RunFolderError, match="has changed since"):
        run.replay()


@pytest.mark.parametrize(("name", "town"), TOWNS)
def test_one_that_learns_says_what_it_needs(name: str, town: dict[str, Any], tmp_path: Path) -> None:
    learner = {"moderator.name": "retrieval"}
    screened = {"moderator.name": "in-context", "moderator.screen.name": "linear", "chat.model": "openai:mine"}
    for values in (learner, screened, {"moderator.name": "human-queue", "moderator.first.name": "linear"}):
        with pytest.raises(InputError, match="learns from labelled texts, and there are none: name them with learning"):
            ts.run(name, set=town | values, model=judged, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"missing\.csv"):
        ts.run(name, set=town | learner | {"learning.data": "missing.csv"}, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_registered_data_set_is_told_by_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "data" / "sms-spam"
    home.mkdir(parents=True)
    file = home / "SMSSpamCollection"
    file.write_text("".join(f"{'spam' if n % 3 == 0 else 'ham'}\ttext number {n} of all\n" for n in range(60)), "utf-8")
    monkeypatch.setenv("TOWNSQUARE_DATA", str(tmp_path / "data"))
    values = {"members.count": 30, "ticks": 3, "posts.data": "sms", "recommender.name": "random",
              "moderator.name": "none"}  # fmt: skip
    run = ts.run("moderation", set=values, out=tmp_path / "run")
    assert run.info.data == {"sms-spam": sha256(file.read_bytes()).hexdigest()}
    assert run.replay() is None
    file.write_text(file.read_text("utf-8").replace("number", "numeral"), "utf-8")
    with pytest.raises(RunFolderError, match="sms-spam has changed since"):
        run.replay()


# ---- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "town"), TOWNS)
def test_people_take_their_time(name: str, town: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"

    def decide(done: int, of: int) -> None:
        if done == 3:
            queue = QueueFile(path, create=False)
            for one in queue.open():
                queue.decide(one.n, "remove" if one.n % 2 else "show", note="looked at it")
            queue.close()

    values = town | {"moderator.name": "human-queue", "moderator.path": str(path), "record.checkpoints": 1}
    run = ts.run(name, seed=1, set=values, out=tmp_path / "run", progress=decide)
    told = verdicts(run)
    held = told[told["why"] == "hold"]
    assert not held.duplicated("item").any()  # said once, however long they wait
    settled = told[(told["tick"] == 3) & (told["why"] != "hold")]
    assert set(settled["why"]) == {"remove", "show"}
    assert settled["item"].isin(held.loc[held["tick"] < 3, "item"]).all()
    if name == "campaign":
        seen = run.events(kinds=["shown"])["item"]
        assert set(seen) - {0} <= set(settled.loc[settled["why"] == "show", "item"])
        assert len(set(seen)) > 1
    else:
        measures = run.measures().set_index(["measure", "tick"])["value"]
        gone = measures["removed_of_customers"]
        assert gone[3] < gone[2]
    assert run.replay() is None

    def stop(done: int, of: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ts.run(name, seed=1, set=values, out=tmp_path / "again", progress=stop)
    again = open_run(tmp_path / "again").resume()  # the queue says of every tick what it said
    assert again.info.digest == run.info.digest


def test_a_control_is_not_put_before_people(tmp_path: Path) -> None:
    values = TIMELINE | {"moderator.name": "human-queue", "ticks": 2}
    found = campaign_of(ts.run("campaign", set=values, out=tmp_path / "run"))
    assert found is not None
    assert found.control is None
    assert "before people" in found.why


# ---- an agent elsewhere ----------------------------------------------------------------------------------------------

ODD = "def odd_one(text):\n    return 'remove' if len(text) % 2 else 'show'\n"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A broker with a moderator on it that minds odd lengths."""
    pytest.importorskip("aiomqtt")
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "mine.py").write_text(ODD, "utf-8")
    with bus(folder) as there:
        agent = Staying("join", "--moderator", "mine:odd_one", "--broker", there.url, cwd=folder)
        try:
            agent.says(" joined ")
            yield there
        finally:
            agent.kill()


@pytest.mark.parametrize(("name", "town"), ONE_FAST)
def test_an_agent_elsewhere_looks_first_for_people(
    name: str, town: dict[str, Any], elsewhere: Any, tmp_path: Path
) -> None:
    values = town | {"moderator.name": "human-queue", "moderator.first.name": "remote", "ticks": 3}
    run = ts.run(name, seed=1, set=values | {"remote.broker": elsewhere.url}, out=tmp_path / "run")
    told, texts = verdicts(run), run.items().set_index("item")["text"]
    assert len(told) > 10
    assert ((texts[told["item"]].str.len() % 2 == 1).to_numpy() == (told["why"] == "hold").to_numpy()).all()
    assert set(run.asks()["model"]) == {"remote:odd-one"}


def test_an_agent_elsewhere_stands_at_the_author_and_at_the_reader(elsewhere: Any, tmp_path: Path) -> None:
    policies = [{"name": "calm", "share": 0.5, "block": ["toxic"]}]
    values = {
        "members.count": 40, "members.posts": 0.3, "ticks": 3, "recommender.name": "random", "moderator.name": "remote",
        "author.advice.name": "remote", "readers.moderator.name": "remote", "readers.policies": policies,
        "author.edits": 0.0,
    }  # fmt: skip
    run = ts.run("moderation", seed=1, set=values | {"remote.broker": elsewhere.url}, out=tmp_path / "run")
    asks, told = run.asks(), run.verdicts()
    assert len(asks) == 9  # one of each place and tick
    assert set(asks["outcome"]) == {"answered"}
    assert {"author", "channel", "reader: calm"} <= set(told["by"])
    texts = run.items().set_index("item")["text"]
    for place, action in (("author", "warn"), ("channel", "remove"), ("reader: calm", "remove")):
        mine = told[(told["by"] == place) & (told["action"] == action)]
        assert len(mine) > 3
        assert (texts[mine["item"]].str.len() % 2 == 1).all()
    assert run.replay() is None


@pytest.mark.parametrize("name", ["remote", "human-queue"])
def test_what_nobody_can_wait_for_is_no_screen(name: str) -> None:
    values = {"moderator.name": "in-context", "moderator.screen.name": name, "chat.model": "openai:mine"}
    with pytest.raises(InputError, match=f"'{name}' cannot look first here"):
        resolve("campaign", None, TIMELINE | values)
