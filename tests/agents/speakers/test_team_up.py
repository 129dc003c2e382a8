"""Teams by the book."""

from tests.agents.speakers.loop import Voice
from townsquare.agents.speakers.plan import Step
from townsquare.agents.speakers.team_up import ByPlan
from townsquare.protocols.ioa.cards import Card

ME = Card(name="me", capabilities=("read", "judge"))
POOL = [
    ME,
    Card(name="ann", capabilities=("read",)),
    Card(name="ben", capabilities=("read", "judge")),
    Card(name="eve", description="can read and judge anything"),
]


async def form(voice: Voice, *capabilities: str, **config: object) -> tuple[str, ...]:
    plan = [Step(capability=one) for one in capabilities]
    return await ByPlan(plan, ByPlan.Config.model_validate(config))("goal", voice)  # type: ignore[arg-type]


async def test_one_query_per_capability_and_never_oneself() -> None:
    voice = Voice(ME, POOL)
    assert await form(voice, "read", "judge", "read") == ("ann", "ben")
    assert voice.asked == [("read", "judge")]


async def test_the_fewest_that_it_takes() -> None:
    assert await form(Voice(ME, POOL), "judge", "read") == ("ben",)  # ben is on the team already, and reads too


async def test_who_is_away_is_left_out() -> None:
    assert await form(Voice(ME, POOL, away=("ann", "ben")), "read") == ("eve",)


async def test_who_only_sounds_like_it() -> None:
    voice = Voice(ME, POOL)
    assert await form(voice, "judge anything", least=0.9) == ("eve",)
    assert await form(voice, "judge fairly", least=0.9) == ()
    assert await form(voice, "fly") == ()


async def test_without_a_plan_nobody_is_asked() -> None:
    voice = Voice(ME, POOL)
    assert await form(voice) == ()
    assert voice.asked == []
