"""``evaluate_persuasion``: tables, run folders, rows."""

from pathlib import Path

import pytest

import townsquare as ts
from tests.datafiles import data_file
from tests.sim.trials.trials_of import drawn, write_trial
from townsquare.evaluate.persuasion import evaluate_persuasion
from townsquare.protocols import InputError
from townsquare.protocols.debate import ARMS
from townsquare.sim.trials import published
from townsquare.sim.trials.susceptibility import drift_sentence, warnings

SMALL = {"debates": 20, "control": 10}


@pytest.mark.parametrize("seed", range(5))
def test_a_table_of_750_people_gives_back_what_was_planted(tmp_path: Path, seed: int) -> None:
    found = evaluate_persuasion(write_trial(tmp_path / "trial.csv", seed))
    assert found.n == 750
    for term, planted in zip(found.part("arm"), published.BETA[1:], strict=True):
        assert term.estimate is not None
        assert term.se is not None
        assert abs(term.estimate - planted.value) < 2.5 * term.se
    assert found.rows() == evaluate_persuasion(drawn(seed)).rows()


def test_a_run_is_a_trial(tmp_path: Path) -> None:
    run = ts.run("persuasion", seed=1, set=SMALL, out=tmp_path / "run")
    found = evaluate_persuasion(run)
    people = [term.n for term in found.part("shift")]
    assert people == [2 * SMALL["debates"], *[SMALL["debates"]] * 3]
    assert found.part("drift")[0].n == SMALL["control"]
    assert found.rows() == evaluate_persuasion(tmp_path / "run").rows()
    assert "no-debate" in drift_sentence(found)
    assert warnings(found) == [], "people's opinions are drawn from what people did"


def test_strength_is_as_the_run_has_it_unless_asked(tmp_path: Path) -> None:
    run = ts.run("persuasion", seed=1, set={"debates": 45, "control": 0}, out=tmp_path / "run")
    assert evaluate_persuasion(run).rows() == evaluate_persuasion(run, clusters="published").rows()
    assert evaluate_persuasion(run).rows() != evaluate_persuasion(run, clusters="recomputed").rows()
    own = {"debates": 45, "control": 0, "clusters": "recomputed"}
    other = ts.run("persuasion", seed=1, set=own, out=tmp_path / "other")
    assert evaluate_persuasion(other).rows() == evaluate_persuasion(run, clusters="recomputed").rows()


def test_another_run_is_no_trial(tmp_path: Path) -> None:
    small = {"users.count": 20, "creators.count": 3, "ticks": 2, "slate.length": 5, "clicks": 1}
    run = ts.run("news", set=small, out=tmp_path / "run")
    with pytest.raises(InputError, match="no debate trial"):
        evaluate_persuasion(run)


@pytest.mark.parametrize("name", ["debategpt/debategpt.csv", "debategpt/salvi_debategpt_round_index.csv"])
def test_the_real_trial_gives_the_published_numbers(name: str) -> None:
    found = evaluate_persuasion(data_file(name))
    value = {(term.part, term.term): term.estimate for term in found.terms}
    assert found.n == published.ROWS
    assert value["fit", "log-likelihood"] == pytest.approx(published.LOG_LIKELIHOOD, abs=0.05)
    assert value["fit", "parameters"] == published.PARAMETERS
    assert [term.estimate for term in found.part("threshold")] == pytest.approx(list(published.THETA), abs=0.01)
    for term, known in zip(found.part("arm"), published.BETA[1:], strict=True):
        assert (term.estimate, term.se, term.p) == pytest.approx((known.value, known.se, known.p), abs=2e-3)
    assert [term.estimate for term in found.part("shift")] == pytest.approx([-0.223, -0.020, -0.160, 0.140], abs=2e-3)
    assert value["brant", "all, as printed"] == pytest.approx(published.BRANT[0], abs=0.01)
    for name, effects in published.CLUSTERS.items():
        for arm, known in effects.items():
            assert value[f"cluster {name}", ARMS[arm]] == pytest.approx(known.value, abs=1e-3)
    assert value["believed", "took the opponent for an AI"] == pytest.approx(published.BELIEVED_AI.value, abs=0.02)
    assert warnings(found) == []
