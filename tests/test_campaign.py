"""The scenario with a campaign on a timeline, from a run to who was moved by what they were shown."""

import json
import re
import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

import townsquare as ts
from tests.commands import answer, townsquare
from townsquare.comparison.campaign import campaign_of, tally_of
from townsquare.estimate import estimate
from townsquare.protocols import Actions, Observations, Streams, register
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.settings import Settings
from townsquare.runs import open_run, resolve
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.sweeps.plan import read

TOWN = {
    "members.count": 200, "ticks": 10, "persuaders.start": 2, "persuaders.followers": 0.1, "record.snapshots": 4,
    "members.hostile": 0.2, "bots.count": 1,
}  # fmt: skip
"""A small town with everything in it."""


def series(run: ts.Run, name: str) -> "pd.Series[Any]":
    measures = run.measures()
    return measures[measures["measure"] == name].set_index("tick")["value"]


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("campaign", seed=1, set=TOWN, out=tmp_path_factory.mktemp("campaign") / "loud")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    values = TOWN | {"persuaders.count": 0}
    return ts.run("campaign", seed=1, set=values, out=tmp_path_factory.mktemp("campaign") / "quiet")


# ---- the link between exposure, engagement and stance ---------------------------------------------------------------


def test_whoever_was_moved_had_read_it_and_whoever_read_it_was_shown_it(loud: ts.Run) -> None:
    events = loud.events()
    pairs = {
        kind: events[events["kind"] == kind].set_index(["tick", "agent", "item"]).index
        for kind in ("shown", "click", "like", "opinion")
    }
    assert pairs["opinion"].isin(pairs["click"]).all()
    assert pairs["like"].isin(pairs["click"]).all()
    assert pairs["click"].isin(pairs["shown"]).all()
    assert pairs["shown"].is_unique
    assert set(events.loc[events["kind"] == "shown", "why"]) == {"followed", "match", "first audience", "fill"}


def test_every_opinion_names_the_author_of_what_moved_it(loud: ts.Run) -> None:
    opinions, author = loud.events(kinds=["opinion"]), loud.items().set_index("item")["author"]
    assert (author[opinions["item"]].to_numpy() == opinions["ref"].to_numpy()).all()
    assert opinions["value"].between(0, 1).all()


def test_a_move_is_the_rule_of_bounded_confidence(loud: ts.Run) -> None:
    """Recomputed from agents, items and the log alone."""
    agents, stance = loud.agents(), loud.items().set_index("item")["stance"]
    now = agents["opinion"].to_numpy(np.float64)[:200].round(5)
    for agent, item, value in loud.events(kinds=["opinion"])[["agent", "item", "value"]].itertuples(index=False):
        gap = float(stance[item]) - now[agent]
        assert abs(gap) < agents["tolerance"][agent] + 1e-6
        assert value == pytest.approx(now[agent] + agents["susceptibility"][agent] * gap, abs=2e-5)
        now[agent] = round(float(value), 5)


def test_nobody_is_shown_a_post_twice_or_their_own(loud: ts.Run) -> None:
    shown, author = loud.events(kinds=["shown"]), loud.items().set_index("item")["author"]
    assert not shown.duplicated(["agent", "item"]).any()
    assert (author[shown["item"]].to_numpy() != shown["agent"].to_numpy()).all()
    born = loud.items().set_index("item")["born"][shown["item"]].to_numpy()
    assert ((shown["tick"] - born) < 5).all()


def test_bots_answer_harmful_posts_once_and_below_them_only(loud: ts.Run) -> None:
    items, bot = loud.items().set_index("item"), 205
    replies = items[items["author"] == bot]
    assert len(replies) > 5
    assert replies["reply_to"].is_unique
    assert (items.loc[replies["reply_to"], "harm"] >= 0.6).all()
    assert not loud.events(kinds=["shown"])["item"].isin(replies.index).any()


