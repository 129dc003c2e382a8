"""The same numbers as scikit-learn's (dossier 3e.8)."""

import numpy as np
import pytest

from townsquare.evaluate.multi_label import multi_label, of_labels
from townsquare.protocols import InputError

NAMES = ("benign", "negative", "spam", "toxic")
TRUE = ("benign", "negative", "spam, toxic", "negative, toxic", "benign", "toxic")
TOLD = ("benign", "negative, toxic", "spam", "negative, toxic", "spam", "benign, toxic")


def test_six_rows_by_hand() -> None:
    found = multi_label(of_labels(TRUE, NAMES), of_labels(TOLD, NAMES), NAMES)
    assert found.subset_accuracy == pytest.approx(2 / 6)
    assert found.hamming == pytest.approx(5 / 24)
    assert found.jaccard == pytest.approx((1 + 1 / 2 + 1 / 2 + 1 + 0 + 1 / 2) / 6)
    assert found.f1 == pytest.approx({"benign": 1 / 2, "negative": 1.0, "spam": 2 / 3, "toxic": 2 / 3})
    assert dict(found.support) == {"benign": 2, "negative": 2, "spam": 1, "toxic": 3}


def test_the_same_as_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    true, told = of_labels(TRUE, NAMES), of_labels(TOLD, NAMES)
    found = multi_label(true, told, NAMES)
    assert found.subset_accuracy == pytest.approx(metrics.accuracy_score(true, told))
    assert found.hamming == pytest.approx(metrics.hamming_loss(true, told))
    assert found.jaccard == pytest.approx(metrics.jaccard_score(true, told, average="samples"))
    assert list(found.f1.values()) == pytest.approx(metrics.f1_score(true, told, average=None))
    assert found.macro_f1 == pytest.approx(metrics.f1_score(true, told, average="macro"))
    assert found.weighted_f1 == pytest.approx(metrics.f1_score(true, told, average="weighted"))


def test_what_has_no_value() -> None:
    nothing = np.zeros((2, 1), bool)
    found = multi_label(nothing, nothing, ["x"])
    assert found.jaccard == 1
    assert np.isnan(found.f1["x"])
    assert np.isnan(found.macro_f1)
    assert np.isnan(found.weighted_f1)


def test_what_cannot_be() -> None:
    with pytest.raises(InputError, match=r"shape \(n, 2\)"):
        multi_label(np.zeros((2, 1), bool), np.zeros((2, 1), bool), ["x", "y"])
    with pytest.raises(InputError, match="arrays of the shape"):
        multi_label(np.zeros((0, 1), bool), np.zeros((0, 1), bool), ["x"])
    with pytest.raises(InputError, match="no label 'scam'"):
        of_labels(["spam, scam"], NAMES)
    assert of_labels(["", "toxic"], NAMES).tolist() == [[False] * 4, [False, False, False, True]]
