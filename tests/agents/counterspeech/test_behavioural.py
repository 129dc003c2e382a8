"""The bot without a language model."""

import numpy as np
import pytest

from tests.agents.counterspeech.threads import HATEFUL, before
from townsquare.agents.counterspeech.behavioural import Counterspeaker
from townsquare.agents.counterspeech.guard import addresses
from townsquare.protocols import Mind, Streams, find
from townsquare.protocols.actions import KIND
from townsquare.protocols.counterspeech import LABEL, Policy, Trigger
from townsquare.sim.measures.diversity import diversity
from townsquare.sim.moderators.harm_words import harm, kind

MANY = [f"{HATEFUL[n % 5]}, said number {n}" for n in range(50)]


def bot(seed: int = 0, **settings: object) -> Counterspeaker:
    return Counterspeaker(Counterspeaker.Config(**settings), Streams(seed), harm, kind)


async def test_replies_are_posts_below_the_comments() -> None:
    actions = await bot(quality=0.7).decide(before([*HATEFUL, "The tram is late"]))
    assert actions.item.tolist() == [0, 1, 2, 3, 4]
    assert set(actions.kind.tolist()) == {KIND["post"]}
    assert actions.agent.tolist() == [7] * 5
    assert actions.value.tolist() == [0.7] * 5
    assert actions.vector[:, 0].tolist() == [0.5] * 5
    assert np.isnan(actions.vector[:, 1]).all()
    assert isinstance(bot(), Mind)
    assert find("mind", "behavioural-counterspeaker") is Counterspeaker


@pytest.mark.parametrize("by", ["fixed", "matched", "random"])
async def test_fifty_replies_are_labelled_harmless_about_the_comment_and_differ(by: str) -> None:
    actions = await bot(policy=Policy(by=by)).decide(before(MANY))
    said = [text.removeprefix(LABEL) for text in actions.text]
    assert len(said) == 50
    assert all(text.startswith(LABEL) for text in actions.text)
    assert harm(said).max() < 0.5
    assert all(addresses(text, comment) for text, comment in zip(said, MANY, strict=True))
    found = diversity(said)
    assert found.duplicated < 0.4
    assert not found.constant


async def test_a_reply_is_a_function_of_seed_bot_and_comment() -> None:
    one, same = await bot().decide(before(HATEFUL)), await bot().decide(before(HATEFUL))
    assert one.text.tolist() == same.text.tolist()
    other = await bot(seed=1).decide(before(HATEFUL))
    assert other.text.tolist() != one.text.tolist()
    shorter = await bot().decide(before(HATEFUL[:2]))
    assert shorter.text.tolist() == one.text.tolist()[:2]


async def test_no_insult_is_repeated() -> None:
    actions = await bot().decide(before(["You stupid worthless idiot", "You idiot"] * 20))
    assert not any(word in text.lower() for text in actions.text for word in ("stupid", "worthless", "idiot"))
    assert any('"this"' in text for text in actions.text)  # nothing is left that could be said again


async def test_what_the_guard_withholds_is_a_refusal() -> None:
    def everything(texts):
        return np.full(len(texts), 0.5)

    mind = Counterspeaker(Counterspeaker.Config(), Streams(0), everything, kind)
    actions = await mind.decide(before(HATEFUL))
    assert actions.kind.tolist() == [KIND["no_answer"]] * 5
    assert actions.item.tolist() == [0, 1, 2, 3, 4]


async def test_nobody_to_answer() -> None:
    assert len(await bot().decide(before([]))) == 0
    assert len(await bot(trigger=Trigger(harm=1.0)).decide(before(HATEFUL))) == 0
