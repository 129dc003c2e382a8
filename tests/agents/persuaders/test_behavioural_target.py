"""The target that is a number."""

import pytest

from townsquare.agents.persuaders.behavioural_arguer import BehaviouralArguer
from townsquare.agents.persuaders.behavioural_target import BehaviouralTarget
from townsquare.protocols import Settings, Streams
from townsquare.protocols.persuader import Talk

SAID = ("Bread feeds everybody cheaply.", "Go on.", "Bread feeds everybody cheaply.", "Go on.", "Bakers earn wages.")


def target(**config: float) -> BehaviouralTarget:
    return BehaviouralTarget(BehaviouralTarget.Config(**config), Streams(5))


def stance(side: int, *said: str, **config: float) -> float:
    return target(**config).stance(Talk(0, 0, "Bread", side, said))


def test_it_moves_towards_who_talks_and_only_by_what_is_new() -> None:
    start = stance(1)
    assert start == stance(-1)
    assert stance(-1, *SAID[:1]) < start < stance(1, *SAID[:1])
    assert stance(1, *SAID[:3]) == stance(1, *SAID[:1])  # the same again moves nobody
    assert stance(1, *SAID) > stance(1, *SAID[:3])
    assert stance(1, *SAID, yielding=0.0) == start
    yielding = stance(1, "new words only") - start
    share = float(Streams(5).uniform("yielding", 0, *(__import__("numpy").zeros(1, int),) * 2)[0])
    assert yielding == pytest.approx(2 * 0.1 * share * (3 - start) / 6)


async def test_answers_are_whole_numbers_on_the_scale() -> None:
    made = BehaviouralTarget(BehaviouralTarget.Config(spread=3.0, noise=2.0), Streams(1))
    found = [await made.rate(Talk(n, n, "Bread", 1), probe) for n in range(40) for probe in range(3)]
    assert set(found) <= {-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0}
    assert {-3.0, 0.0, 3.0} <= set(found)


async def test_the_arguer_says_its_side_first_and_does_not_repeat_itself() -> None:
    arguer = BehaviouralArguer(Settings(), Streams(0))
    for side, word in ((1, "for"), (-1, "against")):
        talk, said = Talk(0, 0, "Bread is good.", side), list[str]()
        for _ in range(4):
            text = await arguer.argue(Talk(0, 0, talk.topic, side, tuple(x for one in said for x in (one, "ok"))))
            assert text is not None
            said.append(text)
        assert said[0].startswith(f'I am {word} it: "Bread is good."')
        assert len(set(said)) == 4
