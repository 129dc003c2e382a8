"""Judges that guess."""

import json

import pytest

from townsquare.evaluate.persuaders.made import made_posts
from townsquare.evaluate.persuaders.settings import PersuadersSettings
from townsquare.evaluate.persuaders.simulation import evaluate_simulation
from townsquare.protocols import InputError
from townsquare.protocols.chat import Request

SMALL = PersuadersSettings(cases=("Ref", "Parap"), inputs=30)
MADE = made_posts(1200)


def judge(request: Request) -> str:
    """SCRIPTED, no language model: always the first, always the middle."""
    asks_part = "JSON: part" in request.messages[1].text
    return json.dumps({"part": "middle", "why": "so"} if asks_part else {"better": "first"})


def test_chance_stands_beside_everybody() -> None:
    found = evaluate_simulation(MADE, ["oracle", "llm"], model=judge, settings=SMALL)
    comparative = {row["judge"]: row for row in found.comparative}
    behaviour = {row["judge"]: row for row in found.behaviour}
    assert list(comparative) == list(behaviour) == ["chance", "oracle", "llm"]
    assert comparative["oracle"]["low"] > 0.5
    assert (comparative["llm"]["accuracy"], comparative["llm"]["turned"], comparative["llm"]["first"]) == (
        0.5,
        1.0,
        1.0,
    )
    assert behaviour["llm"]["answered"] == 30
    assert set(found.asks["purpose"]) == {"compare", "guess"}
    json.dumps([found.comparative, found.behaviour])


def test_who_knows_the_answer_is_refused() -> None:
    with pytest.raises(InputError, match="the judge likes is told the likes"):
        evaluate_simulation(MADE, ["likes"], settings=SMALL)
    with pytest.raises(InputError, match="at least one seed and one judge"):
        evaluate_simulation(MADE, [], settings=SMALL)
