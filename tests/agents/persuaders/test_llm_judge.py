"""The judge with a language model."""

from tests.agents.minds.askers import Told
from townsquare.agents.persuaders.llm_judge import LLMPairJudge
from townsquare.protocols import Streams
from townsquare.protocols.persuader import Brief, Judge, Post, Version

BRIEF = Brief(0, Post("7", "mill", "", float("nan"), 1_704_164_400.0))


def judge(told: Told, **config: str) -> LLMPairJudge:
    made = LLMPairJudge(LLMPairJudge.Config.model_validate(config), Streams(0))
    made.ask = told
    return made


async def test_first_is_left_and_likes_are_not_told() -> None:
    told = Told(lambda ask: {"better": "first" if ask.number == 0 else "second"})
    made = judge(told)
    one, other = Version("Bread", 4711.0), Version("Cake", 4712.0)
    assert await made.choose(BRIEF, one, other, number=0) == "left"
    assert await made.choose(BRIEF, one, other, number=1) == "right"
    text = told.asked[0].messages[1].text
    assert text.index('[1, "Bread"]') < text.index('[2, "Cake"]')
    assert "471" not in text
    assert "gets more likes" in text
    assert isinstance(made, Judge)


async def test_the_question_can_be_another_one_and_no_answer_is_none() -> None:
    told = Told(lambda ask: {"better": "both"})
    assert await judge(told, question="persuasion").choose(BRIEF, Version("a"), Version("b"), number=0) is None
    assert "win the account's readers over" in told.asked[0].messages[1].text
