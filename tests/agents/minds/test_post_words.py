"""What scripted members say."""

import numpy as np

from townsquare.agents.minds.post_words import campaign_words, member_words
from townsquare.protocols import Streams
from townsquare.sim.moderators.harm_words import harm

N = 300
NUMBERS = Streams(0).uniform("words", 0, np.arange(N)[:, None], np.arange(5))


def said(hurt: float, *, answers: bool = False, objects: bool = False) -> list[str]:
    stance = np.linspace(0, 1, N)
    counters = np.full(N, objects)
    return list(member_words(stance, np.full(N, hurt), NUMBERS, answers=answers, counters=counters))


def test_hostile_words_read_as_harmful_and_the_others_do_not() -> None:
    assert (harm(said(0.9)) >= 0.6).all()
    assert (harm(said(0.1)) < 0.2).all()
    assert (harm(said(0.1, answers=True, objects=True)) < 0.2).all()
    assert (harm(list(campaign_words(np.ones(N), NUMBERS[:, :2]))) < 0.2).all()


def test_who_is_for_it_says_so() -> None:
    texts = said(0.0)
    assert not set(texts[: N // 3]) & set(texts[-N // 3 :])
    assert "make the place better" not in " ".join(texts[: N // 3])


def test_members_hardly_repeat_themselves_and_persuaders_do() -> None:
    texts = said(0.0)
    assert len(set(texts)) > 0.95 * N
    assert len(set(campaign_words(np.ones(N), NUMBERS[:, :2]))) == 12
