import logging
from dataclasses import replace

import numpy as np
import pytest

from townsquare.protocols import Catalogue, InputError, Interactions, Scale, Streams, make
from townsquare.protocols.defence import Trust, weighed
from townsquare.protocols.recommender import lesson
from townsquare.sim.defences.merit_rank import MeritRank

HONEST, SYBILS, TARGET = 60, 50, 0
N = HONEST + SYBILS


def shop(tmp_path, bridges=0):
    """Votes of 60 who know each other and of 50 Sybils who all push item 0; ``bridges`` people trust a Sybil."""
    rng = np.random.default_rng(0)
    users = np.concatenate([np.repeat(np.arange(HONEST), 5), np.arange(HONEST, N)])
    items = np.concatenate([np.concatenate([rng.choice(np.arange(1, 20), 5, False) for _ in range(HONEST)]), [0] * 50])
    ring = [(u, (u + step) % HONEST) for u in range(HONEST) for step in (1, 2, 7)]
    chain = [(HONEST + a, HONEST + b) for a in range(SYBILS) for b in ((a + 1) % SYBILS, 0)]
    ties = ring + chain + [(u, HONEST) for u in range(bridges)]
    path = tmp_path / "trust.csv"
    path.write_text("user,followed\n" + "".join(f"{a},{b}\n" for a, b in ties))
    return Interactions(users, items, np.ones(len(users)), np.arange(len(users)), N, 20), str(path)


async def weigh(log, **settings):
    made = MeritRank(MeritRank.Config(**{"walks": 4_000, **settings}), Streams(0))
    return await made.weigh(log, Catalogue.bare(log.n_items), tick=1)


def place(log):
    """Of the target among the popular items."""
    votes = make("recommender", "popular", {}, Streams(0))
    votes.fit(lesson(votes, log), Catalogue.bare(20))
    return votes.recommend(np.array([5]), 20, tick=1, candidates=np.arange(20)).items[0].tolist().index(TARGET)


async def test_fifty_sybils_push_nothing_where_no_trust_leads_to_them(tmp_path):
    log, path = shop(tmp_path)
    honest = log.where(log.users < HONEST)
    trust = await weigh(log, graph=path)
    assert not trust.weights[HONEST:].any()
    assert trust.weights[:HONEST].min() > 0.5
    assert place(honest) == 19
    assert place(log) == 0
    assert place(weighed(log, trust)) == 19


async def test_who_trusts_one_of_them_lets_in_few(tmp_path):
    """One bridge: what is behind it is decayed, and the total stays small."""
    log, path = shop(tmp_path, bridges=1)
    trust = await weigh(log, graph=path, score="visits")
    assert 0 < trust.weights[HONEST:].sum() < 0.5 * trust.weights[:HONEST].sum()
    open_hearted = await weigh(log, graph=path, score="visits", bottleneck=2.0, alpha=0.05)
    assert trust.weights[HONEST:].sum() < open_hearted.weights[HONEST:].sum()


async def test_seeds_are_the_oldest_accounts_or_a_list(tmp_path):
    log, path = shop(tmp_path)
    chosen = await weigh(log, graph=path, seeds=(HONEST,))
    assert chosen.weights[HONEST] == 1
    assert not chosen.weights[:HONEST].any()
    older = replace(log, ticks=np.where(log.users >= HONEST, 0, 1 + log.ticks))
    assert not (await weigh(older, graph=path, elders=0.05)).weights[:HONEST].any()
    with pytest.raises(InputError, match="seed 900 is no user; allowed are 0 to 109"):
        await weigh(log, graph=path, seeds=(900,))


async def test_a_newcomer_without_ties_is_no_suspect(tmp_path, caplog):
    log, path = shop(tmp_path)
    one_more = Interactions(
        np.append(log.users, N), np.append(log.items, 3), np.ones(len(log) + 1), np.append(log.ticks, 999), N + 2, 20
    )
    with caplog.at_level(logging.INFO):
        trust = await weigh(one_more, graph=path, fallback=0.7)
    assert trust.weights[N] == 0.7
    assert "1 of 111 accounts have no ties yet; each counts 0.7" in caplog.text


async def test_agreement_reaches_honest_users_before_fakes():
    """Three tastes, and thirty accounts that rate at random but for the item they push."""
    rng = np.random.default_rng(2)
    taste, kind = rng.integers(3, size=150), rng.integers(3, size=120)
    like = np.where(taste[:, None] == kind, 0.9, 0.15)
    like = np.vstack([like, np.full((30, 120), 0.4)])
    there = rng.random(like.shape) < 0.3
    there[150:, 0] = True
    values = np.where(rng.random(like.shape) < like, 5.0, 2.0)
    values[150:, 0] = 5.0
    users, items = np.nonzero(there)
    log = Interactions(users, items, values[there], np.arange(len(users)), 180, 120, Scale(1, 5, 4))
    trust = await weigh(log, friends=5, enough=0.5)
    assert (trust.scores[150:, None] > trust.scores[:150]).mean() > 0.7


async def test_everybody_is_new():
    empty = Interactions(*(np.zeros(0, int) for _ in range(4)), 4, 5)
    assert (await weigh(empty)).weights.tolist() == Trust.full(4).weights.tolist()
