"""A blocked text is caught in other wording too, the better the less it was changed (dossier 3e.5, 3e.7)."""

from collections.abc import Sequence

import numpy as np

from tests.sim.moderators.labelled_texts import HAM, examples
from townsquare.protocols import Streams
from townsquare.protocols.chat import Message
from townsquare.sim.moderators.demonstrations import Demonstrations
from townsquare.sim.moderators.disguises import disguised
from townsquare.sim.preferences.policy import Policy

SEEDS = [
    "everybody from that side of the river is a liar and should be ashamed of it",
    "nobody in this town wants to read another word of what you have to say",
    "the people who run this market have never told the truth about anything",
    "if you had any shame you would take your dog and leave the park for good",
    "whoever painted that wall has the taste of a blind goat and half its talent",
]


def grams(text: str) -> set[str]:
    return {text[n : n + 3] for n in range(len(text) - 2)}


def similar(messages: Sequence[Message]) -> bool:
    """A scripted model: harmful when the text shares enough runs of three letters with a harmful example."""
    turns = [message for message in messages if message.role != "system"]
    mine = grams(turns[-1].text)
    shown = [turns[n].text for n in range(0, len(turns) - 1, 2) if "harmful" in turns[n + 1].text]
    return any(len(mine & grams(one)) >= 0.35 * len(mine | grams(one)) for one in shown)


def caught(share: float, copies: float | None = None) -> float:
    """Share of eight changed copies of each blocked text that the model flags for the reader who blocked it."""
    shown = Demonstrations(examples(), 2, "lexical", Streams(42))
    flagged = []
    for seed in SEEDS:
        policy = Policy()
        rng = np.random.default_rng(7)
        more = [] if copies is None else [disguised(seed, "letters swapped", rng, copies) for _ in range(4)]
        policy.block_variations(seed, more)
        rng = np.random.default_rng(1)
        variants = [disguised(seed, "letters swapped", rng, share) for _ in range(8)]
        flagged += [similar(policy.prompt(one, examples(), shown)) for one in variants]
    return float(np.mean(flagged))


def test_light_changes_are_caught_more_than_heavy_ones() -> None:
    shares = [caught(share) for share in (0.1, 0.3, 0.5)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.8 > 0.3 > shares[-1]


def test_nothing_is_caught_before_it_is_blocked_and_harmless_texts_are_not() -> None:
    shown, policy = Demonstrations(examples(), 2, "lexical", Streams(42)), Policy()
    changed = disguised(SEEDS[0], "letters swapped", np.random.default_rng(1), 0.1)
    assert not similar(policy.prompt(changed, examples(), shown))
    act = policy.block_variations(SEEDS[0])
    assert similar(policy.prompt(changed, examples(), shown))
    assert not any(similar(policy.prompt(text, examples(), shown)) for text in HAM)
    policy.undo(act.id)
    assert not similar(policy.prompt(changed, examples(), shown))


def test_a_blocked_category_catches_what_is_like_its_two_examples() -> None:
    """Dossier 3e.5: toxic texts pass before, near-duplicates of the examples do not after, and undo lets them pass."""
    shown, policy, rng = Demonstrations(examples(), 2, "lexical", Streams(42)), Policy(), np.random.default_rng(3)
    near = [disguised(one, "letters swapped", rng, 0.1) for one in SEEDS[:2]]

    def flagged() -> list[bool]:
        return [similar(policy.prompt(text, examples(), shown)) for text in (*SEEDS, *near)]

    assert not any(flagged())
    act = policy.block("toxic", examples=SEEDS[:2])
    assert flagged() == [False] * 5 + [True] * 2  # a text is never its own example, and the other three are unlike
    policy.undo(act.id)
    assert not any(flagged())


def test_changed_copies_help_against_heavier_changes() -> None:
    assert caught(0.3, copies=0.3) >= caught(0.3)