def test_the_rows_add_up_to_what_happened(loud: ts.Run) -> None:
    found = tally_of(loud).moved()
    agents, opinions = loud.agents(), loud.events(kinds=["opinion"])
    last = opinions.groupby("agent")["value"].last().round(5)
    end = agents["opinion"][:200].copy()
    end[last.index] = last
    assert found.end == pytest.approx(end.mean(), abs=1e-6)
    cells = [row for row in found.rows if row["source"] != "all"]
    assert sum(row["move"] for row in cells) == pytest.approx(found.end - found.start, abs=1e-6)
    assert sum(row["exposures"] for row in cells) == len(loud.events(kinds=["shown"])) == found.whole["exposures"]
    assert sum(row["reads"] for row in cells) == len(loud.events(kinds=["click"]))
    assert found.posts["move"].sum() == pytest.approx(200 * found.whole["move"], abs=1e-3)


def test_what_moved_one_member_ends_where_it_stands(loud: ts.Run) -> None:
    tally = tally_of(loud)
    of = tally.of_member(17)
    start = round(float(loud.agents()["opinion"][17]), 5)
    assert start + of["move"].sum() == pytest.approx(tally.opinions[17], abs=1e-4)
    assert of["share"].sum() == pytest.approx(1)
    assert set(of["authors"]) <= {"members", "persuaders"}


# ---- paired arms ---------------------------------------------------------------------------------------------------


def test_until_it_begins_nothing_differs_from_the_quiet_town(loud: ts.Run, quiet: ts.Run) -> None:
    kinds = ["shown", "click", "like", "opinion"]
    for tick in (0, 1):
        one, other = (run.events(ticks=range(tick, tick + 1), kinds=kinds) for run in (loud, quiet))
        pd.testing.assert_frame_equal(one.drop(columns=["item"]), other.drop(columns=["item"]))
    assert loud.tick_events(5).digest() != quiet.tick_events(5).digest()


def test_the_persuaders_move_members_towards_their_goal(loud: ts.Run, quiet: ts.Run) -> None:
    rows = {row["measure"]: row for row in ts.compare(quiet, loud).rows()}
    moved = rows["opinion_at_end"]
    assert (moved["unit"], moved["n"]) == ("agent", 200)
    assert moved["interval"][0] > 0
    assert moved["variance_removed"] > 0.9
    found = campaign_of(loud)
    assert found is not None
    assert found.control is not None
    assert found.control.difference == pytest.approx(moved["difference"], abs=1e-6)
    assert found.control.mean_a == pytest.approx(tally_of(quiet).moved().end)


def test_against_moves_down(tmp_path: Path) -> None:
    run = ts.run("campaign", seed=1, set=TOWN | {"persuaders.side": "against"}, out=tmp_path / "run")
    found = campaign_of(run)
    assert found is not None
    assert found.control is not None
    assert found.control.interval is not None
    assert found.control.interval[0] > 0
    assert series(run, "move_by_persuaders").iloc[-1] > 0


def test_who_is_easily_moved_is_warned_about(tmp_path: Path) -> None:
    values = TOWN | {
        "members.susceptibility.mean": 0.6,
        "members.tolerance.mean": 0.99,
        "persuaders.count": 40,
        "ticks": 6,
    }
    found = campaign_of(ts.run("campaign", set=values, out=tmp_path / "run"))
    assert found is not None
    assert "over-susceptible" in found.told[0]


def test_what_came_before_is_left_out_of_a_comparison_but_not_of_an_opinion(loud: ts.Run, quiet: ts.Run) -> None:
    whole, late = ({row["measure"]: row for row in ts.compare(quiet, loud, burn_in=n).rows()} for n in (0, 6))
    assert late["opinion_at_end"]["mean_b"] == pytest.approx(whole["opinion_at_end"]["mean_b"])
    moved = series(loud, "opinion_move")
    assert late["opinion_moved"]["mean_b"] == pytest.approx(moved[9] - moved[5], abs=1e-4)
    assert whole["opinion_moved"]["mean_b"] == pytest.approx(moved[9], abs=1e-4)


