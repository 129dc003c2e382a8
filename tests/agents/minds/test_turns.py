"""Answers from elsewhere: a bad row is its own agent's problem and nobody else's."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agents.minds.test_wire_form import creators, readers, task
from tests.debaters import plain, through, trial
from townsquare.agents.minds.turns import TEXT_LETTERS, Turn, actions_of, turns
from townsquare.agents.minds.wire_form import answer_of, observations
from townsquare.protocols import Observations
from townsquare.protocols.actions import KINDS
from townsquare.protocols.events import REASONS

READERS, CREATORS = task(readers()), task(creators())
SHOWN = [one["item"] for one in READERS["rows"][0]["items"]]
GOOD = [{"agent": 7, "kind": "click", "item": SHOWN[0]}, {"agent": 7, "kind": "like", "item": SHOWN[0], "value": 0.5}]


def judged(*actions: Any, of: Any = READERS) -> dict[int, Turn]:
    return turns({"actions": list(actions)}, of)


def test_a_good_answer_is_what_was_said() -> None:
    found = judged(*GOOD)
    assert [turn.outcome for turn in found.values()] == ["answered"] * 6
    assert found[7].actions == ({"kind": "click", "item": SHOWN[0]}, {"kind": "like", "item": SHOWN[0], "value": 0.5})
    assert found[8].actions == ()


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ({"kind": "post", "item": -1}, "kind 'post' where click or like is asked for"),
        ({"kind": "explode", "item": SHOWN[0]}, "kind 'explode' where"),
        ({"kind": ["click"], "item": SHOWN[0]}, "kind"),
        ({"item": SHOWN[0]}, "kind '' where"),
        ({"kind": "click"}, "item '', which is no number"),
        ({"kind": "click", "item": 5}, "item 5, which it was not shown"),
        ({"kind": "click", "item": -1}, "item -1, which it was not shown"),
        ({"kind": "click", "item": 10**5000}, "item a very long number, which it was not shown"),
        ({"kind": "click", "item": True}, "item 'True', which is no number"),
        ({"kind": "click", "item": float(SHOWN[0])}, "which is no number"),
        ({"kind": "click", "item": SHOWN[0], "value": float("nan")}, "value 'nan', which is no finite number"),
        ({"kind": "click", "item": SHOWN[0], "value": float("inf")}, "no finite number"),
        ({"kind": "click", "item": SHOWN[0], "value": "much"}, "value 'much'"),
        ({"kind": "click", "item": SHOWN[0], "value": 10**400}, "value 'a very long number'"),
        ({"kind": "click", "item": SHOWN[0], "text": 5}, "a text that is none"),
        ({"kind": "click", "item": SHOWN[0], "vector": [1.0, 1.0, 1.0]}, "a vector that is not"),
    ],
)
def test_a_bad_action_makes_its_agents_turn_invalid(action: dict[str, Any], why: str) -> None:
    other = {"agent": 8, "kind": "click", "item": READERS["rows"][1]["items"][0]["item"]}
    found = judged({"agent": 7, **action}, *GOOD, other)
    assert found[7].outcome == "invalid"
    assert why in found[7].why
    assert not found[7].actions
    assert {turn.outcome for agent, turn in found.items() if agent != 7} == {"answered"}
    assert len(found[8].actions) == 1


def test_more_than_the_limit_is_invalid() -> None:
    found = judged(*({"agent": 7, "kind": "click", "item": item} for item in SHOWN[:3]))
    assert found[7].why == "more than 2 actions of the kind click"


def test_nobody_acts_for_agents_that_were_not_asked_about() -> None:
    bad = [{"agent": who, "kind": "click", "item": SHOWN[0]} for who in (99, -1, "7", None, True, 7.0, [7], 10**30)]
    assert judged(*bad, "text", 5, None, [], *GOOD) == judged(*GOOD)


@pytest.mark.parametrize("output", [None, "text", 5, [], {}, {"actions": None}, {"actions": {"agent": 7}}, [GOOD]])
def test_an_answer_that_is_none_is_nobodys_decision(output: Any) -> None:
    assert {turn.outcome for turn in turns(output, READERS).values()} == {"invalid"}


def test_whoever_gives_no_answer_says_so() -> None:
    found = judged(
        {"agent": 7, "kind": "no_answer", "text": "I would rather not"},
        {"agent": 8, "kind": "no_answer", "value": float(REASONS.index("invalid"))},
        {"agent": 9, "kind": "no_answer", "value": [13]},
    )
    assert found[7] == Turn("refused", (), "I would rather not")
    assert found[8].outcome == "invalid"
    assert found[9].outcome == "refused"


@pytest.mark.parametrize(
    "vector", [[1.0], [1.0, 2.0, float("nan")], [1.0, 2.0, 2e6], [1, 2, "3"], [1, 2, 3, 4], {"0": 1}, [True, 1, 1]]
)
def test_a_post_lies_in_the_towns_space(vector: Any) -> None:
    good = {"agent": 21, "kind": "post", "item": 5}
    found = judged({"agent": 20, "kind": "post", "item": -1, "vector": vector}, good, of=CREATORS)
    assert found[20].why == "a vector that is not 3 finite numbers below 1,000,000"
    assert found[21].outcome == "answered"


def test_posts_are_told_in_words_that_can_be_seen() -> None:
    hidden = {"agent": 20, "kind": "post", "item": None, "text": "A\u200btitle\x07\nA  text\nof \u202etwo lines"}
    assert judged(hidden, of=CREATORS)[20].actions == (
        {"kind": "post", "item": -1, "text": "Atitle\nA text of two lines"},
    )
    long = {"agent": 20, "kind": "post", "item": -1, "text": "x" * (TEXT_LETTERS + 1)}
    assert judged(long, of=CREATORS)[20].outcome == "invalid"


def test_a_post_without_a_vector_lies_where_its_model_or_its_author_does() -> None:
    seen = creators()
    posts = ({"agent": 21, "kind": "post", "item": 5}, {"agent": 20, "kind": "post", "item": -1})
    actions = actions_of(seen, judged(*posts, of=CREATORS))
    assert actions.agent.tolist() == [20, 21]
    assert np.array_equal(actions.vector[0], seen.traits["home"][0])
    assert np.array_equal(actions.vector[1], seen.features["content"][seen.elsewhere.tolist().index(5)])


def test_the_order_is_that_of_the_town() -> None:
    seen = readers()
    found = judged(*GOOD, {"agent": 12, "kind": "click", "item": READERS["rows"][5]["items"][0]["item"]})
    found[9] = Turn("failed", why="no answer within 5 s")
    backwards = dict(reversed(found.items()))
    actions = actions_of(seen, backwards)
    assert [(a, KINDS[k]) for a, k in zip(actions.agent.tolist(), actions.kind.tolist(), strict=True)] == [
        (7, "click"),
        (12, "click"),
        (7, "like"),
        (9, "no_answer"),
    ]
    assert REASONS[int(actions.value[-1])] == "failed"


WORDS = ["agent", "kind", "item", "value", "text", "vector", "actions"]
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([*SHOWN, 7, 8])
JSON = st.recursive(
    LEAF, lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(WORDS), x, max_size=6), max_leaves=25
)


@given(
    JSON | st.builds(lambda rows: {"actions": rows}, st.lists(JSON, max_size=6)),
    st.sampled_from([readers(), creators()]),
)
def test_no_answer_at_all_upsets_the_town(output: Any, seen: Observations) -> None:
    found = turns(output, task(seen))
    assert list(found) == seen.agents.tolist()
    actions = actions_of(seen, found)
    assert set(actions.agent.tolist()) <= set(seen.agents.tolist())
    json.dumps([turn.actions for turn in found.values()], allow_nan=False)


# ---- debates -------------------------------------------------------------------------------------------------------


def debating() -> list[Observations]:
    """Every cohort of a little trial, as it is asked."""
    return [seen for _, cohorts in through(trial()) for seen in cohorts]


def test_debaters_elsewhere_see_and_say_what_those_at_home_do() -> None:
    for seen in debating():
        asked = json.loads(json.dumps(task(seen)))
        here, there = plain(seen), plain(observations(asked))
        found = actions_of(seen, turns(json.loads(json.dumps(answer_of(there))), asked))
        assert {turn.outcome for turn in turns(answer_of(there), asked).values()} == {"answered"}
        for kind in ("rate", "opinion", "guess", "say"):
            mine, theirs = (one.where(one.kind == KINDS.index(kind)) for one in (here, found))
            assert (mine.agent == theirs.agent).all()
            assert (mine.item == theirs.item).all()
            assert (mine.value == theirs.value).all()
            assert (mine.text == theirs.text).all()


def test_no_row_of_a_debate_holds_a_field_that_is_not_told() -> None:
    debate = trial()
    for seen in (seen for _, cohorts in through(debate) for seen in cohorts):
        for row in task(seen)["rows"]:
            told = seen.task == "argue" and debate.design.told[row["agent"]]
            assert ("politics of" in json.dumps(row)) == told


@pytest.mark.parametrize(
    ("place", "action", "why"),
    [
        (0, {"kind": "say", "text": "hello"}, "kind 'say' where opinion or rate is asked for"),
        (0, {"kind": "opinion", "item": 0}, "kind opinion without a value"),
        (0, {"kind": "opinion", "value": 3}, "item '', which is no number"),
        (1, {"kind": "say"}, "nothing said"),
        (1, {"kind": "say", "item": -1, "text": "\u200b "}, "nothing said"),
        (1, {"kind": "say", "item": 7, "text": "hello"}, "item 7, which it was not shown"),
        (1, {"kind": "opinion", "item": 0, "value": 3}, "kind 'opinion' where say is asked for"),
        (-1, {"kind": "guess"}, "kind guess without a value"),
    ],
)
def test_a_bad_answer_of_a_debater_is_invalid(place: int, action: dict[str, Any], why: str) -> None:
    asked = task(debating()[place])
    topic = asked["rows"][0]["items"][0]["item"]
    given = {"agent": 0, **action, **({"item": topic} if action.get("item") == 0 else {})}
    found = turns({"actions": [given]}, asked)
    assert found[0].outcome == "invalid"
    assert why in found[0].why
    assert {turn.outcome for agent, turn in found.items() if agent} == {"answered"}


def test_a_statement_is_one_line_and_answers_what_it_says() -> None:
    seen = debating()[3]
    asked = task(seen)
    answered = asked["rows"][0]["items"][-1]["item"]
    found = turns({"actions": [{"agent": 0, "kind": "say", "item": answered, "text": "one\ntwo"}]}, asked)
    (said,) = found[0].actions
    assert said == {"kind": "say", "item": answered, "text": "one two"}
