"""A shop, tick by tick."""

import numpy as np
import pytest

from townsquare.protocols import Actions, ContractError, Interactions, Scale, Streams, Trust, make
from townsquare.protocols.events import KIND, REASON
from townsquare.protocols.moderator import Verdicts
from townsquare.sim.environments.opinions import MadeUp
from townsquare.sim.environments.shop import Shop, Stock
from townsquare.sim.scenarios.shilling import Customers, Shilling, Shills
from townsquare.sim.scenarios.shilling import Shop as Goods

STARS = Scale(1.0, 5.0, 4.0)
N, M = 40, 30


def shop(shills=2, visits=1.0, seed=0, detectors=None, **customers):
    streams = Streams(seed)
    scenario = Shilling(
        customers=Customers(count=N, visits=visits, **customers),
        shills=Shills(count=shills),
        shop=Goods(items=M, slate=5, past=4),
        watch=(),
    )
    categories = np.arange(M) % 3
    opinions = MadeUp.drawn(N, categories, 4, STARS, streams)
    users = np.repeat(np.arange(N), 4)
    items = (users * 7 + np.tile([0, 3, 11, 17], N)) % M
    values = STARS.nearest(opinions.of(users, items[:, None])[:, 0])
    past = Interactions(users, items, values, np.zeros(4 * N, np.int32), N, M, STARS)
    titles = tuple(f"item {i}" for i in range(M))
    stock = Stock(past, categories, ("a", "b", "c"), titles, opinions, np.array([5]))
    return Shop(scenario, streams, stock, detectors or {}, lambda tick: popular())


def popular():
    return make("recommender", "popular", {}, Streams(0))


def ticked(of, tick=0, shilling=None, buying=None):
    """One tick as the engine runs it."""
    of.supply(tick)
    first = of.apply(tick, [] if shilling is None else [shilling])
    recommender = popular()
    recommender.fit(of.history(tick)[0].positive(), of.catalogue())
    seen = of.observe(tick, of.match(tick, recommender))
    done = [buying(seen[0])] if buying and seen else []
    return first, of.apply(tick, done), seen


def rate(agents, items, values, text=None):
    return Actions.of("rate", np.array(agents), np.array(items), value=np.array(values, float), text=text)


def first_of_each(seen):
    return rate(seen.agents, seen.items[:, 0], np.full(len(seen), 4.0))


def test_shills_are_asked_first_and_only_where_there_are_some():
    assert [view.group for view in shop().supply(0)] == ["shills"]
    assert shop().supply(0)[0].agents.tolist() == [N, N + 1]
    assert shop(shills=0).supply(0) == []


def test_what_shills_rate_is_learnt_in_the_same_tick():
    here = shop()
    first, _, _ = ticked(here, shilling=rate([N, N + 1], [5, 5], [5, 5]))
    assert first.kind.tolist() == [KIND["rate"]] * 2
    log, _ = here.history(0)
    assert len(log) == 4 * N + 2
    assert log.n_users == N + 2


def test_what_customers_rate_is_learnt_in_the_next():
    here = shop()
    _, done, _ = ticked(here, buying=first_of_each)
    assert (done.kind == KIND["rate"]).sum() == N
    assert len(here.history(0)[0]) == 4 * N
    assert len(here.history(1)[0]) == 5 * N


def test_nobody_is_shown_what_they_rated():
    here = shop()
    for tick in range(3):
        rated = here.log.rated.copy()
        _, _, (seen,) = ticked(here, tick, buying=first_of_each)
        rows = np.repeat(seen.agents, seen.items.shape[1])
        assert not rated[rows, seen.items.ravel()].any()


def test_a_list_holds_no_item_twice_and_is_filled_up():
    _, done, (seen,) = ticked(shop())
    assert all(len(set(row)) == 5 for row in seen.items.tolist())
    assert (done.kind == KIND["shown"]).sum() == N * 5


def test_a_recommender_with_nothing_to_say_leaves_places_to_chance():
    here = shop()
    silent = make("recommender", "ease", {}, Streams(0))
    silent.fit(Interactions(*(np.zeros(0, int),) * 2, np.zeros(0), np.zeros(0, int), N, M), here.catalogue())
    here.history(0)
    (seen,) = here.observe(0, here.match(0, silent))
    done = here.apply(0, [])
    assert all(len(set(row)) == 5 for row in seen.items.tolist())
    assert (done.why == REASON["fill"]).all()


def test_a_share_comes_by():
    here = shop(visits=0.5)
    counts = [len(ticked(here, tick)[2][0]) for tick in range(10)]
    assert 0.35 * N < np.mean(counts) < 0.65 * N


def test_a_tick_without_visitors():
    here = shop(visits=1e-9)
    first, done, seen = ticked(here)
    assert (len(first), len(done), seen) == (0, 0, [])
    assert here.view is not None
    assert len(here.view.visitors) == 0


def test_reviews_are_items_of_their_own():
    here = shop()
    first, _, _ = ticked(here, shilling=rate([N, N + 1], [5, 6], [5, 3], ["great", ""]))
    posts = first.only("post")
    assert (posts.item.tolist(), posts.ref.tolist(), posts.agent.tolist()) == ([M], [5], [N])
    assert here.reviews == [(N, 5, 0, "great", 4 * N)]


