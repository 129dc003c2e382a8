"""What each defence catches on MovieLens-100K, and what honest users pay: the table of docs/defend-a-town.md.

    python -m pytest -m slow -s tests/sim/defences/test_price.py

prints it. 50 fakes (5 %) push an item with 3 to 30 ratings, with 36 fillers each and in the last tick; three seeds.
"""

import numpy as np
import pytest

from tests.datafiles import data_file
from townsquare.protocols import Campaign, Knowledge, Streams, make
from townsquare.sim.data.ratings import load

ATTACKS = (None, "random", "average", "bandwagon", "segment", "aop")
FAKES = 50


async def poisoned(data, attack, seed):
    log = data.log
    if attack is None:
        return log
    popularity = np.bincount(log.items, minlength=log.n_items)
    target = np.random.default_rng(seed).choice(np.flatnonzero((popularity >= 3) & (popularity <= 30)))
    made = make("attack", attack, {}, Streams(seed))
    known = Knowledge(log, data.catalogue, made.level, 0.1, Streams(seed).get("k"))
    profiles = await made.craft(known, Campaign(np.array([target]), FAKES, 36))
    return profiles.joining(log, int(log.ticks.max()) + 1)


async def price(name, settings):
    """By attack: share of fakes, and of honest users, who count less than half; means over three seeds."""
    data = load(data_file("ml-100k/u.data"))
    found = {}
    for attack in ATTACKS:
        rows = []
        for seed in range(3):
            log = await poisoned(data, attack, seed)
            fake = np.arange(log.n_users) >= data.log.n_users
            given = dict(settings)
            if "reported" in given:
                given["reported"] = np.flatnonzero(fake)[:3].tolist()
            trust = await make("defence", name, given, Streams(seed)).weigh(log, data.catalogue, tick=0)
            low = trust.weights < 0.5
            rows.append([low[fake].mean() if fake.any() else np.nan, low[~fake].mean()])
        found[attack] = np.mean(rows, axis=0)
    print(f"\n{name} {settings}", {str(attack): pair.round(2).tolist() for attack, pair in found.items()})
    return found


@pytest.mark.slow
async def test_lorec_catches_what_it_knows_and_some_of_what_it_does_not():
    found = await price("lorec", {})
    assert all(found[attack][0] > 0.95 for attack in ("random", "average", "bandwagon"))
    assert found["segment"][0] > 0.5
    assert found["aop"][0] < 0.6
    assert all(found[attack][1] < 0.05 for attack in ("random", "average", "bandwagon"))
    assert all(pair[1] < 0.13 for pair in found.values())


@pytest.mark.slow
async def test_merit_rank_does_not_depend_on_the_attack_being_known():
    found = await price("merit-rank", {})
    assert all(found[attack][0] > 0.3 for attack in ATTACKS[1:5])
    assert all(pair[1] < 0.09 for pair in found.values())


@pytest.mark.slow
async def test_influence_limit_stops_newcomers_and_most_honest_users():
    found = await price("influence-limit", {})
    assert all(found[attack][0] == 1 for attack in ATTACKS[1:])
    assert all(0.5 < pair[1] < 0.8 for pair in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("detector", ["pca", "popularity-profile", "degree-sad", "forest", "fap"])
async def test_filter(detector):
    found = await price("filter", {"detector": {"name": detector}} | ({"reported": []} if detector == "fap" else {}))
    assert all(pair[1] <= 0.06 for pair in found.values())
