"""A reader's acts change the prompt, undoing them gives it back to the byte (dossier 3e.5, 3e.6)."""

import json

import pytest

from tests.sim.moderators.labelled_texts import examples
from townsquare.protocols import InputError, Streams
from townsquare.protocols.deltas import DeltaLog
from townsquare.sim.moderators.demonstrations import Demonstrations
from townsquare.sim.preferences.policy import Policy

TEXT = "you people are the worst"
TOXIC = ("you are an idiot and everybody knows it", "nobody wants fools like you here")


def prompt(policy: Policy, text: str = TEXT) -> str:
    shown = Demonstrations(examples(), 4, "lexical", Streams(42))
    return "\n".join(f"{m.role}: {m.text}" for m in policy.prompt(text, examples(), shown))


def test_a_blocked_category_brings_its_definition_and_its_examples() -> None:
    policy = Policy()
    before = prompt(policy)
    act = policy.block("toxic", examples=TOXIC)
    after = prompt(policy)
    assert "Harmful for this reader: toxic: attacks, insults" in after
    assert all(text in after for text in TOXIC)
    assert before != after
    policy.undo(act.id)
    assert prompt(policy) == before


def test_unblocking_relabels_and_undo_gives_the_block_back() -> None:
    policy = Policy()
    policy.block("toxic", examples=TOXIC)
    blocked = prompt(policy)
    act = policy.unblock("toxic")
    allowed = prompt(policy)
    assert "regards toxic texts as acceptable" in allowed
    assert allowed.index(TOXIC[0]) < allowed.rindex('"benign"')
    policy.undo(act.id)
    assert prompt(policy) == blocked


def test_a_category_of_the_common_examples_can_be_allowed() -> None:
    policy = Policy()
    policy.unblock("spam")
    assert '"harmful"' not in "".join(line for line in prompt(policy).splitlines() if line.startswith("assistant"))


def test_variations_of_a_text() -> None:
    policy = Policy()
    policy.block_variations("send me your pin", ["please send your pin number"])
    assert "Harmful for this reader: says the same as its examples" in prompt(policy)
    assert "send me your pin" in prompt(policy)
    # a text is never its own example
    assert prompt(policy, "send me your pin").count("send me your pin") == 1


def test_nothing_leaks_between_readers() -> None:
    one, other = Policy(), Policy()
    one.block("football", "anything about football", ["the match ended two nil"])
    other.unblock("spam")
    assert "football" not in prompt(other)
    assert "regards spam" not in prompt(one)


def test_export_import_and_revoke() -> None:
    policy = Policy()
    policy.block("toxic", examples=TOXIC)
    policy.undo(policy.unblock("toxic").id)
    again = Policy.load(json.loads(json.dumps(policy.export())))
    assert prompt(again) == prompt(policy)
    assert again.export() == policy.export()
    assert policy.revoke() == {"forgotten": 2}
    assert not any(text in json.dumps(policy.export()) + prompt(policy) for text in (*TOXIC, "toxic texts"))


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda p: p.block("opera"), "say what it is, or give an example"),
        (lambda p: p.block(" "), "needs a name"),
        (lambda p: p.unblock("spm"), "there is no category 'spm'. Did you mean 'spam'"),
        (lambda p: p.block_variations(" "), "give the text"),
        (lambda p: p.undo(0), "there is no change number 0"),
    ],
)
def test_acts_that_are_not_possible(act, told) -> None:
    policy = Policy()
    with pytest.raises(InputError, match=told):
        act(policy)
    assert not len(policy.log)


@pytest.mark.parametrize("value", ["insults", [1], 7, {"definition": 7}, {"examples": None}, {"examples": [1]}])
def test_a_policy_with_a_value_that_is_none_is_a_sentence(value: object) -> None:
    log = DeltaLog()
    log.append("toxic", "block", value=value)
    with pytest.raises(InputError, match="change 0 of the policy says neither a definition nor examples in words"):
        Policy.load(log.export())