def test_half_a_surrogate_pair_does_no_harm():
    here = shop()
    ticked(here, shilling=rate([N], [5], [5], ["\ud83d"]))
    here.log.state()
    assert here.reviews[0].text == "?"


def test_what_is_refused_changes_nothing():
    here = shop()
    before = len(here.log.users)
    first, _, _ = ticked(here, shilling=rate([N, N, 0, N], [5, 5, 5, 5], [5, 4, 5, 9]))
    assert first.kind.tolist() == [KIND["rate"]] + [KIND["refused"]] * 3
    assert len(here.log.users) == before + 1
    assert here.view is not None
    assert (here.view.shill_ratings, here.view.refused) == (1, 3)


def test_silence_is_on_record():
    here = shop()
    silent = Actions.of("no_answer", np.array([N]), np.array([-1]), value=REASON["invalid"])
    first, _, _ = ticked(here, shilling=silent)
    assert first.kind.tolist() == [KIND["no_answer"]]


def test_adding_shills_moves_no_customer():
    seen = [ticked(shop(shills=n), buying=first_of_each)[2][0] for n in (0, 7)]
    for name in ("agents", "items"):
        assert np.array_equal(getattr(seen[0], name), getattr(seen[1], name))
    assert np.array_equal(seen[0].features["opinion"], seen[1].features["opinion"])


def test_the_shadow_learns_from_customers_alone():
    here, alone = shop(shills=7), shop(shills=0)
    everybody = list(range(N, N + 7))
    for tick in range(2):
        ticked(here, tick, shilling=rate(everybody, [5 + tick] * 7, [5] * 7))
        ticked(alone, tick)
    assert here.view is not None
    assert alone.view is not None
    assert np.array_equal(here.view.without, alone.view.shown)
    assert not np.array_equal(here.view.without, here.view.shown)


def test_detectors_look_when_the_recommender_learns():
    class Looking:
        needs = ()
        looked = 0

        def inspect(self, log, catalogue, seeds):
            self.looked += 1
            return None

    detector = Looking()
    here = shop(detectors={"looking": detector})
    ticked(here)
    assert detector.looked == 1
    here.match(1, popular_fitted(here))
    assert detector.looked == 1


def popular_fitted(of):
    made = popular()
    made.fit(of.log.interactions(of.log.ticks < 99).positive(), of.catalogue())
    return made


def test_an_attacker_sees_what_its_level_allows_and_no_shill():
    here = shop()
    ticked(here, shilling=rate([N, N + 1], [5, 5], [5, 5]))
    known = here.knowledge("black")
    assert known.counts.sum() == 4 * N
    with pytest.raises(ContractError, match="takes 'grey'"):
        _ = known.sample
    assert here.knowledge("grey").sample.n_users == 4


def test_a_state_brings_everything_back():
    here = shop()
    for tick in range(2):
        ticked(here, tick, shilling=rate([N + tick], [5], [5], ["good"]), buying=first_of_each)
    again = shop()
    again.load({name: np.array(column) for name, column in here.state().items()})
    assert again.reviews == here.reviews
    for of in (here, again):
        ticked(of, 2, buying=first_of_each)
    assert np.array_equal(here.view.shown, again.view.shown)
    assert np.array_equal(here.view.without, again.view.without)


def test_trust_is_noted():
    here = shop()
    here.trusted(Trust.full(N + 2))
    ticked(here)
    assert here.view is not None
    assert here.view.trust is not None


def test_new_reviews_await_the_moderator_once():
    here = shop()
    ticked(here, shilling=rate([N, N + 1], [5, 6], [5, 3], ["great", "poor"]))
    posts = here.pending(1)
    assert posts.items.tolist() == [M, M + 1]
    assert posts.authors.tolist() == [N, N + 1]
    assert [posts.text(item) for item in posts.items] == ["great", "poor"]
    here.govern(1, posts, Verdicts.abstaining(2))
    assert len(here.pending(2)) == 0


def test_a_removed_review_takes_its_rating_with_it():
    here = shop()
    before = here.log.printed()[1].copy()
    ticked(here, shilling=rate([N, N + 1], [5, 6], [5, 3], ["great", "poor"]))
    verdicts = Verdicts(np.array([2, 1], np.int8), np.array([1.0, 0.0]), ["a copy", ""])
    events = here.govern(1, here.pending(1), verdicts)
    assert events.why.tolist() == [REASON["remove"], REASON["show"]]
    assert len(here.history(1)[0]) == 4 * N + 1
    assert (here.log.printed()[1] - before).tolist() == [int(item == 6) for item in range(M)]
    again = shop()
    again.load({name: np.array(column) for name, column in here.state().items()})
    assert len(again.history(1)[0]) == 4 * N + 1
    assert len(again.pending(2)) == 0
    first, _, _ = ticked(here, 1, shilling=rate([N], [5], [5]))
    assert first.why.tolist() == [REASON["twice"]]
