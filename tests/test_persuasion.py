"""A debate trial, from a run to its table."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from tests.bus import bus
from tests.commands import answer, townsquare
from tests.debaters import Plain, Yielding
from townsquare.cli import trial_table
from townsquare.estimate import estimate
from townsquare.evaluate.persuasion import evaluate_persuasion
from townsquare.interviews import asked
from townsquare.protocols import registry
from townsquare.protocols.chat import Request
from townsquare.protocols.debate import ARMS, FIELDS
from townsquare.protocols.errors import InputError
from townsquare.runs import open_run, resolve

SMALL = {"debates": 4, "control": 3}


@pytest.fixture(scope="module", autouse=True)
def _our_minds() -> Iterator[None]:
    ours: dict[str, type] = {"plain": Plain, "yielding": Yielding}
    for name, cls in ours.items():
        registry.register("mind", name)(cls)
    yield
    for name in ours:
        del registry._REGISTERED["mind", name]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The default trial, on the command line."""
    folder = tmp_path_factory.mktemp("trial")
    return answer(townsquare("run", "persuasion", "--out", "run", "--json", cwd=folder)), folder / "run"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("persuasion", set=SMALL | {"judges.count": 1}, out=tmp_path_factory.mktemp("trial") / "small")


# ---- the default trial ---------------------------------------------------------------------------------------------


def test_six_hundred_debates_in_time_with_their_table(whole: tuple[dict[str, Any], Path]) -> None:
    told, folder = whole
    assert told["status"] == "finished"
    assert told["seconds"] < 30
    trial = told["trial"]
    people = {row["arm"]: row["people"] for row in trial["arms"]}
    assert people == {**dict(zip(ARMS, (300, 150, 150, 150), strict=True)), "no-debate": 150}
    arms = {row["term"]: row for row in trial["rows"] if row["part"] == "arm"}
    assert arms["human-ai-personalised"]["published"] == 0.5945
    assert abs(arms["human-ai-personalised"]["estimate"] - 0.5945) < 2.5 * 0.1856
    assert trial["warnings"] == []
    assert any("no-debate: 150 people" in remark for remark in trial["remarks"])
    assert any("no language model" in remark for remark in trial["remarks"])
    assert len(open_run(folder).events(kinds=["say"])) == 3 * 1200


def test_it_prints_what_a_person_reads(whole: tuple[dict[str, Any], Path]) -> None:
    page = townsquare("fork", str(whole[1]), "--at", "6", "--out", "again", cwd=whole[1].parent).stdout
    for words in (
        *ARMS,
        "no-debate",
        "published",
        "took opponent for an AI",
        "drawn from what people did",
        "run folder",
    ):
        assert words in page, page
    assert "What happened" not in page


def test_a_run_is_evaluated_like_a_table(whole: tuple[dict[str, Any], Path]) -> None:
    assert evaluate_persuasion(open_run(whole[1])).rows() == whole[0]["trial"]["rows"]


def test_it_comes_out_again(whole: tuple[dict[str, Any], Path]) -> None:
    assert open_run(whole[1]).replay() is None


