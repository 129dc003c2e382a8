"""Figures measured once on the real lists by a program of its own (20 ways of breaking ties): NDCG@1, @5, @10, MRR."""

import numpy as np

from townsquare.evaluate.candidates import Candidates
from townsquare.evaluate.ranking import metrics
from townsquare.protocols import FloatArray

NAMES = ("ndcg@1", "ndcg@5", "ndcg@10", "mrr")
REFERENCE = {
    ("dense", "chance"): (0.100, 0.295, 0.454, 0.293),
    ("dense", "popular"): (0.170, 0.379, 0.509, 0.363),
    ("dense", "item-knn"): (0.163, 0.402, 0.517, 0.371),
    ("dense", "tfidf-max"): (0.092, 0.408, 0.496, 0.340),
    ("dense", "tfidf-sum"): (0.130, 0.413, 0.511, 0.360),
    ("sparse", "chance"): (0.100, 0.295, 0.454, 0.293),
    ("sparse", "popular"): (0.026, 0.048, 0.325, 0.142),
    ("sparse", "item-knn"): (0.099, 0.287, 0.450, 0.288),
    ("sparse", "tfidf-max"): (0.280, 0.520, 0.597, 0.474),
    ("sparse", "tfidf-sum"): (0.240, 0.500, 0.582, 0.452),
}


def means(scores: FloatArray, shown: Candidates) -> tuple[float, ...]:
    found = metrics(scores, shown.target)
    return tuple(float(np.mean(found[name])) for name in NAMES)
