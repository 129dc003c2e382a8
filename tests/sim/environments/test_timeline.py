"""A timeline, tick by tick."""

import numpy as np
import pytest
import scipy.sparse as sp

from townsquare.protocols import Actions, Streams, make
from townsquare.protocols.events import KIND, REASON, REASONS
from townsquare.protocols.moderator import Verdicts
from townsquare.protocols.workers import Workers
from townsquare.sim.environments.timeline import Timeline
from townsquare.sim.environments.timeline_cast import Cast
from townsquare.sim.scenarios.campaign import Bots, Campaign, Members, Persuaders
from townsquare.sim.scenarios.campaign import Timeline as Places

N, P, B = 30, 2, 1


def town(*, seed=0, members=None, persuaders=None, bots=B, **timeline):
    scenario = Campaign(
        members=Members(count=N, **({"posts": 1.0, "mind": "remote"} | (members or {}))),
        persuaders=Persuaders(**({"count": P, "start": 0, "audience": 3} | (persuaders or {}))),
        bots=Bots(count=bots),
        timeline=Places(length=6, **timeline),
    )
    row = np.repeat(np.arange(N), 2)
    follows = sp.csr_array((np.ones(2 * N), (row, (row + np.tile([1, 2], N)) % N)), shape=(N, N + P))
    cast = Cast(
        np.linspace(0, 1, N).round(5), np.full(N, 0.5), np.full(N, 0.3), np.zeros(N, bool), follows,
        np.array([4, 5, 6]), P, bots,
    )  # fmt: skip
    return Timeline(scenario, Streams(seed), cast, Workers(1))


def random():
    return make("recommender", "random", {}, Streams(0))


def post(agents, items=None, *, stance=0.5, harm=0.0, value=0.0):
    n = len(agents)
    items = np.full(n, -1) if items is None else np.array(items)
    vector = np.stack([np.broadcast_to(stance, n), np.broadcast_to(harm, n)], axis=1).astype(float)
    return Actions.of("post", np.array(agents), items, value=value, vector=vector, text=["words"] * n)


def ticked(of, tick, posts=(), browse=None, verdicts=None):
    """One tick as the engine runs it."""
    asked = of.supply(tick)
    made = of.apply(tick, list(posts))
    if verdicts is not None:
        of.govern(tick, *verdicts(of.pending(tick)))
    of.history(tick)
    (seen,) = of.observe(tick, of.match(tick, random()))
    return asked, made, seen, of.apply(tick, [browse(seen)] if browse else [])


def whys(events, kind):
    return [REASONS[code] for code in events.only(kind).why]


def test_who_is_asked_to_post():
    asked = town().supply(0)
    assert [(seen.group, seen.task, len(seen)) for seen in asked] == [
        ("persuaders", "persuade", P),
        ("members", "post", N),
    ]
    assert asked[0].limit == 2
    assert asked[0].traits["stance"].tolist() == [0.8] * P
    assert asked[1].text(0) == "The town should close its centre to cars."
    assert town(members={"posts": 0.0}, persuaders={"start": 3}).supply(2) == []


def test_posts_are_taken_from_those_who_were_asked():
    of = town(members={"posts": 0.0})
    _, made, _, _ = ticked(of, 0, [post([N, N, N, 0])])
    assert len(made.only("post")) == 2
    assert whys(made, "refused") == ["over the limit", "not allowed"]


def click_all(seen):
    row, slot = np.nonzero(seen.items >= 0)
    return Actions.of("click", seen.agents[row], seen.items[row, slot])


def test_reading_moves_by_the_rule_and_the_log_says_by_what():
    of = town()
    before = of.opinions.copy()
    _, _, seen, events = ticked(of, 0, [post([N], stance=0.9)], click_all)
    assert set(whys(events, "shown")) <= {"first audience", "match", "fill"}
    moved = events.only("opinion")
    near = (seen.items[:, 0] == 1) & (np.abs(0.9 - before) < 0.3)
    assert moved.agent.tolist() == np.flatnonzero(near).tolist()
    assert set(moved.ref.tolist()) == {N}
    assert np.allclose(moved.value, before[near] + 0.5 * (0.9 - before[near]), atol=1e-4)
    assert np.array_equal(of.opinions[near], np.round(moved.value.astype(float), 5))


def test_minds_that_say_what_they_think_are_believed():
    of = town(members={"update": "own", "mind": "remote"})

    def browse(seen):
        opinion = Actions.of(
            "opinion", np.array([0, 1, 2, 2]), np.array([1, 1, -1, -1]), value=np.array([0.9, 0.5, 0.1, 0.2])
        )
        return Actions.concat([Actions.of("click", np.array([0]), np.array([1])), opinion])

    before = of.opinions.copy()
    _, _, _, events = ticked(of, 0, [post([N])], browse)
    said = events.only("opinion")
    assert (said.agent.tolist(), said.item.tolist(), said.ref.tolist()) == ([0, 2], [1, -1], [N, -1])
    assert of.opinions[:3].tolist() == [0.9, before[1], 0.1]
    assert sorted(whys(events, "refused")) == ["not shown", "twice"]


def test_under_the_rule_nobody_says_what_they_think():
    of = town()
    _, _, _, events = ticked(
        of, 0, [post([N])], lambda seen: Actions.of("opinion", np.array([0]), np.array([-1]), value=0.9)
    )
    assert whys(events, "refused") == ["not allowed"]


