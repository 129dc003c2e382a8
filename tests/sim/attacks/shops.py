"""What the tests of attacks have in common: MovieLens-100K as ratings, and one attack put to work."""

import asyncio
from functools import cache

import numpy as np

from tests.datafiles import data_file
from townsquare.protocols import Campaign, Catalogue, Interactions, Knowledge, Scale, Streams, make
from townsquare.protocols.attack import ROLE
from townsquare.sim.attacks.crafted import crafted

STARS = Scale(1.0, 5.0, 4.0)


@cache
def movies():
    """943 users, 1,682 items and 100,000 ratings; skips where the file is not there."""
    rows = np.loadtxt(data_file("ml-100k/u.data"), skiprows=1, usecols=(0, 1, 2))
    users = np.unique(rows[:, 0], return_inverse=True)[1]
    items = np.unique(rows[:, 1], return_inverse=True)[1]
    return Interactions(users, items, rows[:, 2], np.zeros(len(rows)), users.max() + 1, items.max() + 1, STARS)


def put_to_work(name, log, campaign, seed=0, catalogue=None, **own):
    """The profiles, checked, and what the attack knew."""
    made = make("attack", name, own, Streams(seed))
    known = Knowledge(log, catalogue or Catalogue.bare(log.n_items), made.level, 0.3, Streams(seed).get("knowledge"))
    return asyncio.run(crafted(made, known, campaign)), known


def against(target, profiles=10, fillers=36, intent="push"):
    """A campaign with one target."""
    return Campaign(np.array([target]), profiles, fillers, intent)


def role(made, name):
    """Items and ratings of one role."""
    rows = made.role == ROLE[name]
    return made.items[rows], made.values[rows]


def expected(mean, spread):
    """Mean and variance of a normal number rounded and clipped to 1 to 5, by a fine sum."""
    grid = np.linspace(-6, 6, 1201)
    weights = np.exp(-(grid**2) / 2)
    weights /= weights.sum()
    values = STARS.nearest(np.asarray(mean)[..., None] + np.asarray(spread)[..., None] * grid)
    first = values @ weights
    return first, (values**2) @ weights - first**2


def off_by(made, mean, spread):
    """How far the mean of the fillers is from that of rounded and clipped N(mean, spread), in standard errors."""
    values = role(made, "filler")[1]
    kinds, kind = np.unique(np.stack(np.broadcast_arrays(mean, spread, values)[:2]), axis=1, return_inverse=True)
    first, variance = (numbers[kind.ravel()] for numbers in expected(*kinds))
    return abs((values - first).sum()) / np.sqrt(variance.sum())
