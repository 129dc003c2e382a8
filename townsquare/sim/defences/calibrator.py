"""A small stand-in for LoRec's calibrator: how likely an account is fake (our reconstruction)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from townsquare.protocols import FloatArray, IntArray

RATE, DECAY = 0.01, 5e-4
"""Of AdamW, as in the paper."""


@dataclass(frozen=True, slots=True)
class Loss:
    """The value of the loss, and its slopes."""

    value: float
    slopes: dict[str, FloatArray]


class Calibrator:
    """A logistic model f = sigmoid(v z + b) on a linear embedding z = W x of a user's features x.

    The loss is LoRec's (Zhang et al., SIGIR 2024), a mean over the users of a batch:
    BCE(f, y) + entropy_weight * entropy(f) for users with y = 0 - view_weight * cos(z, P view).
    The second term makes scores of observed users decisive, so that one that looks like a fraud can settle near 1 in
    spite of its label; the third keeps embeddings near to another view of the same users. With both weights 0 it is a
    plain logistic regression on cross-entropy. W, P, v, b follow the gradient with AdamW (rate .01, decay 5e-4).
    """

    def __init__(
        self, n_features: int, n_view: int, d: int, weights: tuple[float, float], rng: np.random.Generator
    ) -> None:
        """``weights`` are those of the entropy and of the view; ``d`` the size of the embedding."""
        self.entropy_weight, self.view_weight = weights
        self.parameters: dict[str, FloatArray] = {
            "W": rng.standard_normal((n_features, d)) / np.sqrt(max(1, n_features)),
            "P": rng.standard_normal((n_view, d)) / np.sqrt(max(1, n_view)),
            "v": rng.standard_normal(d) / np.sqrt(d),
            "b": np.zeros(1),
        }
        self._first = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self._second = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self._steps = 0

    def scores(self, features: FloatArray) -> FloatArray:
        """(n,) f, from 0 to 1."""
        p = self.parameters
        found: FloatArray = expit(features @ p["W"] @ p["v"] + p["b"][0])
        return found

    def loss(self, features: FloatArray, views: FloatArray, fake: IntArray) -> Loss:
        """Of n users: (n, features), (n, d_view), (n,) 1 for fakes that the defender made itself, else 0."""
        p, n = self.parameters, len(features)
        z = features @ p["W"]
        logit = z @ p["v"] + p["b"][0]
        f = expit(logit)
        # in terms of the logit nothing overflows: -log f = log(1 + e^-s), and the entropy is log(1 + e^s) - f s
        bce = np.logaddexp(0.0, logit) - fake * logit
        observed = (fake == 0).astype(np.float64)
        entropy = (np.logaddexp(0.0, logit) - f * logit) * observed
        d_logit = (f - fake - self.entropy_weight * observed * logit * f * (1 - f)) / n
        cosine, d_z, d_projected = _cosine(z, views @ p["P"])
        value = float((bce + self.entropy_weight * entropy - self.view_weight * cosine).mean())
        d_z = d_logit[:, None] * p["v"] - self.view_weight / n * d_z
        slopes = {
            "W": features.T @ d_z,
            "P": -self.view_weight / n * (views.T @ d_projected),
            "v": z.T @ d_logit,
            "b": d_logit.sum(keepdims=True),
        }
        return Loss(value, slopes)

    def step(self, features: FloatArray, views: FloatArray, fake: IntArray) -> float:
        """One step of AdamW on a batch; the loss before it."""
        loss = self.loss(features, views, fake)
        self._steps += 1
        for name, slope in loss.slopes.items():
            first, second = self._first[name], self._second[name]
            first += 0.1 * (slope - first)
            second += 0.001 * (slope * slope - second)
            ahead = first / (1 - 0.9**self._steps)
            scale = np.sqrt(second / (1 - 0.999**self._steps)) + 1e-8
            self.parameters[name] *= 1 - RATE * DECAY
            self.parameters[name] -= RATE * ahead / scale
        return loss.value


def _cosine(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(n,) cosines of the rows of a and b, and their slopes (n, d) in a and in b; 0 where a row is 0."""
    size_a, size_b = (np.sqrt(np.square(side).sum(axis=1, keepdims=True)) + 1e-12 for side in (a, b))
    unit_a, unit_b = a / size_a, b / size_b
    cosine = (unit_a * unit_b).sum(axis=1)
    return cosine, (unit_b - cosine[:, None] * unit_a) / size_a, (unit_a - cosine[:, None] * unit_b) / size_b
