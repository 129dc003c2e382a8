"""How well scores rank fakes before others."""

import numpy as np
from scipy.stats import rankdata


def precision(scores, fake, left_out=()):
    """The share of fakes among the n highest scores, n being their number; unknown users are left out."""
    scores, fake = _judged(scores, fake, left_out)
    n = int(fake.sum())
    return float(fake[np.argsort(-scores, kind="stable")[:n]].mean())


def auc(scores, fake, left_out=()):
    """The chance that a fake scores above a genuine user, ties counting half."""
    scores, fake = _judged(scores, fake, left_out)
    n = int(fake.sum())
    return float((rankdata(scores)[fake == 1].sum() - n * (n + 1) / 2) / (n * (len(fake) - n)))


def _judged(scores, fake, left_out):
    kept = fake >= 0
    kept[list(left_out)] = False
    return scores[kept], fake[kept]
