"""How well several labels per text are told: subset accuracy, Hamming loss, Jaccard index, F1 of each label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from townsquare.protocols.columns import BoolArray, FloatArray, steady
from townsquare.protocols.errors import InputError


@dataclass(frozen=True, slots=True)
class MultiLabel:
    """Measures of n texts and m labels; the same numbers as scikit-learn's, but NaN for 0 of 0."""

    subset_accuracy: float
    """Share of texts of which all labels are right."""
    hamming: float
    """Share of the n * m cells that are wrong."""
    jaccard: float
    """Mean over texts of |told and true| / |told or true|; 1 for a text that has no label and is told none."""
    f1: Mapping[str, float]
    """By label; NaN for one that no text has and none is told."""
    support: Mapping[str, int]
    """By label, how many texts have it."""

    @property
    def macro_f1(self) -> float:
        """Mean over the labels that have a value."""
        known = [value for value in self.f1.values() if value == value]
        return sum(known) / len(known) if known else float("nan")

    @property
    def weighted_f1(self) -> float:
        """Mean over labels, by how many texts have each."""
        whole = sum(self.support.values())
        held = [n * self.f1[name] for name, n in self.support.items() if n]
        return sum(held) / whole if whole else float("nan")


def multi_label(true: BoolArray, told: BoolArray, names: Sequence[str]) -> MultiLabel:
    """Measures of two (n, m) arrays, True where a text has a label, or was told it.

    Raises InputError for arrays of other shapes than (n, len(names)), and for no texts.
    """
    true, told = np.asarray(true, bool), np.asarray(told, bool)
    if true.ndim != 2 or true.shape != told.shape or true.shape[1] != len(names) or not len(true):
        raise InputError(
            f"labels of n texts are two arrays of the shape (n, {len(names)}) (got {true.shape} and {told.shape})."
        )
    both, either = (true & told).sum(axis=1), (true | told).sum(axis=1)
    jaccard = np.divide(both, either, out=np.ones(len(true)), where=either > 0)
    hits, wrong = (true & told).sum(axis=0), (true ^ told).sum(axis=0)
    with np.errstate(invalid="ignore"):
        f1: FloatArray = steady(2 * hits / (2 * hits + wrong), 12)
    return MultiLabel(
        float((true == told).all(axis=1).mean()),
        float((true != told).mean()),
        float(jaccard.mean()),
        dict(zip(names, f1.tolist(), strict=True)),
        dict(zip(names, true.sum(axis=0).tolist(), strict=True)),
    )


def of_labels(given: Sequence[str], names: Sequence[str]) -> BoolArray:
    """(n, len(names)) from labels in words, several with commas between, as moderators tell them (``category``).

    Raises InputError for a label that is none of ``names``.
    """
    held = [{label.strip() for label in one.split(",") if label.strip()} for one in given]
    strange = sorted(set().union(*held) - set(names)) if held else []
    if strange:
        raise InputError(f"there is no label {strange[0]!r}; there are {', '.join(names)}.")
    return np.array([[name in one for name in names] for one in held], bool).reshape(len(held), len(names))
