"""When a bot speaks up, and that two of them never talk to each other (moderation dossier 6(e) 2)."""

import numpy as np
import pytest

from tests.agents.counterspeech.threads import HATEFUL, Thread, before
from townsquare.agents.counterspeech.behavioural import Counterspeaker
from townsquare.agents.counterspeech.trigger import due, fires
from townsquare.protocols import Observations, Streams
from townsquare.protocols.counterspeech import Guard, Trigger
from townsquare.sim.moderators.harm_words import harm, kind


def fired(**columns: object) -> list[bool]:
    given = {"by_bot": False, "counters": False, "countered": 0.0, "since": np.inf} | columns
    return fires(Trigger(), np.array([0.59, 0.6, np.nan]), **{k: np.array([v] * 3) for k, v in given.items()}).tolist()


def test_the_threshold_is_at_least_six_tenths_and_what_nobody_knows_does_not_fire() -> None:
    assert fired() == [False, True, False]


@pytest.mark.parametrize("column", [{"by_bot": True}, {"counters": True}, {"countered": 1.0}, {"since": 4}])
def test_what_keeps_a_bot_quiet(column: dict[str, object]) -> None:
    assert fired(**column) == [False, False, False]


def test_it_speaks_up_again_after_so_many_messages() -> None:
    assert fired(since=5) == [False, True, False]


def test_every_comment_goes_to_one_bot_and_bots_take_turns() -> None:
    mine = due(Trigger(), before(HATEFUL, bots=(7, 8)))
    assert mine.sum(axis=0).tolist() == [1] * 5
    assert mine.sum(axis=1).tolist() == [3, 2]
    assert due(Trigger(), before(HATEFUL, bots=(7, 8), limit=1)).sum() == 2


def test_comments_that_differ_by_bot_and_empty_places() -> None:
    seen = Observations(
        1, "bots", "counter", np.array([7, 8]), 5, np.array([[3, 4], [4, -1]]), features={"harm": np.full((2, 2), 0.9)}
    )
    assert due(Trigger(), seen).tolist() == [[True, False], [True, False]]


def test_without_features_nobody_speaks() -> None:
    seen = Observations(1, "bots", "counter", np.array([7]), 5, np.array([[3, 4]]))
    assert not due(Trigger(), seen).any()


async def test_two_bots_in_one_thread_answer_each_comment_once_and_nothing_else() -> None:
    """The loop test: their replies are put into the thread, marked as harmful as can be, and nobody answers them."""
    thread = Thread()
    for text in HATEFUL:
        thread.add(text)
    bots = [Counterspeaker(Counterspeaker.Config(guard=Guard(harm=1.0)), Streams(0), harm, kind) for _ in range(2)]
    answered: list[int] = []
    for tick in range(30):
        for n, bot in enumerate(bots):
            actions = await bot.decide(thread.seen([7 + n], tick=tick))
            for item in actions.item.tolist():
                answered.append(item)
                thread.add("You are an idiot, you will regret this", bot=True, counter=True, parent=item)
        if tick == 3:
            thread.add(HATEFUL[0])
    assert sorted(answered) == [0, 1, 2, 3, 4, answered[-1]]
    assert thread.texts[answered[-1]] == HATEFUL[0]
    assert len(thread.texts) == len(HATEFUL) + 1 + 6


async def test_bots_stay_silent_while_users_speak_up() -> None:
    thread = Thread()
    thread.add("A user objects", counter=True)
    thread.add(HATEFUL[0])
    bot = Counterspeaker(Counterspeaker.Config(), Streams(0), harm, kind)
    assert len(await bot.decide(thread.seen([7]))) == 0
    for n in range(4):
        thread.add(f"something else {n}")
    assert (await bot.decide(thread.seen([7]))).item.tolist() == [1]
