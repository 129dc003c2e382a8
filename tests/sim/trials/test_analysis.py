"""The whole analysis, and what it warns of."""

import json

import numpy as np
import pytest

from tests.sim.trials.trials_of import drawn, rows_of
from townsquare.protocols import InputError
from townsquare.protocols.debate import ARMS
from townsquare.sim.trials.analysis import PARTS, analyse
from townsquare.sim.trials.kernel import HumanKernel
from townsquare.sim.trials.susceptibility import drift_sentence, warnings


def known(seed: int) -> dict[str, object]:
    rng = np.random.default_rng(100 + seed)
    return {
        "topic": tuple(f"topic {i}" for i in rng.integers(0, 30, 750)),
        "cluster": rng.integers(0, 3, 750),
        "prior": rng.integers(1, 6, 750),
        "believed_ai": rng.integers(0, 2, 750),
        "drift": np.zeros(150),
    }


def test_every_part_is_there_with_the_same_keys() -> None:
    found = analyse(drawn(0, **known(0)))
    rows = found.rows()
    assert list(dict.fromkeys(row["part"] for row in rows)) == list(PARTS)
    assert len({tuple(row) for row in rows}) == 1
    assert len(found.part("before")) == 16
    assert found.n == 750
    assert found.remarks == ("Strength of topics is as published.",)
    json.dumps(rows, allow_nan=False)
    goodness = {row["term"]: (row["estimate"], row["published"]) for row in rows if row["part"] == "fit"}
    assert goodness["parameters"] == (23, 23)
    assert goodness["residual df"] == (727, 727)
    assert goodness["people"] == (750, 750)
    assert goodness["log-likelihood"][1] == -957.53
    assert [term.published for term in found.part("brant")] == [None, None, None, 128.32]


def test_the_same_rows_give_the_same_analysis_to_the_last_digit() -> None:
    assert analyse(drawn(4, **known(4))).rows() == analyse(drawn(4, **known(4))).rows()


def test_clusters_are_those_asked_for() -> None:
    rows = drawn(0, **known(0))
    own, published = analyse(rows, "recomputed"), analyse(rows, "published")
    assert analyse(rows).rows() == published.rows(), "every topic is of known strength"
    assert "recomputed" in own.remarks[-1]
    for name, code in (("low", 0), ("medium", 1), ("high", 2)):
        terms = published.part(f"cluster {name}")
        assert sum(term.n or 0 for term in terms) == int(((rows.cluster == code) & (rows.arm > 0)).sum())
        assert terms != own.part(f"cluster {name}")
    assert published.part("cluster low")[2].published == 0.679
    assert "no topic of known strength" in analyse(drawn(0), "published").remarks[-1]
    assert "fewer than three topics" in analyse(drawn(0)).remarks[-1]


def test_optional_parts_need_their_columns() -> None:
    parts = {row["part"] for row in analyse(drawn(0)).rows()}
    assert parts.isdisjoint({"believed", "fluidity", "drift", "cluster low"})


def test_prior_thought_that_keeps_opinions_is_found() -> None:
    rng = np.random.default_rng(0)
    rows = drawn(0)
    prior = rng.integers(1, 6, 750)
    stays = rng.random(750) < prior / 6
    rows.post[stays] = rows.pre[stays]
    changed = analyse(rows_of(rows.arm, rows.pre, rows.post, prior=prior)).part("fluidity")[0]
    assert changed.estimate is not None
    assert changed.estimate < -0.3
    assert changed.published == -0.14


def test_the_human_kernel_raises_no_alarm_and_moves_away_from_people() -> None:
    for seed in range(5):
        found = analyse(drawn(seed))
        assert warnings(found) == []
        assert (found.part("shift")[0].estimate or 0) < 0


def test_minds_that_give_in_are_warned_of_arm_by_arm() -> None:
    rows = drawn(0)
    rows.post[rows.arm == 1] = np.minimum(rows.pre[rows.arm == 1] + 2, 5)
    found = warnings(analyse(rows))
    assert len(found) == 1
    assert found[0].startswith("over-susceptible: people of human-ai moved +1.")
    assert "\n" not in found[0]


def test_the_alarm_goes_where_the_interval_leaves_the_human_range() -> None:
    rows = drawn(2)
    arm = rows.where(rows.arm == 3)
    term = analyse(arm).part("shift")[0]
    assert term.human_high is not None
    assert warnings(analyse(arm)) == []
    for share in np.linspace(0, 1, 21):
        arm.post[: int(150 * share)] = 5
        term = analyse(arm).part("shift")[0]
        assert term.low is not None
        assert bool(warnings(analyse(arm))) == (term.low > term.human_high)
    assert warnings(analyse(arm))


def test_drift_is_told_from_none() -> None:
    still = analyse(drawn(0, drift=np.zeros(150)))
    assert drift_sentence(still).startswith("no-debate: 150 people who debated with nobody moved +0.00 on average")
    assert drift_sentence(still).endswith("no drift is seen; what goes beyond that interval is none.")
    moving = analyse(drawn(0, drift=np.tile([1.0, 0.0], 75)))
    assert "moved +0.50" in drift_sentence(moving)
    assert drift_sentence(moving).endswith("hold that drift.")
    assert drift_sentence(analyse(drawn(0))) == ""


def test_a_trial_of_one_person_is_analysed_as_far_as_it_goes() -> None:
    found = analyse(rows_of(np.array([3]), np.array([2]), np.array([4])))
    assert found.part("arm") == []
    assert found.part("shift")[0].estimate == 2.0
    assert found.remarks
    json.dumps(found.rows(), allow_nan=False)


def test_nobody_is_an_error() -> None:
    none = np.zeros(0, np.int64)
    with pytest.raises(InputError, match="without people"):
        analyse(rows_of(none, none, none))


def test_every_small_trial_has_an_analysis() -> None:
    """Whatever a few people do: no exception, no NaN."""
    rng = np.random.default_rng(0)
    for n in (2, 3, 5, 8, 13, 30):
        for _ in range(8):
            rows = rows_of(
                rng.integers(0, len(ARMS), n), rng.integers(1, 6, n), rng.integers(1, 6, n),
                topic=tuple(str(i) for i in rng.integers(0, 6, n)), prior=rng.integers(1, 6, n),
                believed_ai=rng.integers(0, 2, n),
            )  # fmt: skip
            found = analyse(rows)
            json.dumps(found.rows(), allow_nan=False)
            assert sum(term.n or 0 for term in found.part("shift")) == n


def test_twice_the_people_halve_the_variance() -> None:
    arm, pre = np.repeat(np.arange(4), 400), np.tile(np.arange(1, 6), 320)
    post = HumanKernel().draw(pre, arm, np.random.default_rng(0).random(1600))
    once = analyse(rows_of(arm, pre, post)).part("arm")
    twice = analyse(rows_of(np.tile(arm, 2), np.tile(pre, 2), np.tile(post, 2))).part("arm")
    for a, b in zip(once, twice, strict=True):
        assert b.estimate == pytest.approx(a.estimate, abs=1e-7)
        assert (b.se or 0) == pytest.approx((a.se or 0) / np.sqrt(2), rel=1e-6)
