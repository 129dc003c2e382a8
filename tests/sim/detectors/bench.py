"""Labelled data and fake profiles that detectors are measured on."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.datafiles import data_file
from townsquare.protocols import Catalogue, Interactions, Profiles, Streams
from townsquare.protocols.attack import ROLE
from townsquare.sim.data import ratings


@dataclass(frozen=True)
class Labelled:
    """A log whose fakes are known."""

    log: Interactions
    fake: np.ndarray
    """(n_users,) 1 fake, 0 genuine, -1 unknown."""


@cache
def movielens() -> Interactions:
    """943 users, 1,682 items, 100,000 ratings."""
    return ratings.load(data_file("ml-100k/u.data")).log


@cache
def labelled(name: str) -> Labelled:
    """ "amazon-spam-labelled" or "filmtrust-averageattack"."""
    files = {"amazon-spam-labelled": "profiles.txt", "filmtrust-averageattack": "ratings.txt"}
    data = ratings.load(data_file(f"{name}/{files[name]}"))
    lines = data_file(f"{name}/labels.txt").read_text().splitlines()
    kind = {user: int(label) for user, label in (line.split() for line in lines)}
    return Labelled(data.log, np.array([kind.get(user, -1) for user in data.user_ids]))


def attacked(log: Interactions, attack: str, seed: int = 0, *, profiles: int = 50, fillers: int = 36) -> Labelled:
    """``log`` with fakes after its users that push one unpopular item."""
    rng = Streams(seed).get("bench", attack)
    raters = np.bincount(log.items, minlength=log.n_items)
    means = np.bincount(log.items, log.values, log.n_items) / np.maximum(raters, 1)
    target = int(rng.choice(np.flatnonzero((raters >= 5) & (raters < 20) & (means <= 3))))
    built = [_profile(log, attack, target, fillers, rng, raters, means) for _ in range(profiles)]
    items, values = (np.concatenate(column) for column in zip(*built, strict=True))
    profile = np.repeat(np.arange(profiles), [len(one[0]) for one in built])
    role = np.full(len(items), ROLE["filler"], np.int8)
    fake = np.r_[np.zeros(log.n_users, int), np.ones(profiles, int)]
    return Labelled(Profiles(profile, items, values, role).joining(log, 0), fake)


def _profile(log, attack, target, fillers, rng, raters, means):
    """Items and ratings of one fake, by the definitions that the field shares."""
    others = np.setdiff1d(np.flatnonzero(raters), [target])
    famous = others[np.argsort(-raters[others], kind="stable")]
    mean, spread = log.values.mean(), log.values.std()
    n_selected = {"bandwagon": 17, "bandwagon-1": 1, "segment": 15, "segment-3": 3}.get(attack, 0)
    selected = famous[:n_selected]
    pools = {"aop": famous[: int(0.3 * len(famous))], "popular": famous[:fillers]}
    pool = pools.get(attack, np.setdiff1d(others, selected))
    chosen = rng.choice(pool, fillers, replace=False)
    if attack in ("average", "aop"):
        off = log.values - means[log.items]
        spreads = np.sqrt(np.bincount(log.items, off**2, log.n_items) / np.maximum(raters, 1))
        values = rng.normal(means[chosen], np.where(raters[chosen] > 1, spreads[chosen], spread))
    elif attack.startswith("segment"):
        values = np.full(fillers, log.scale.low)
    elif attack == "popular":
        values = np.where(means[chosen] >= mean, log.scale.high, log.scale.high - 1)
    else:
        values = rng.normal(mean, spread, fillers)
    items = np.r_[target, selected, chosen]
    return items, np.r_[np.full(1 + len(selected), log.scale.high), log.scale.nearest(values)]


def precision_at_n(scores: np.ndarray, fake: np.ndarray) -> float:
    """The share of fakes among as many of the highest scores as there are fakes; ties to the smaller number."""
    return float(fake[np.argsort(-scores, kind="stable")[: int(fake.sum())]].mean())


def said(detector, found: Labelled):
    """What a detector that needs no seeds says of a log."""
    return detector.inspect(found.log, Catalogue.bare(found.log.n_items), np.zeros(0, np.int64))


def five_fold_f1(make, found: Labelled, seed: int = 0) -> float:
    """F1 over all labelled users, each judged by a detector that learnt from the other four fifths."""
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    people = np.flatnonzero(found.fake >= 0)
    flagged = np.zeros(len(found.fake), bool)
    for learn, judge in StratifiedKFold(5, shuffle=True, random_state=seed).split(people, found.fake[people]):
        known = np.full(len(found.fake), -1)
        known[people[learn]] = found.fake[people[learn]]
        detector = make()
        detector.learn(found.log, Catalogue.bare(found.log.n_items), known)
        flagged[people[judge]] = said(detector, found).flagged[people[judge]]
    return float(f1_score(found.fake[people], flagged[people]))
