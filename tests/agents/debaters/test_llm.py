"""The debater whose answers a model gives. The models here are functions."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import townsquare as ts
from tests.agents.debaters.seats import ANN, OPENING, PENNY, rows
from tests.agents.minds.askers import Told
from townsquare.agents.chat.cassette import Cassette
from townsquare.agents.debaters.llm import LLMDebater, incognito
from townsquare.agents.personas import Demographics, Persona
from townsquare.protocols.actions import KIND
from townsquare.protocols.asking import Answer
from townsquare.protocols.chat import Request
from townsquare.protocols.debate import ARMS, FIELDS
from townsquare.protocols.events import REASON

TOPIC = [("topic", PENNY)]
SAID = [("topic", PENNY), *[("own", "Pennies shine."), ("opponent", "Nickels clank.")] * 3]


def debater(say: Any, persona: Persona | None = None) -> tuple[LLMDebater, Told]:
    told = Told(say if callable(say) else lambda ask: say)
    return LLMDebater(LLMDebater.Config(), told, lambda agent: persona), told


async def test_screening_rates_twice() -> None:
    mind, told = debater({"agreement": 2, "thought": 5})
    done = await mind.decide(rows("screen", 1, TOPIC, TOPIC))
    assert [KIND["opinion"], KIND["rate"]] * 2 == done.kind.tolist()
    assert done.value.tolist() == [2, 5, 2, 5]
    assert {ask.purpose for ask in told.asked} == {"screen"}


async def test_a_statement_is_cleaned_and_answers_the_opponent() -> None:
    mind, _ = debater({"statement": "One\nline\x1b, two\u200b words."})
    done = await mind.decide(rows("argue", OPENING + 1, [("topic", PENNY), ("own", "a"), ("opponent", "b")]))
    assert done.text.tolist() == ["One line , two words."]
    assert done.item.tolist() == [2]


async def test_settling_gives_opinion_and_guess_and_the_control_no_guess() -> None:
    mind, _ = debater({"agreement": 4, "opponent": "ai"})
    done = await mind.decide(rows("settle", 5, SAID, before=2))
    assert (done.kind.tolist(), done.value.tolist()) == ([KIND["opinion"], KIND["guess"]], [4, 1])
    waits, told = debater({"agreement": 3})
    done = await waits.decide(rows("settle", 5, TOPIC, side=0, before=3))
    assert (done.kind.tolist(), done.value.tolist()) == ([KIND["opinion"]], [3])
    assert "opponent" not in told.asked[0].answer.model_fields


BAD: list[tuple[str, dict[str, Any]]] = [
    ("screen", {"agreement": 6, "thought": 3}),
    ("screen", {"agreement": 3, "thought": 0}),
    ("screen", {"agreement": 3}),
    ("argue", {"statement": ""}),
    ("argue", {"statement": "\u200b \n"}),
    ("argue", {"statement": "x" * 2_001}),
    ("settle", {"agreement": 0, "opponent": "ai"}),
    ("settle", {"agreement": 3, "opponent": "robot"}),
    ("settle", {"agreement": "no change"}),
]


@pytest.mark.parametrize(("task", "said"), BAD)
async def test_a_bad_answer_is_no_answer_and_never_an_unchanged_opinion(task: str, said: dict[str, Any]) -> None:
    mind, _ = debater(said)
    done = await mind.decide(rows(task, 2, SAID, before=3))
    assert done.kind.tolist() == [KIND["no_answer"]]
    assert done.value.tolist() == [REASON["invalid"]]


@pytest.mark.parametrize(("outcome", "why"), [("refused", "declined"), ("failed", "failed")])
async def test_a_refusal_and_a_failure_are_told_apart(outcome: Any, why: str) -> None:
    mind, _ = debater(Answer(outcome, None, "no"))
    done = await mind.decide(rows("argue", OPENING, TOPIC))
    assert done.value.tolist() == [REASON[why]]


async def test_a_statement_that_gives_the_profile_away_is_sent_back() -> None:
    mind, told = debater({"statement": "As a 25-34 year old democrat you will see it my way."})
    done = await mind.decide(rows("argue", OPENING, [*TOPIC, ("profile", ANN)]))
    assert done.kind.tolist() == [KIND["no_answer"]]
    ask = told.asked[0]
    wrong = ask.check(ask.answer(statement="As a 25-34 year old democrat you agree."))
    assert wrong == "the statement says what you are not to mention about the other side (age_band, politics)"
    assert ask.check(ask.answer(statement="You will see it my way.")) == ""
    free, _ = debater({"statement": "As a 25-34 year old democrat you will see it my way."})
    assert (await free.decide(rows("argue", OPENING, TOPIC))).kind.tolist() == [KIND["say"]], "nothing told, no leak"


def test_incognito_drops_the_fields_and_what_names_them() -> None:
    ann = Persona(
        name="Ann",
        demographics=Demographics(
            politics="democrat", employment="self-employed", ethnicity=("white",), gender="other"
        ),
        reflections=("I have always voted democrat.", "I was self employed for years.", "I like other people."),
        stances={"penny": 5},
    )
    found = incognito(ann)
    assert found is not None
    assert found.demographics == Demographics()
    assert found.reflections == ("I like other people.",)
    assert (found.name, found.stances) == (ann.name, ann.stances)
    assert incognito(None) is None


# ---- a real run, and what its cassette holds --------------------------------------------------------------------


def people(count: int) -> list[dict[str, Any]]:
    """Personas of whom every field is a word that occurs nowhere else."""
    words = [{field: f"{field[:3]}x{n}x" for field in FIELDS} for n in range(count)]
    return [{"demographics": {**each, "ethnicity": [each["ethnicity"]]}} for each in words]


def speaker(request: Request) -> str:
    """Answers by what is asked; its statements tell apart who said what when."""
    task = request.messages[-1].text
    if "for the first time" in task:
        return json.dumps({"agreement": 1 + len(task) % 5, "thought": 3})
    if "Write your" in task:
        stage = re.findall(r"Write your (\w+)", task)[0]
        side = "pro" if "Your side: for it" in task else "con"
        return json.dumps({"statement": f"A {stage} of the {side} side, number {len(task)}."})
    if "Some minutes" in task:
        return json.dumps({"agreement": 3})
    return json.dumps({"agreement": 2, "opponent": "human"})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    settings = {
        "debates": 3,
        "control": 3,
        "people.mind": "llm",
        "opponents.mind": "llm",
        "people.personas": people(6),
        "people.update": "own",
    }
    return ts.run("persuasion", set=settings, model=speaker, out=tmp_path_factory.mktemp("llm") / "run")


def prompts(run: ts.Run, purpose: str) -> Iterator[tuple[int, int, str]]:
    """Agent, tick and whole text of every prompt of a purpose, from the cassette."""
    asks = run.asks()
    with Cassette(run.path / "cassette.sqlite", "replay", run=run.info.id) as cassette:
        for row in asks[asks["purpose"] == purpose].to_dict("records"):
            for key in row["keys"]:
                held = cassette.look_up(key)
                assert held is not None
                yield row["agent"], row["tick"], "\n".join(message.text for message in held[0].messages)


def words_of(run: ts.Run, agent: int) -> set[str]:
    return {value for value in run.agents().set_index("agent").loc[agent, list(FIELDS)] if value}


def test_everybody_was_asked_and_answered(run: ts.Run) -> None:
    events = run.events()
    assert not events["kind"].isin(["no_answer", "refused"]).any()
    assert (events["kind"] == "say").sum() == 4 * 3 * 2 * 3
    assert len(list(prompts(run, "argue"))) == 4 * 3 * 2 * 3
    assert len(list(prompts(run, "settle"))) == 18 + 3


def test_prompts_hold_a_profile_only_where_it_is_told_and_then_the_opponents_six(run: ts.Run) -> None:
    """Dossier persuasion 2(e) 6: by string search over what was recorded."""
    agents = run.agents().set_index("agent")
    everybody = {word for agent in agents.query("group == 'people'").index for word in words_of(run, agent)}
    assert len(everybody) == 6 * len(FIELDS)
    told_rows = 0
    for agent, _, text in prompts(run, "argue"):
        mine = agents.loc[agent]
        (other,) = agents.index[(agents["debate"] == mine["debate"]) & (agents.index != agent)]
        told = "personalised" in mine["arm"] and not mine["counted"]
        found = {word for word in everybody if word in text}
        assert found == (words_of(run, other) if told else set()), (agent, mine["arm"])
        assert ("profile" in text) == told
        told_rows += told
        if told:
            assert len(found) == len(FIELDS)
            assert all(text.count(f"{field}: ") == 1 for field in FIELDS)
    assert told_rows == 2 * 3 * 3, "in both personalised arms one side of three debates, three turns each"
    assert {arm for arm in agents["arm"] if "personalised" in arm} == {ARMS[2], ARMS[3]}


def test_one_is_told_who_one_is_before_and_after_but_not_who_the_opponent_is(run: ts.Run) -> None:
    agents = run.agents().set_index("agent")
    everybody = {word for agent in agents.query("group == 'people'").index for word in words_of(run, agent)}
    for purpose in ("screen", "settle"):
        for agent, _, text in prompts(run, purpose):
            assert {word for word in everybody if word in text} == words_of(run, agent)


def test_no_stage_shows_more_than_it_should(run: ts.Run) -> None:
    """Dossier persuasion 2(e) 5 and 8, on the side of the mind: what each turn's prompt holds of what was said."""
    agents, events = run.agents().set_index("agent"), run.events()
    texts = run.items().set_index("item")["text"]
    said = {(row.agent, row.tick): texts[row.item] for row in events[events["kind"] == "say"].itertuples()}
    sides = events[events["kind"] == "assign"].set_index("agent")["value"]
    everything = set(said.values())
    for agent, tick, text in prompts(run, "argue"):
        mine = agents.loc[agent]
        (other,) = agents.index[(agents["debate"] == mine["debate"]) & (agents.index != agent)]
        may = {said[who, before] for who in (agent, other) for before in range(OPENING, tick)}
        assert {one for one in everything if one in text} == may
        assert ("for it (pro)" in text) == (sides[agent] > 0)
    for _, _, text in prompts(run, "screen"):
        assert "Your side" not in text
        assert "argued" not in text


