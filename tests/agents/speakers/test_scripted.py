"""Scripts through the real state machine: check 2 with speakers."""

from tests.agents.speakers.loop import Held
from townsquare.agents.speakers.scripted import Scripted
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.conversation import Move
from townsquare.protocols.ioa.vocabulary import Type

CARDS = [Card(name="ann", speaks=True), Card(name="ben", speaks=True), Card(name="tool"), Card(name="work")]


async def test_check_2_a_script_visits_all_five_states() -> None:
    ann = Scripted([Move(Type.DISCUSSION, "ben, can you?", ("ben",)), Move(Type.CONCLUSION, "all is known")])
    ben = Scripted(
        [
            Move(Type.SYNC_TASK, "first this", ("tool",)),
            Move(Type.ASYNC_TASK, "then that", ("tool", "work")),
            Move(Type.PAUSE),
            Move(Type.DISCUSSION, "here it is", ("ann",)),
        ]
    )
    does = {"tool": lambda task: 1, "work": lambda task: 2}
    held = await Held(CARDS, {"ann": ann, "ben": ben}, does).run()
    assert (held.flow.status, held.flow.conclusion, held.refused) == ("concluded", "all is known", [])
    assert list(dict.fromkeys(held.states)) == ["discussion", "sync", "async", "paused", "conclusion"]
    assert [one.output for one in held.views["ann"].results.values()] == [1, 1, 2]


async def test_who_must_conclude_does() -> None:
    ann = Scripted([Move(Type.DISCUSSION, "on and on")] * 9 + [Move(Type.CONCLUSION, "so be it")])
    held = await Held(CARDS[:1], {"ann": ann}, {}, max_turns=3).run()
    assert (held.flow.conclusion, len(held.said)) == ("so be it", 4)


async def test_the_script_is_over_and_starts_anew_in_the_next_group() -> None:
    ann = Scripted([Move(Type.DISCUSSION, "hm")])
    for _ in range(2):
        held = await Held(CARDS[:1], {"ann": ann}, {}).run()
        ann._place.clear()
        assert held.spoken == [("ann", "discussion"), ("ann", "conclusion")]
        assert held.flow.conclusion == "The script is over."
