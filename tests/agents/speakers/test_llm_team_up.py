"""Teams that a (told) model forms: at most ten calls, strangers are rejected, the last call has to name the team."""

from collections.abc import Callable
from typing import Any

from tests.agents.minds.askers import Told
from tests.agents.speakers.loop import Voice
from townsquare.agents.speakers.llm_team_up import Choice, LLMFormation, Team
from townsquare.protocols.asking import Answer
from townsquare.protocols.ioa.cards import Card

ME = Card(name="me", description="leads")
POOL = [Card(name=f"agent{n}", description=f"reads {word}") for n, word in enumerate(["news", "law", "code", "maps"])]


def discover(*queries: str) -> dict[str, Any]:
    return {"action": "discover", "queries": list(queries), "members": []}


def choose(*members: str) -> dict[str, Any]:
    return {"action": "team_up", "queries": [], "members": list(members)}


async def form(answers: list[Any] | Callable[[Any], Any], **config: int) -> tuple[tuple[str, ...], Told, Voice]:
    voice = Voice(ME, POOL)
    says = iter(answers) if isinstance(answers, list) else None
    ask = Told((lambda ask: next(says)) if says else answers)  # type: ignore[arg-type]
    team = await LLMFormation(ask, LLMFormation.Config(**config), agent=2, tick=lambda: 5)("a goal", voice)  # type: ignore[arg-type]
    return team, ask, voice


async def test_it_looks_then_chooses() -> None:
    team, ask, voice = await form([discover("news", "law", "news"), choose("agent1", "agent0", "me", "agent1")])
    assert team == ("agent1", "agent0")
    assert voice.asked == [("news", "law")]
    first, second = (one.messages[1].text for one in ask.asked)
    assert '"a goal"' in first
    assert "agent0" not in first
    assert "agent0: reads news" in second
    assert "discover news, law: agent0, agent1" in second
    assert [(one.purpose, one.agent, one.tick, one.number) for one in ask.asked] == [
        ("team_up", 2, 5, n) for n in (1, 2)
    ]


async def test_strangers_are_rejected_and_that_is_told() -> None:
    team, ask, _ = await form([choose("agent0"), discover("news"), choose("agent0", "zoe"), choose("agent0")])
    assert team == ("agent0",)
    assert "no contact is called agent0" in ask.asked[1].messages[1].text
    assert "no contact is called zoe" in ask.asked[3].messages[1].text


async def test_alone_is_an_answer_too() -> None:
    team, ask, _ = await form([choose()])
    assert (team, len(ask.asked)) == ((), 1)


async def test_at_most_ten_calls_and_the_last_is_forced() -> None:
    def dithers(ask: Any) -> Any:
        return {"members": ["zoe", "agent2"]} if ask.answer is Team else discover("code")

    team, ask, _ = await form(dithers)
    assert team == ("agent2",)  # strangers are left out of a forced team
    assert [one.answer for one in ask.asked] == [Choice] * 9 + [Team]
    assert "discover" not in ask.asked[9].messages[1].text.rsplit("There is no more time", 1)[1]


async def test_too_many_are_rejected_and_in_the_end_cut() -> None:
    everybody = [f"agent{n}" for n in range(4)]
    team, ask, _ = await form(
        [discover("news", "law", "code", "maps"), choose(*everybody), {"members": everybody}], attempts=3, largest=2
    )
    assert team == ("agent0", "agent1")
    assert "4 are too many; at most 2" in ask.asked[2].messages[1].text


async def test_calls_without_an_answer_are_attempts() -> None:
    team, ask, _ = await form(lambda ask: Answer("failed", None, "down"), attempts=3)
    assert (team, len(ask.asked)) == ((), 3)


async def test_queries_of_nothing() -> None:
    _, ask, voice = await form([discover(" ", ""), choose()])
    assert voice.asked == []
    assert "discover needs queries" in ask.asked[1].messages[1].text