def test_it_replays_without_the_model(run: ts.Run) -> None:
    assert run.replay() is None


def leaky(request: Request) -> str:
    """Gives away what it is told: at first one time in two, when asked again always."""
    task = request.messages[1].text
    told = re.findall(r'"politics: (\w+)"', task)
    if "Write your" in task and told:
        again = len(request.messages) > 2
        mended = again and len(task) % 2
        return json.dumps({"statement": "I keep it to myself." if mended else f"As a {told[0]}, you agree."})
    return speaker(request)


def test_a_leak_is_asked_about_once_more_and_then_counted(tmp_path: Path) -> None:
    settings = {
        "debates": 4,
        "control": 0,
        "arms": ["human-ai-personalised"],
        "opponents.mind": "llm",
        "chat.failures": 1.0,
    }
    done = ts.run("persuasion", set=settings, model=leaky, out=tmp_path / "run")
    asks = done.asks()
    assert set(asks["outcome"]) <= {"repaired", "invalid"}
    assert len(asks) == 4 * 3
    events = done.events()
    invalid = int((asks["outcome"] == "invalid").sum())
    assert (events["kind"] == "no_answer").sum() == invalid
    assert not any("As a" in text for text in done.items()["text"] if "you agree" in text)
    assert np.isin(events["kind"], ["say"]).sum() == 4 * 3 * 2 - invalid