# ---- runs that stop, fork, come out again --------------------------------------------------------------------------


def test_it_comes_out_again(loud: ts.Run) -> None:
    assert loud.replay() is None


def test_forked_with_another_recommender(loud: ts.Run, tmp_path: Path) -> None:
    fork = loud.fork(4, {"recommender.name": "popular", "timeline.learns": "clicks"}, out=tmp_path / "fork")
    assert fork.info.status == "finished"
    assert fork.tick_events(3).digest() == loud.tick_events(3).digest()
    assert fork.tick_events(6).digest() != loud.tick_events(6).digest()
    assert fork.replay() is None


@pytest.mark.parametrize("at", [1, 5, 9])
def test_a_run_that_is_taken_up_ends_like_one_that_was_not_stopped(loud: ts.Run, tmp_path: Path, at: int) -> None:
    def stop(done: int, of: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        ts.run("campaign", seed=1, set=TOWN | {"record.checkpoints": 3}, out=out, progress=stop)
    whole = open_run(out).resume()
    for tick in range(10):
        assert whole.tick_events(tick).digest() == loud.tick_events(tick).digest()


def test_workers_change_nothing(loud: ts.Run, tmp_path: Path) -> None:
    run = ts.run("campaign", seed=1, set=TOWN, out=tmp_path / "run", workers=1)
    assert run.info.digest == loud.info.digest


@pytest.mark.parametrize("recommender", ["random", "ease", "recent"])
def test_any_recommender_will_do(recommender: str, tmp_path: Path) -> None:
    run = ts.run("campaign", set=TOWN | {"recommender.name": recommender, "ticks": 4}, out=tmp_path / "run")
    assert "match" in set(run.events(kinds=["shown"])["why"])


@pytest.mark.parametrize("rule", ["degree", "celf"])
def test_a_rule_chooses_the_first_audience(rule: str, tmp_path: Path) -> None:
    values = TOWN | {"persuaders.first.name": rule, "persuaders.audience": 7, "ticks": 4}
    run = ts.run("campaign", set=values, out=tmp_path / "run")
    agents, shown = run.agents(), run.events(kinds=["shown"])
    first = set(agents.loc[agents["first_audience"], "agent"])
    assert len(first) == 7
    assert set(shown.loc[shown["why"] == "first audience", "agent"]) == first


def test_a_moderator_of_copies_finds_persuaders(tmp_path: Path) -> None:
    run = ts.run("campaign", seed=1, set=TOWN | {"moderator.name": "near-duplicates"}, out=tmp_path / "run")
    verdicts, items = run.events(kinds=["verdict"]), run.items().set_index("item")
    gone = verdicts.loc[verdicts["why"] == "remove", "item"]
    persuading = items.loc[gone, "author"].between(200, 204)
    assert persuading.mean() > 0.5
    assert not run.events(kinds=["shown"])["item"].isin(gone).any()
    assert run.replay() is None


def test_told_of_their_audience_persuaders_stand_nearer_to_it(loud: ts.Run, tmp_path: Path) -> None:
    run = ts.run("campaign", seed=1, set=TOWN | {"persuaders.personalised": True}, out=tmp_path / "run")
    mine = [
        one.items()[one.items()["author"].between(200, 204)].groupby("born")["stance"].mean() for one in (loud, run)
    ]
    assert np.allclose(mine[0], 0.8)
    assert mine[1][2] == pytest.approx(0.8)
    assert mine[1][9] < 0.8


# ---- members and persuaders that a model stands for ----------------------------------------------------------------


def scripted(request: Request) -> str:
    """Reads the first two posts, likes one, answers some, and moves a tenth towards the middle; or writes a post."""
    prompt = request.messages[-1].text
    number = int(sha256(prompt.encode()).hexdigest(), 16)
    if "reads, a list" in prompt:
        (stands,) = re.findall(r"stands at (\d+)", prompt)
        shown = len(re.findall(r"^\[\d+, ", prompt, re.MULTILINE))
        reads = [{"post": i, "like": i == 1, "answer": "Not so fast." if number % 7 == 0 else "", "objects": False}
                 for i in range(1, 1 + min(2, shown))]  # fmt: skip
        own = {"opinion": round(int(stands) + (50 - int(stands)) / 10), "moved_by": 1} if "moved_by" in prompt else {}
        return json.dumps({"reads": reads, **own})
    post = {"text": f"Thought number {number % 1000} about it."}
    return json.dumps(post | ({"stance": 70} if "stance" in prompt else {}))


ASKED = {"members.count": 12, "members.mind": "llm", "members.update": "own", "members.posts": 0.3, "graph.degree": 4,
         "persuaders.count": 2, "persuaders.mind": "llm", "persuaders.posts": 1, "persuaders.start": 0,
         "persuaders.personalised": True, "persuaders.audience": 6, "ticks": 4}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("campaign", set=ASKED, model=scripted, out=tmp_path_factory.mktemp("asked") / "run")


def test_models_read_post_and_say_what_they_think(asked: ts.Run) -> None:
    assert set(asked.asks()["purpose"]) == {"browse", "post", "persuade"}
    assert set(asked.asks()["outcome"]) == {"answered"}
    kinds = asked.events().groupby("kind", observed=True).size()
    assert {"post", "shown", "click", "like", "opinion"} <= set(kinds.index)
    opinions = asked.events(kinds=["opinion"])
    assert np.allclose(100 * opinions["value"], (100 * opinions["value"]).round(), atol=1e-4)
    found = campaign_of(asked)
    assert found is not None
    assert found.control is None
    assert "models" in found.why
    assert asked.replay() is None


def test_the_estimate_of_calls_is_about_right(asked: ts.Run) -> None:
    guess = estimate(resolve("campaign", None, ASKED | {"chat.model": "openai:mine"}))
    assert 0.5 < guess["model_calls"] / len(asked.asks()) < 2


def test_under_the_rule_a_model_is_not_asked_for_its_opinion(tmp_path: Path) -> None:
    seen: list[str] = []

    def model(request: Request) -> str:
        seen.append(request.messages[-1].text)
        return scripted(request)

    run = ts.run("campaign", set=ASKED | {"members.update": "bounded"}, model=model, out=tmp_path / "run")
    assert not any("moved_by" in prompt for prompt in seen)
    assert len(run.events(kinds=["opinion"]))


def test_no_answer_is_no_opinion(tmp_path: Path) -> None:
    def model(request: Request) -> str:
        return "I would rather not." if "reads, a list" in request.messages[-1].text else scripted(request)

    run = ts.run("campaign", set=ASKED | {"chat.failures": 1.0, "ticks": 2}, model=model, out=tmp_path / "run")
    events = run.events()
    assert len(events[events["kind"] == "no_answer"]) > 0
    assert events[events["kind"].isin(["click", "opinion"])].empty


class Convinced:
    """Posts nothing, reads nothing, and is wholly for it."""

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.streams = streams

    async def decide(self, seen: Observations) -> Actions:
        if seen.task == "post":
            return Actions.concat([])
        return Actions.of("opinion", seen.agents, np.full(len(seen), -1), value=1.0)


def test_a_mind_of_ones_own_decides_what_members_think(tmp_path: Path) -> None:
    register("mind", "convinced")(Convinced)
    values = TOWN | {"members.mind": "convinced", "members.update": "own", "ticks": 2, "bots.count": 0}
    run = ts.run("campaign", set=values, out=tmp_path / "run")
    assert series(run, "opinion_mean").tolist() == [1.0, 1.0]
    found = campaign_of(run)
    assert found is not None
    assert [row["source"] for row in found.moved.rows if row["members"]] == ["not on record", "all", "all"]
    assert (found.control, found.why) == (None, "a mind of your own decides in it")


def test_the_town_without_models_is_run_beside_persuaders_with_one(tmp_path: Path) -> None:
    values = TOWN | {"persuaders.mind": "llm", "persuaders.posts": 1, "ticks": 4}
    found = campaign_of(ts.run("campaign", set=values, model=scripted, out=tmp_path / "run"))
    assert found is not None
    assert found.control is not None
    assert found.control.n == 200


# ---- command line, bad input, size ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_on_the_command_line(tmp_path: Path) -> None:
    words = [part for path, value in TOWN.items() for part in ("--set", f"{path}={value}")]
    told = answer(townsquare("run", "campaign", *words, "--seed", "1", "--out", "run", "--json", cwd=tmp_path))
    assert told["status"] == "finished"
    assert told["campaign"]["control"] is None  # a run of its own, which programs start themselves
    assert told["campaign"]["why"] == "it was not asked for"
    assert {row["authors"] for row in told["campaign"]["rows"]} == {"members", "persuaders", "all"}
    plain = townsquare("run", "campaign", *words, "--seed", "1", "--out", "again", cwd=tmp_path)
    assert "Who was moved by what they were shown" in plain.stdout
    assert re.search(r"Paired control: .* members moved \+0\.", plain.stdout)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"members.update": "own"}, "a behavioural member has no opinion of its own to say"),
        ({"members.mind": "llm"}, "needs a model"),
        ({"persuaders.audience": 201}, "persuaders.audience (201) may not be more than members.count (200)"),
        ({"persuaders.first.name": "degre"}, "Did you mean 'degree'"),
        ({"persuaders.side": "sideways"}, "persuaders.side"),
        ({"timeline.followed": 0.9, "timeline.first": 0.2}, "followed and first may not be more than 1 together"),
        ({"graph.degree": 7}, "even number"),
        ({"graph.kind": "karate"}, "give members.count = 34"),
        ({"members.opinion.mean": "high"}, "members.opinion.mean"),
        ({"persuaders.mind": "behavioural-reader"}, "cannot decide for a persuader"),
        ({"moderator.name": "linear"}, "learns from labelled texts"),
        ({"bots.policy.move": "empathy"}, "cognitive and positive has facts, consequences"),
    ],
)
def test_what_cannot_be_is_a_sentence(values: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises((InputError, ScenarioError)) as caught:
        ts.run("campaign", set=TOWN | values, out=tmp_path / "run")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_members_may_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text("".join(f"m{i},m{(i + 1) % 9}\n" for i in range(9)))
    (tmp_path / "people.csv").write_text("id,opinion\n" + "".join(f"m{i},{i / 8}\n" for i in range(9)))
    values = {"members.count": 9, "graph.kind": "file", "graph.path": str(tmp_path / "edges.csv"), "ticks": 3}
    values |= {"graph.table": str(tmp_path / "people.csv"), "graph.directed": True, "persuaders.audience": 3}
    run = ts.run("campaign", set=values, out=tmp_path / "run")
    members = run.agents()[run.agents()["group"] == "members"]
    by_id = members.set_index("node")["opinion"]
    assert [by_id[f"m{i}"] for i in range(9)] == pytest.approx([i / 8 for i in range(9)])
    assert (members["followers"] == 1).all()
    assert len(run.info.data) == 2
    (tmp_path / "people.csv").write_text("id,opinion\n" + "".join(f"m{i},{i}\n" for i in range(9)))
    with pytest.raises(InputError, match=r"opinion.*'?m2'?"):
        ts.run("campaign", set=values, out=tmp_path / "other")


def test_the_estimate_is_about_right(loud: ts.Run) -> None:
    guess = estimate(resolve("campaign", None, TOWN))
    assert guess["model_calls"] == 0
    assert 0.5 < guess["events"] / len(loud.events()) < 2


# ---- what is written about it --------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[1]


def settings(model: type[BaseModel], values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Every path of the scenario's own that --set takes, with its default."""
    found: dict[str, Any] = {}
    for name in model.model_fields:
        kind, path = model.model_fields[name].annotation, before + name
        if isinstance(values[name], dict) and "name" in values[name]:
            found[path + ".name"] = values[name]["name"]
        elif isinstance(kind, type) and issubclass(kind, Settings):
            found |= settings(kind, values[name], path + ".")
        else:
            found[path] = values[name]
    return found


def test_every_setting_is_told() -> None:
    own = ("ticks", "proposition", "members", "graph", "persuaders", "timeline", "retrain", "moderator", "learning")
    defaults = {
        path: "–" if value is None else value if isinstance(value, str) else json.dumps(value)
        for path, value in settings(Campaign, Campaign().model_dump(mode="json")).items()
        if path.split(".")[0] in own and not path.startswith("members.bystanders")
    }
    page = (ROOT / "docs" / "campaign.md").read_text("utf-8").split("# Every setting of its own\n", 1)[1]
    told = dict(re.findall(r"^\| `([\w.]+)` \| (.*?) ?\|", page, flags=re.MULTILINE))
    assert {path: value.strip() for path, value in told.items()} == defaults


def test_every_measure_is_told(loud: ts.Run) -> None:
    page = (ROOT / "docs" / "campaign.md").read_text("utf-8").split("## Measures\n", 1)[1].split("\n## ", 1)[0]
    told = {name for line in page.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line)}
    found = set(loud.measures()["measure"])
    assert told <= found
    assert found - told <= set((ROOT / "docs" / "counterspeech.md").read_text("utf-8").replace("`", " ").split())


@pytest.mark.slow
def test_the_page_runs(tmp_path: Path) -> None:
    """Its first block with a small town, and its block of Python."""
    page = (ROOT / "docs" / "campaign.md").read_text("utf-8")
    (shell, python) = re.findall(r"^(?<!-->\n)```(?:sh|python)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[:2]
    small = ["--set", "members.count=80", "--set", "ticks=7"]
    for line in shell.splitlines():
        words = shlex.split(line)[1:]
        done = townsquare(*words, *(small if words[0] == "run" else ()), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = subprocess.run([sys.executable, "-W", "error", "-c", python], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_sweep_of_the_example_is_possible() -> None:
    plan = read(str(ROOT / "examples" / "campaign" / "sweep.toml"))
    assert {arm.name for arm in plan.arms} == {
        "campaign",
        "quiet",
        "one_for_all",
        "nobody_first",
        "random_feed",
        "no_copies",
    }


@pytest.mark.slow
def test_the_example_prints_what_its_readme_says(tmp_path: Path) -> None:
    readme = (ROOT / "examples" / "campaign" / "README.md").read_text("utf-8")
    (wanted,) = re.findall(r"^```text\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    scenario = ROOT / "examples" / "campaign" / "scenario.toml"
    printed = townsquare("run", str(scenario), "--out", "run", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    lines = [line.rstrip() for line in printed.stdout.splitlines() if line.strip()]
    told = [line.rstrip() for line in wanted.splitlines() if line.strip()]
    start = lines.index(told[0])
    assert lines[start : start + len(told)] == told


@pytest.mark.slow
def test_the_report_is_made(loud: ts.Run, quiet: ts.Run, tmp_path: Path) -> None:
    page = loud.report(tmp_path / "page.html", control=quiet).read_text("utf-8")
    assert "Paired differences" in page
    assert "Who was moved by what they were shown" in page
    assert "because of them members moved" not in page  # the other run stands there
    alone = loud.report(tmp_path / "alone.html").read_text("utf-8")
    assert "because of them members moved" in alone