# ---- taken up, forked, changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_a_trial_that_is_taken_up_ends_like_one_that_was_not_stopped(small: ts.Run, tmp_path: Path, at: int) -> None:
    def stop(done: int, of: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ts.run("persuasion", set=SMALL | {"judges.count": 1}, out=tmp_path / "run", progress=stop)
    taken_up = open_run(tmp_path / "run").resume()
    assert taken_up.info.digest == small.info.digest
    assert taken_up.measures().equals(small.measures())
    fork = small.fork(at, out=tmp_path / "fork")
    assert fork.info.digest == small.info.digest


def test_what_a_run_folder_holds(small: ts.Run) -> None:
    agents, items = small.agents(), small.items()
    people = agents[agents["group"] == "people"]
    assert list(agents.columns)[:7] == ["agent", "name", "group", "arm", "debate", "topic", "counted"]
    assert agents["name"].is_unique
    assert (people[list(FIELDS)] != "").all().all()
    assert (agents[agents["group"] != "people"][list(FIELDS)] == "").all().all()
    said = items[items["author"] >= 0]
    assert len(items) == 30 + 3 * 8 * 4
    assert (said["text"] != "").all()
    assert set(said["item"]) == set(small.events(kinds=["say"])["item"])
    assert small.info.categories == ["low", "medium", "high"]
    assert set(small.events(kinds=["code"])["value"]) <= {0.0, 1.0, 2.0, 3.0}


def test_the_same_person_argues_from_the_same_start_whoever_the_opponent_is(small: ts.Run, tmp_path: Path) -> None:
    other = ts.run("persuasion", set=SMALL | {"opponents.mind": "plain"}, out=tmp_path / "run")
    for tick in (0, 1):
        assert other.tick_events(tick).digest() == small.tick_events(tick).digest()
    drawn = [run.events(kinds=["opinion"]).query("why == 'drawn'")["value"].tolist() for run in (small, other)]
    assert drawn[0] == drawn[1]


def test_minds_that_give_in_are_warned_of(tmp_path: Path) -> None:
    own = {"debates": 30, "people.mind": "yielding", "people.update": "own"}
    trial = trial_table.of(ts.run("persuasion", set=own, out=tmp_path / "run"))
    assert trial is not None
    warned = trial.plain()["warnings"]
    assert len(warned) == 4
    assert all("over-susceptible" in sentence for sentence in warned)
    control = trial.arms[-1]
    assert (control["arm"], control["shift"]) == ("no-debate", 0.0)


def test_two_trials_of_the_same_people_are_compared_person_by_person(tmp_path: Path) -> None:
    own = {"debates": 30, "people.update": "own"}
    firm, soft = (
        ts.run("persuasion", set=own | {"people.mind": mind}, out=tmp_path / mind) for mind in ("plain", "yielding")
    )
    rows = {row["measure"]: row for row in ts.compare(firm, soft).rows() if row["unit"] == "agent"}
    assert set(rows) == {"agreed_before", "agreed_after", "moved_to_opponent", "took_for_ai"}
    assert rows["agreed_before"]["difference"] == 0
    assert rows["moved_to_opponent"]["difference"] > 1
    assert rows["moved_to_opponent"]["n"] == 6 * 30 + 150
    page = soft.report(tmp_path / "page.html", control=firm).read_text("utf-8")
    assert "Shift: how far people moved towards their opponents" in page
    assert "Shift, human-ai-personalised" in page


def test_one_person_alone_against_a_mind(tmp_path: Path) -> None:
    one = {"debates": 1, "control": 0, "arms": "human-ai", "topics": "penny", "side": "pro", "people.update": "own"}
    run = ts.run("persuasion", set=one, out=tmp_path / "run")
    assert run.events(kinds=["assign"])["value"].tolist() == [1.0, -1.0]
    assert run.items()["text"].iloc[0] == "Should the Penny Stay in Circulation?"
    assert trial_table.of(run) is not None


def test_topics_and_people_of_ones_own(tmp_path: Path) -> None:
    people = [{"demographics": {"gender": "female", "ethnicity": ["asian", "white"]}}, {"name": "Bo"}]
    own = {"own_topics": "Are cats better than dogs?", "people.personas": people, "debates": 1, "control": 0}
    run = ts.run("persuasion", set=own, out=tmp_path / "run")
    agents = run.agents()
    assert agents["gender"].tolist()[:3] == ["female", "", "female"]  # both of the first debate, then the first again
    assert agents["ethnicity"][0] == "asian+white"
    assert run.items()["category"].tolist() == [-1] * len(run.items())
    assert run.replay() is None
    table = tmp_path / "people.csv"
    table.write_text("gender,politics\nfemale,democrat\nmale,republican\n")
    run = ts.run("persuasion", set=own | {"people.personas": str(table)}, out=tmp_path / "two")
    assert run.agents()["politics"].tolist()[:2] == ["democrat", "republican"]
    assert str(table) in run.info.data


# ---- language models -----------------------------------------------------------------------------------------------


def answers(request: Request) -> str:
    """Rates in the middle, argues in a sentence, and takes everybody for an AI."""
    task = request.messages[-1].text.rpartition("\n\n")[2]
    if "statement" in task:
        return json.dumps({"statement": f"I say so for {len(task)} reasons."})
    if "thought" in task:
        return json.dumps({"agreement": 2, "thought": 4})
    return json.dumps({"agreement": 3, "opponent": "ai"} if "opponent" in task else {"agreement": 2})


def stubborn(request: Request) -> str:
    """As ``answers``, but rates topics with nine of five."""
    found = json.loads(answers(request))
    return json.dumps(found | {"agreement": 9} if "thought" in found else found)


MODELS = {"people.mind": "llm", "opponents.mind": "llm", "people.update": "own"}


def named(script: Any) -> dict[str, Any]:
    return SMALL | MODELS | {"chat.model": f"scripted:{script.__module__}:{script.__qualname__}"}


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return ts.run("persuasion", set=SMALL | MODELS, model=answers, out=tmp_path_factory.mktemp("trial") / "run")


def test_debates_between_language_models(modelled: ts.Run) -> None:
    assert set(modelled.asks()["outcome"]) == {"answered"}
    opinions = modelled.events(kinds=["opinion"])
    assert set(opinions["why"]) == {"before", "after"}
    assert modelled.replay() is None
    debated = opinions[(opinions["why"] == "after") & (opinions["ref"] >= 0)]
    assert set(debated["value"]) == {3.0}


def test_prompts_hold_the_opponents_fields_where_that_is_told_and_none_elsewhere(modelled: ts.Run) -> None:
    agents = modelled.agents().set_index("agent")
    facts = agents[list(FIELDS)]
    telling = {word for column in facts for word in facts[column] if re.search(r"\d|-|democrat|republican", word)}
    sides = modelled.events(kinds=["assign"]).set_index("agent")["ref"]
    seen = 0
    for agent, other in sides.items():
        told = agents["group"][agent] == "opponents" or not agents["counted"][agent]
        told = told and "personalised" in agents["arm"][agent]
        for tick in (2, 3, 4):
            (ask,) = asked(modelled, int(agent), tick)
            prompt = "\n".join(message["text"] for call in ask["calls"] for message in call["messages"])
            block = re.findall(r"<profile-\w+>\n(.*?)\n</profile", prompt, re.DOTALL)
            lines = [json.loads(line) for line in block[0].splitlines()] if block else []
            if told:
                assert lines == [f"{field}: {facts[field][other]}" for field in FIELDS]
                seen += 1
            else:
                assert lines == []
            rest = prompt.replace(block[0] if block else "", "")
            assert not any(f"{field}: " in rest for field in FIELDS)
            assert not any(word in rest for word in telling), rest
    assert seen == 2 * 4 * 3
    (screened,) = asked(modelled, 0, 1)
    assert facts["age_band"][0] in json.dumps(screened["calls"])


def test_a_rating_off_the_scale_is_no_answer_and_never_no_change(tmp_path: Path) -> None:
    wild = ts.run("persuasion", set=SMALL | MODELS | {"chat.failures": 1.0}, model=stubborn, out=tmp_path / "run")
    silent = wild.events(kinds=["no_answer"])
    assert len(silent[silent["tick"] == 1]) == 27
    assert wild.events(kinds=["opinion"]).empty
    trial = trial_table.of(wild)
    assert trial is not None
    assert trial.analysis is None
    assert len(trial.warnings) == 1
    assert any("27 questions got no valid answer" in sentence for sentence in trial.told)


def test_the_estimate_is_about_right(modelled: ts.Run) -> None:
    guess = estimate(resolve("persuasion", None, named(answers)))
    assert guess["model_calls"] == pytest.approx(len(modelled.asks()), rel=0.2)
    assert guess["events"] == pytest.approx(len(modelled.events()), rel=0.2)
    large = estimate(resolve("persuasion", None, named(answers) | {"debates": 40, "people.mind": "behavioural"}))
    assert large["model_calls"] == 80 * 3


def test_people_with_a_model_can_be_asked_and_a_fork_may_ask_another(modelled: ts.Run, tmp_path: Path) -> None:
    questions = [{"id": "why", "text": "Why?"}]
    ticks = {"group": "people", "questions": questions, "ticks": [5]}
    told = ts.run(
        "persuasion", set=SMALL | MODELS | {"questionnaires": [ticks]}, model=talkative, out=tmp_path / "told"
    )
    assert len(told.answers()) == 27
    other = {"chat.model": f"scripted:{talkative.__module__}:{talkative.__qualname__}"}
    fork = modelled.fork(4, other, model=talkative, out=tmp_path / "fork")
    assert fork.tick_events(3).digest() == modelled.tick_events(3).digest()
    assert fork.info.status == "finished"
    assert fork.replay() is None


def talkative(request: Request) -> str:
    """As ``answers``; says something to whatever else it is asked."""
    asked_for = json.dumps(request.schema) if getattr(request, "schema", None) else request.messages[-1].text
    if "answer" in asked_for and "statement" not in asked_for and "agreement" not in asked_for:
        return json.dumps({"answer": 3})
    return answers(request)


def test_check_tells_what_model_driven_opponents_cost(tmp_path: Path) -> None:
    words = ("--set", "opponents.mind=llm", "--model", "openai:gpt-4o-mini", "--json")
    told = answer(townsquare("check", "persuasion", *words, cwd=tmp_path, OPENAI_API_KEY="sk-none"))
    assert told["estimate"]["model_calls"] == 900
    assert 0 < told["estimate"]["usd"] < 1


# ---- agents elsewhere ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_opponents_elsewhere_argue_as_those_at_home_do(small: ts.Run, tmp_path: Path) -> None:
    with bus(tmp_path) as there:
        words = ("join", "--mind", "behavioural-debater", "--name", "ann", "--broker", there.url)
        agent = subprocess.Popen([sys.executable, "-m", "townsquare", *words], stdout=subprocess.DEVNULL)
        try:
            away = {"opponents.mind": "remote", "remote.broker": there.url, "remote.wait": 30}
            run = ts.run("persuasion", set=SMALL | {"judges.count": 1} | away, out=tmp_path / "run")
        finally:
            agent.terminate()
            agent.wait()
    for tick in range(6):
        assert run.tick_events(tick).digest() == small.tick_events(tick).digest()
    assert set(run.asks()["model"]) == {"remote:ann"}
    assert run.replay() is None


# ---- what is wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"people.mind": "llm-reader"}, "people.mind"),
        ({"people.mind": "behavioural-reader"}, "is no debater"),
        ({"judges.mind": "behavioural-debater", "judges.count": 1}, "is no rhetoric judge"),
        ({"judges.mind": "remote", "judges.count": 1}, "judges.mind: agents elsewhere debate"),
        ({"opponents.mind": "behaviural"}, "behavioural"),
        ({"people.personas": "nowhere.csv"}, "there is no file nowhere.csv"),
        ({"people.personas": [{"name": "Ann"}]}, "holds 1 personas, and 300 are needed"),
        ({"people.personas": [{"hair": "red"}]}, "people.personas, entry 0"),
        ({"opponents.mind": "remote"}, "--broker"),
    ],
)
def test_what_cannot_be_built_is_a_sentence(values: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        ts.run("persuasion", set=values, out=tmp_path / "run")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_on_the_command_line_it_is_exit_code_2(tmp_path: Path) -> None:
    for setting in ("topics=peny", "arms=human-robot", "ticks=5"):
        done = townsquare("run", "persuasion", "--set", setting, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1, done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
