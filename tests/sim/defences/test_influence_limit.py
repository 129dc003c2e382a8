import numpy as np
import pytest

from townsquare.protocols import Catalogue, InputError, Interactions, Scale, Streams
from townsquare.sim.defences.influence_limit import InfluenceLimit

HONEST, ITEMS = 100, 60


def log_of(rows):
    """From (tick, user, item, rating)."""
    rows = sorted(rows)
    tick, user, item, rating = (np.array(column) for column in zip(*rows, strict=True))
    return Interactions(user, item, rating.astype(float), tick, int(user.max()) + 1, ITEMS, Scale(1, 5, 4))


async def weigh(log, **settings):
    made = InfluenceLimit(InfluenceLimit.Config(**settings), Streams(0))
    return await made.weigh(log, Catalogue.bare(ITEMS), tick=99)


def honest(rng):
    """All rate every item as it is, give or take a bit, at times of their own."""
    worth = rng.uniform(1.5, 4.5, ITEMS)
    return [
        (int(rng.integers(1000)), user, item, float(np.clip(np.rint(worth[item] + rng.normal(0, 0.7)), 1, 5)))
        for user in range(HONEST)
        for item in rng.choice(ITEMS, 20, False).tolist()
    ]


async def test_credit_is_what_the_formula_says():
    """Two ratings of one item: the second is the truth for the first, as far as its user is believed."""
    trust = await weigh(log_of([(0, 0, 0, 5), (1, 1, 0, 4)]), start=0.2, rate=1.0, prior=2.0, rounds=1)
    mean, first, second = (1.0 + 0.75) / 2, 1.0, 0.75
    moved = mean + (first - mean) / 3.0
    credit = ((mean - second) ** 2 - (moved - second) ** 2) * 0.2 / 2.2
    assert -trust.scores == pytest.approx([0.2 + credit, 0.2], abs=1e-9)
    assert trust.weights == pytest.approx([0.2 + credit, 0.2], abs=1e-9)


async def test_who_foretells_gains_and_late_fakes_do_not():
    rows = honest(np.random.default_rng(0))
    fakes = [(2000, HONEST + f, 0, 5.0) for f in range(20)]
    fakes += [(2000, HONEST + f, 1 + (7 * f + k) % 59, 3.0) for f in range(20) for k in range(10)]
    trust = await weigh(log_of(rows + fakes))
    assert (trust.weights[HONEST:] == 0.1).all()
    assert trust.weights[:HONEST].mean() > 0.3
    assert (trust.weights[:HONEST] > 0.1).mean() > 0.5


async def test_fakes_hardly_raise_each_other():
    """One after the other on an item that nobody else rates: one rating is one rating."""
    rows = [row for row in honest(np.random.default_rng(1)) if row[2] != 0]
    fakes = [(2000 + f, HONEST + f, 0, 5.0) for f in range(10)]
    trust = await weigh(log_of(rows + fakes))
    assert trust.weights[HONEST:].max() == pytest.approx(0.2)
    assert (await weigh(log_of(rows + fakes), most=10.0)).weights[HONEST:].max() == 1


async def test_a_liar_has_less_influence_than_who_says_nothing_new():
    rows = honest(np.random.default_rng(3))
    worth = {item: np.mean([row[3] for row in rows if row[2] == item]) for item in range(ITEMS)}
    rows += [(-1, HONEST, item, 1.0 if worth[item] > 3 else 5.0) for item in range(ITEMS)]
    trust = await weigh(log_of(rows))
    assert trust.weights[HONEST] == 0
    assert trust.scores[HONEST] == trust.scores.max()


async def test_nobody_can_be_judged_at_the_first_moment():
    trust = await weigh(log_of([(4, user, item, 5) for user in range(3) for item in range(3)]))
    assert (trust.weights == 1).all()


async def test_likes_are_refused():
    with pytest.raises(InputError, match="defence 'influence-limit' needs ratings on a scale"):
        await weigh(log_of([(0, 0, 0, 5), (1, 0, 1, 5)]).positive())