def test_answers_are_to_what_was_shown():
    of = town()

    def browse(seen):
        other = next(i for i in range(1, 40) if i not in seen.items[0])
        return post([0, 0, 0], [int(seen.items[0, 0]), other, -1])

    _, _, _, events = ticked(of, 0, [post(range(N))], browse)
    replies = events.only("post")
    assert len(replies) == 1
    assert REASONS[replies.why[0]] == "reply"
    assert sorted(whys(events, "refused")) == ["not allowed", "not shown"]


def test_harmful_posts_are_put_before_bots_a_tick_later_and_answered_once():
    of = town()
    ticked(of, 0, [post(range(N), harm=np.where(np.arange(N) < 2, 0.8, 0.1))])
    bot = N + P
    asked, made, _, _ = ticked(of, 1, [post([bot, bot, bot, bot], [1, 1, 5, -1], value=0.7)])
    (seen,) = [one for one in asked if one.group == "bots"]
    assert seen.items.tolist() == [[1, 2]]
    assert seen.features["harm"].tolist() == [[0.8, 0.8]]
    assert seen.features["since"].tolist() == [[np.inf, np.inf]]
    assert whys(made, "refused") == ["unknown item", "twice", "not allowed"] or sorted(whys(made, "refused")) == [
        "not allowed", "twice", "unknown item"]  # fmt: skip
    assert (of.posts["countered"][1], of.posts["quality"][1]) == (1, 0.7)
    assert not np.isin(np.flatnonzero(of.posts["aside"])[1:], of.view.shown).any()
    _, _, seen, _ = ticked(of, 2)
    assert "below it, bot-0 (a bot): words" in seen.text(1)


def test_counterspeech_is_a_civil_answer_that_objects_to_harm():
    of = town()

    def browse(seen):
        row, slot = (int(x[0]) for x in np.nonzero(seen.features["harm"] >= 0.6))
        row2 = next(r for r in np.nonzero((seen.items == seen.items[row, slot]).any(axis=1))[0] if r != row)
        item = int(seen.items[row, slot])
        return Actions.concat([post([row], [item], value=1.0), post([int(row2)], [item], harm=0.9, value=1.0)])

    ticked(of, 0, [post(range(N), harm=np.where(np.arange(N) < 1, 0.8, 0.1))], browse)
    assert of.posts["answered"][1] == 1
    assert of.posts["replies"][1] == 2
    assert of.posts["counter"].sum() == 1


def test_what_a_moderator_removes_is_shown_to_nobody():
    of = town()

    def verdicts(posts):
        return posts, Verdicts(np.where(posts.items == 3, 2, 1).astype(np.int8), np.zeros(len(posts)))

    _, _, seen, _ = ticked(of, 0, [post(range(N))], verdicts=verdicts)
    assert 3 not in seen.items
    assert 4 in seen.items
    of.supply(1)
    of.apply(1, [])
    assert len(of.pending(1)) == 0


def test_nothing_is_told_of_an_audience_of_a_few():
    of = town(persuaders={"personalised": True, "audience": 0}, followed=0.0)
    (first, *_) = of.supply(0)
    assert np.isnan(first.traits["audience"]).all()
    of.apply(0, [post([N, N])])
    of.history(0)
    of.observe(0, of.match(0, random()))
    of.apply(0, [])
    (second, *_) = of.supply(1)
    mean, against, reached = second.traits["audience"][0]
    assert reached == N
    assert mean == pytest.approx(0.5)
    assert against == 0.5
    assert second.features["shown"].sum() == 2 * N


def test_the_recommender_learns_what_it_is_told_to():
    for learns, expected in (("likes", 1), ("clicks", 2)):
        of = town(learns=learns)

        def browse(seen):
            items = seen.items[0, :2]
            return Actions.concat(
                [Actions.of("click", np.array([0, 0]), items), Actions.of("like", np.array([0]), items[:1])]
            )

        ticked(of, 0, [post(range(N))], browse)
        of.supply(1)
        of.apply(1, [post(range(N))])
        log, catalogue = of.history(1)
        assert len(log) == expected
        assert (log.n_users, log.n_items, len(catalogue)) == (N, 1 + 2 * N, 1 + 2 * N)


def test_the_state_brings_everything_back():
    of, fresh = town(), town()
    for tick in range(3):
        ticked(of, tick, [post(range(N))], click_all)
    fresh.load({name: np.array(array) for name, array in of.state().items()})
    for one in (of, fresh):
        one.done = ticked(one, 3, [post(range(N))], click_all)[3].digest()
    assert of.done == fresh.done
    assert of.history(2)[0].items.tolist() == fresh.history(2)[0].items.tolist()


def test_seats_do_not_move_with_the_size_of_another_group():
    one, other = town().cast, town(persuaders={"count": P}).cast
    assert one.seats(np.array([0, N, N + P])).tolist() == [0, 1 << 26, 1 << 27]
    assert other.name(N) == f"member-{N}"
    assert other.name(N + P) == "bot-0 (a bot)"


def test_what_guards_withhold_is_counted():
    of = town()
    silent = Actions.of("no_answer", np.array([N + P]), np.array([1]), value=float(REASON["not allowed"]))
    _, made, _, _ = ticked(of, 0, [silent])
    assert of.view.withheld == 1
    assert made.kind.tolist() == [KIND["refused"]]
