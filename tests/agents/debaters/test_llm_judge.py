"""The judge that reads. The model is a function."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from tests.agents.debaters.seats import rows
from tests.agents.minds.askers import Told
from townsquare.agents.debaters.llm_judge import LLMRhetoricJudge, wrong
from townsquare.protocols.actions import KIND
from townsquare.protocols.chat import Request
from townsquare.protocols.debate import STRATEGIES

TEXT = "Because it’s late, we  stop; every doctor says so."


def codes(**levels: tuple[int, str]) -> dict[str, Any]:
    found = dict.fromkeys(STRATEGIES, (0, "")) | {name.replace("_", " "): value for name, value in levels.items()}
    return {"codes": [{"strategy": name, "level": level, "quote": quote} for name, (level, quote) in found.items()]}


def judge(say: Any) -> tuple[LLMRhetoricJudge, Told]:
    told = Told(say)
    return LLMRhetoricJudge(LLMRhetoricJudge.Config(), told), told


async def test_levels_with_quotes_become_codes() -> None:
    mind, told = judge(lambda ask: codes(logical_reasoning=(3, "because its LATE we stop"), authority=(1, "doctor")))
    done = await mind.decide(rows("code", 5, [("own", TEXT), ("own", TEXT)]))
    assert done.item.tolist() == [0, 1]
    assert done.vector.tolist() == [[3, 0, 0, 1, 0, 0, 0, 0, 0, 0]] * 2
    assert [ask.number for ask in told.asked] == [0, 1], "asks of one judge are told apart"


@pytest.mark.parametrize(
    "said",
    [
        codes(evidence=(2, "words that are not there")),
        codes(evidence=(2, "")),
        codes(evidence=(4, "late")),
        {"codes": codes()["codes"][:9]},
        {"codes": [*codes()["codes"][:9], codes()["codes"][0]]},
        {"codes": [*codes()["codes"][:9], {"strategy": "charm", "level": 0, "quote": ""}]},
        {},
    ],
)
async def test_what_is_no_coding_is_no_answer(said: dict[str, Any]) -> None:
    mind, _ = judge(lambda ask: said)
    done = await mind.decide(rows("code", 5, [("own", TEXT)]))
    assert done.kind.tolist() == [KIND["no_answer"]]


async def test_what_is_wrong_is_said_so_that_it_can_be_mended() -> None:
    mind, told = judge(lambda ask: codes())
    await mind.decide(rows("code", 5, [("own", TEXT)]))
    answer = told.asked[0].answer.model_validate(codes(stories=(1, "a tale")))
    assert (
        wrong(answer, TEXT) == "the quote for stories is not in the text; copy its words exactly, or give the level 0"
    )


def reader(request: Request) -> str:
    """Codes what it is shown: statements with a quotation for inconsistencies, which it quotes."""
    (text,) = re.findall(r'^"(.*)"$', request.messages[1].text, re.MULTILINE)
    quoted = "“" in text
    return json.dumps(codes(pointing_out_inconsistencies=(2, text) if quoted else (0, "")))


def test_judges_in_a_trial(tmp_path: Path) -> None:
    settings = {"debates": 2, "control": 0, "arms": ["human-ai"], "judges.count": 1, "judges.mind": "llm"}
    run = ts.run("persuasion", set=settings, model=reader, out=tmp_path / "run")
    events = run.events()
    coded = events[events["kind"] == "code"]
    assert len(coded) == 2 * 2 * 3 * len(STRATEGIES)
    found = coded[coded["rank"] == STRATEGIES.index("pointing out inconsistencies")]
    texts = run.items().set_index("item")["text"]
    assert [value == 2 for value in found["value"]] == ["“" in texts[item] for item in found["item"]]
    assert set(run.asks()["purpose"]) == {"code"}
    assert run.replay() is None
