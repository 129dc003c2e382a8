import numpy as np
import pytest

from townsquare.protocols import Campaign, InputError, Knowledge, Streams, Suspicion, configure, make
from townsquare.sim.defences.filter import Filter
from townsquare.sim.defences.practice import Practice, practised
from townsquare.testing.little_town import little_town


def filter_of(**settings):
    return make("defence", "filter", settings, Streams(0))


async def test_who_is_flagged_counts_for_nothing():
    log, catalogue = little_town(rated=True)
    detector = make("detector", "popularity-profile", {}, Streams(0))
    found = detector.inspect(log, catalogue, np.zeros(0, int))
    trust = await filter_of(detector={"name": "popularity-profile"}).weigh(log, catalogue, tick=7)
    assert trust.weights.tolist() == np.where(found.flagged, 0.0, 1.0).tolist()
    assert trust.scores.tolist() == found.scores.tolist()


async def test_reported_users_are_the_seeds():
    log, catalogue = little_town(rated=True)
    settings = {"detector": {"name": "fap", "flag": 2}}
    trust = await filter_of(**settings, reported=[3]).weigh(log, catalogue, tick=7)
    assert trust.weights[3] == 0
    assert (trust.weights == 0).sum() == 3
    nobody_yet = await filter_of(**settings, reported=[]).weigh(log, catalogue, tick=7)
    assert (nobody_yet.weights == 1).all()
    with pytest.raises(InputError, match="detector 'fap' starts from users known to be fake; set defence"):
        filter_of(**settings)


async def test_who_has_to_learn_is_never_judged_by_heart(monkeypatch):
    """Each user is inspected by a detector that was told nothing about it."""
    log, catalogue = little_town(rated=True)
    told = []

    class Careful:
        needs = ("labels",)

        def learn(self, log, catalogue, fake):
            self.fake = fake
            told.append(fake)

        def inspect(self, log, catalogue, seeds):
            unknown = self.fake[: log.n_users] == -1
            return Suspicion(np.where(unknown, 1.0, 0.0), np.zeros(log.n_users, bool))

    made = filter_of(detector={"name": "degree-sad"})
    monkeypatch.setattr(made, "_detector", Careful)
    trust = await made.weigh(log, catalogue, tick=7)
    assert (trust.scores == 1).all()
    assert len(told) == 2
    assert all((fake[log.n_users :] == 1).all() and len(fake) > log.n_users for fake in told)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"detector": {"name": "pcaa"}}, "no detector named 'pcaa'. Did you mean 'pca'"),
        ({"detector": {"name": "fap", "flags": 3}}, "unknown key 'flags'. Did you mean 'flag'"),
        ({"learns_from": ["randon"]}, "learns_from: there is no attack 'randon'. Did you mean 'random'"),
        ({"learns_from": []}, "learns_from"),
    ],
)
def test_what_is_wrong_is_said(settings, said):
    with pytest.raises(InputError, match=said):
        configure("defence", "filter", settings)


async def test_likes_and_a_detector_of_ratings():
    log, catalogue = little_town()
    made = Filter(Filter.Config(detector={"name": "fap"}, reported=(1,)), Streams(0))
    with pytest.raises(InputError, match="'fap' needs ratings"):
        await made.weigh(log, catalogue, tick=7)


async def test_practice_makes_fakes_of_every_kind():
    log, catalogue = little_town(rated=True)
    practice = Practice(learns_from=("random", "average"), share=0.2, campaigns=2, fillers=6)
    mixed, fake = await practised(practice, log, catalogue, Streams(1))
    assert fake.tolist() == [0] * log.n_users + [1] * 10
    assert mixed.where(mixed.users < log.n_users).items.tolist() == log.items.tolist()
    rows = np.bincount(mixed.users)[log.n_users :]
    assert (rows == 7).all()
    assert mixed.scale == log.scale
    again, _ = await practised(practice, log, catalogue, Streams(1))
    other, _ = await practised(practice, log, catalogue, Streams(2))
    assert again.items.tolist() == mixed.items.tolist() != other.items.tolist()


async def test_the_defenders_fakes_are_not_the_attackers():
    """Both may have the same seed."""
    log, catalogue = little_town(rated=True)
    attack = make("attack", "random", {}, Streams(0))
    known = Knowledge(log, catalogue, "white", 1.0, np.random.default_rng(0))
    profiles = await attack.craft(known, Campaign(np.array([170]), 5, 6))
    mixed, _ = await practised(Practice(learns_from=("random",), campaigns=1, fillers=6), log, catalogue, Streams(0))
    made = mixed.where(mixed.users >= log.n_users)
    assert set(made.items.tolist()) != set(profiles.items.tolist())


async def test_practice_where_everything_is_liked():
    log, catalogue = little_town()
    mixed, fake = await practised(Practice(), log, catalogue, Streams(0))
    assert mixed.scale is None
    assert (mixed.values == 1).all()
    assert fake.sum() == 10
