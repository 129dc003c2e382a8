"""Cues that anybody can see, and a brake that softens what nobody is sure of."""

import numpy as np
import pytest

from townsquare.protocols import Streams
from townsquare.protocols.moderator import ACTION, Verdicts
from townsquare.sim.features.humour import CUES, Brake, Humour, braked


def humour(**settings: object) -> Humour:
    return Humour(Humour.Config.model_validate(settings), Streams(0))


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("You absolute clown hahaha", ["laughter"]),
        ("great idea /s", ["said so"]),
        ("shut up ;)", ["winks"]),
        ("A duck walks into a bar.", ["form of a joke"]),
        ("I'm such an idiot today", ["of oneself"]),
        ("told you a million times 😂", ["laughter", "exaggeration"]),
        ("You are a clown.", []),
        ("hazard ahead, harsh words, x-ray", []),
        ("", []),
    ],
)
def test_cues(text: str, cues: list[str]) -> None:
    made = humour()
    assert made.cues(text) == cues
    left = np.prod([1 - CUES[cue][1] for cue in cues])
    assert made([text])[0] == pytest.approx(1 - left)


def test_cues_can_be_left_out() -> None:
    assert humour(without=["laughter"])(["haha"]).tolist() == [0]


def test_the_brake_softens_what_is_not_certain() -> None:
    action = np.array([ACTION[a] for a in ("remove", "remove", "remove", "show", "abstain", "label")], np.int8)
    score = np.array([0.7, 0.95, 0.7, 0.1, 0.5, 0.7])
    funny = np.array([0.8, 0.8, 0.2, 0.9, 0.9, 0.9])
    found = braked(Verdicts(action, score, ["an insult"] * 6), funny)
    assert [int(a) for a in found.action] == [
        ACTION[a] for a in ("label", "remove", "remove", "show", "abstain", "label")
    ]
    assert found.score.tolist() == pytest.approx([0.7 * (1 - 0.5 * 0.8), 0.95, 0.7, 0.1, 0.5, 0.7])
    assert found.rationale[0] == "an insult; meant in fun"
    assert found.rationale[1] == "an insult"
    never = braked(Verdicts(action, score), funny, Brake(humour=1.0))
    assert never.action.tolist() == action.tolist()
