"""What classic attacks do to recommenders on MovieLens-100K: phenomena over five targets and three seeds.

The targets are those of the code of Leg-UP (numbers from 0 in ``ua.base``, so one more here). Reference numbers were
measured for the project with that code's conventions: 50 profiles, 36 fillers, five targets, three seeds. Between
targets HR@10 has a standard deviation of about .3, so orders are compared over all of them.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.datafiles import data_file
from townsquare.evaluate.attacks import AttacksResult, evaluate_attacks
from townsquare.evaluate.attacks_settings import AttacksSettings

TARGETS = ("63", "1078", "786", "1420", "1258")
SHIFTS = {"random": 1.28, "average": 1.49, "bandwagon": 1.27, "segment": 1.76, "copy": 1.35}
HITS = {"random": 0.417, "average": 0.679, "bandwagon": 0.393, "segment": 0.862, "copy": 0.500}
DISTANCES = {"random": 0.386, "average": 0.308, "bandwagon": 0.386, "segment": 0.513, "copy": 0.249}

pytestmark = pytest.mark.slow

Cell = Callable[..., dict[str, Any]]


def _evaluated(attacks: list[str], victims: list[str], defences: list[str], /, **more: Any) -> AttacksResult:
    settings = AttacksSettings(**{"targets": TARGETS, "attacks": {}, **more})
    return evaluate_attacks(data_file("ml-100k"), attacks, victims, defences, seeds=(0, 1, 2), settings=settings)


def _cell(found: AttacksResult) -> Cell:
    rows = {(row["attack"], row["victim"], row["defence"]): row for row in found.rows()}
    return lambda attack, victim, defence="none": rows[attack, victim, defence]


@pytest.fixture(scope="module")
def classic() -> AttacksResult:
    return _evaluated(list(SHIFTS), ["mf", "bpr"], [])


def test_every_attack_moves_predicted_ratings_by_what_was_measured_before(classic: AttacksResult) -> None:
    cell = _cell(classic)
    for attack, expected in SHIFTS.items():
        found = cell(attack, "mf")
        assert found["shift"] > 1.0
        assert found["shift"] == pytest.approx(expected, abs=0.15), attack
        assert found["shift_low"] > 0
        assert found["hr@10_clean"] < 0.01
        assert found["hr@10"] == pytest.approx(HITS[attack], abs=0.2), attack


def test_attacks_come_in_the_known_order(classic: AttacksResult) -> None:
    cell = _cell(classic)
    hits = {attack: cell(attack, "mf")["hr@10"] for attack in SHIFTS}
    assert hits["segment"] > hits["average"] > hits["random"]
    assert hits["bandwagon"] == pytest.approx(hits["random"], abs=0.15)


def test_a_recommender_of_likes_does_not_move_among_its_first_places(classic: AttacksResult) -> None:
    cell = _cell(classic)
    for attack in ("random", "average", "bandwagon", "segment"):
        assert cell(attack, "bpr")["hr@10"] < 0.02


def test_stealth_is_what_was_measured_before(classic: AttacksResult) -> None:
    found = {row["attack"]: row["js"] for row in classic.visible}
    for attack, expected in DISTANCES.items():
        assert found[attack] == pytest.approx(expected, abs=0.03), attack


def test_the_shift_grows_with_the_number_of_profiles() -> None:
    shifts = [_cell(_evaluated(["average"], ["mf"], [], size=size))("average", "mf")["shift"] for size in (0, 10, 50)]
    assert shifts[0] == 0.0
    assert 0.3 < shifts[1] < shifts[2]


def test_whoever_removes_nearly_all_fakes_moves_the_target_back_and_says_what_that_cost() -> None:
    flagged = {"filter:pca": {"detector": {"flag": 50}}}
    cell = _cell(_evaluated(["average", "segment"], ["mf"], ["filter:pca"], defences=flagged))
    attacked, defended = cell("average", "mf"), cell("average", "mf", "filter:pca")
    assert defended["recall"] >= 0.9
    assert defended["hr@10"] < attacked["hr@10"] / 4
    assert defended["hr@10"] - defended["hr@10_clean"] >= 0
    assert 0 < defended["false_alarms"] < 0.01
    assert cell("segment", "mf", "filter:pca")["recall"] <= 0.1, "fakes that all rate the lowest look like nobody"
    assert cell("segment", "mf", "filter:pca")["hr@10"] > 0.5
