import numpy as np

from tests.agents.minds.askers import Told
from townsquare.agents.minds.llm_neighbour import LLMNeighbour
from townsquare.agents.personas import Persona
from townsquare.protocols.asking import Answer
from townsquare.protocols.events import REASON
from townsquare.protocols.observations import Observations
from townsquare.protocols.registry import find
from townsquare.protocols.town import Mind

TOPIC = "The harbour should be closed to cruise ships."
PEOPLE = {7: Persona(name="Ann"), 9: Persona(name="Bob")}


def seen():
    items = np.array([[3, 5], [4, -1], [-1, -1]])
    return Observations(
        2, "panel", "opine", np.array([7, 9, 11]), 1, items, {"opinion": np.array([0.1, 0.9, 0.5])},
        {"opinion": np.array([[0.2, 0.7], [0.4, 0.0], [0, 0]])}, text=lambda node: f"node {node} says so",
    )  # fmt: skip


def neighbour(say, **more):
    ask = Told(say)
    return LLMNeighbour(LLMNeighbour.Config(topic=TOPIC, **more), ask, PEOPLE.get), ask


async def test_an_answer_becomes_an_opinion_with_its_sentence():
    mind, ask = neighbour(lambda ask: {"agreement": 30 if ask.agent == 7 else 100, "says": "Well." * (ask.agent == 7)})
    actions = await mind.decide(seen())
    assert actions.agent.tolist() == [7, 9]
    assert actions.value.tolist() == [0.3, 1.0]
    assert actions.item.tolist() == [0, 0]
    assert actions.text.tolist() == ["Well.", ""]
    assert [(one.purpose, one.agent, one.tick) for one in ask.asked] == [("opine", 7, 2), ("opine", 9, 2)]
    assert isinstance(mind, Mind)
    assert find("mind", "llm-neighbour") is LLMNeighbour


async def test_it_is_told_who_it_is_where_it_stands_and_what_others_said():
    mind, ask = neighbour(lambda ask: {"agreement": 0, "says": ""})
    await mind.decide(seen())
    ann, bob = (one.messages[1].text for one in ask.asked)
    assert "Your name is Ann." in ann
    assert TOPIC in ann
    assert '[1, "node 3 says so"]\n[2, "node 5 says so"]' in ann
    assert "strongly against what the topic says: 10 on a scale" in ann
    assert '[1, "node 4 says so"]' in bob
    assert "strongly for what the topic says: 90 on a scale" in bob
    assert "0.2" not in ann
    assert "node 5" not in bob


async def test_without_an_answer_it_is_silent_and_never_unchanged():
    mind, _ = neighbour(lambda ask: Answer("invalid", why="none") if ask.agent == 7 else {"agreement": 90, "says": ""})
    actions = await mind.decide(seen())
    assert actions.value.tolist() == [REASON["invalid"], 0.9]
    assert actions.where(actions.agent == 7).kind.tolist() != actions.where(actions.agent == 9).kind.tolist()


async def test_without_sentences_none_is_asked_for():
    mind, ask = neighbour(lambda ask: {"agreement": 50}, sentence=False)
    actions = await mind.decide(seen())
    assert actions.text.tolist() == ["", ""]
    assert set(ask.asked[0].answer.model_fields) == {"agreement"}
