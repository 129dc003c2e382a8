"""What does not go out (moderation dossier 6(e) 5)."""

import numpy as np
import pytest

from townsquare.agents.counterspeech.guard import addresses, checked, sentences, withheld
from townsquare.protocols.actions import KIND
from townsquare.protocols.counterspeech import LABEL, Guard
from townsquare.protocols.events import REASONS
from townsquare.sim.moderators.harm_words import harm

COMMENT = "Newcomers never work and always take our flats"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("Who takes the flats? Let us count them.", ""),
        ("You are an idiot.", "harmful"),
        ("You will regret this.", "harmful"),
        ("One. Two. You three.", "too long"),
        ("Lovely weather today.", "beside the point"),
        (" \u200b ", "empty"),
        ("?!", "empty"),
    ],
)
def test_the_first_objection_counts(reply: str, why: str) -> None:
    found = checked(Guard(), reply, COMMENT, harm)
    assert found.why == why
    assert found.text == ("" if why else f"{LABEL}{reply}")


def test_a_reply_at_the_threshold_is_not_sent() -> None:
    def scorer(value: float):
        return lambda texts: np.full(len(texts), value)

    assert checked(Guard(), "You", COMMENT, scorer(0.5)).why == "harmful"
    assert checked(Guard(), "You", COMMENT, scorer(0.499)).why == ""
    assert checked(Guard(), "You", COMMENT, scorer(np.nan)).why == "harmful"


def test_the_label_is_a_setting_and_is_not_what_is_scored() -> None:
    heard: list[str] = []

    def scorer(texts):
        heard.extend(texts)
        return np.zeros(len(texts))

    assert checked(Guard(labelled=False), "You, hello.", COMMENT, scorer).text == "You, hello."
    assert checked(Guard(), "You, hello.", COMMENT, scorer).text == "Automated reply: You, hello."
    assert heard == ["You, hello."] * 2


def test_sentences() -> None:
    assert [sentences(t) for t in ("", "One", "One.", "One. Two", 'He said "no." Then?')] == [0, 1, 1, 2, 2]
    assert [sentences(t) for t in ("1.5 is no end", "What?! No...", "Wait… what")] == [1, 2, 2]


def test_addressing() -> None:
    assert addresses("What about the FLATS?", COMMENT)
    assert addresses("Would you say so?", COMMENT)
    assert not addresses("And always our never", COMMENT)  # common words only


def test_what_is_withheld_is_a_refusal() -> None:
    row = withheld(7, 3)
    assert (row.agent.tolist(), row.item.tolist(), row.kind.tolist()) == ([7], [3], [KIND["no_answer"]])
    assert REASONS[int(row.value[0])] == "not allowed"
