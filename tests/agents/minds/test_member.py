"""Members without a language model."""

import asyncio

import numpy as np
import pytest

from townsquare.agents.minds.member import Member
from townsquare.agents.minds.turns import actions_of, turns
from townsquare.agents.minds.wire_form import answer_of, frame_of, observations, rows_of
from townsquare.protocols import Actions, Observations, Streams
from townsquare.protocols.actions import KIND
from townsquare.protocols.counterspeech import Bystanders

N, K = 400, 4


def seen(stance=0.5, *, opinion=0.5, tick=0, harm=0.0, hostile=0.0, items=None, countered=0.0, **settings):
    items = np.arange(N * K).reshape(N, K) if items is None else items
    full = {"attention": 0.6, "fade": 0.9, "selective": 1.0, "liking": 0.3, "replying": 0.0, "harmful": 0.6,
            "tolerance": 0.3, "opinion": opinion, "hostile": hostile} | settings  # fmt: skip
    traits = {name: np.full(N, float(value)) for name, value in full.items()}
    traits["home"] = np.stack([traits["opinion"], np.full(N, np.nan)], axis=1)
    features = {"stance": stance, "harm": harm, "countered": countered, "answered": 0.0, "quality": 1.0}
    features = {name: np.full((N, K), value, float) for name, value in features.items()}
    keys = np.maximum(items, 0).astype(np.uint64)
    return Observations(tick, "members", "browse", np.arange(N), K, items, traits, features, keys)


def decided(of, **bystanders) -> Actions:
    mind = Member(Member.Config(bystanders=Bystanders(**bystanders)), Streams(3))
    return asyncio.run(mind.decide(of))


def of_kind(done, kind):
    return done.where(done.kind == KIND[kind])


def test_reading_falls_with_the_place_and_with_the_distance():
    near, far = (of_kind(decided(seen(stance)), "click") for stance in (0.5, 1.0))
    places = np.bincount(near.item % K, minlength=K) / N
    assert np.allclose(places, 0.6 * 0.9 ** np.arange(K), atol=0.08)
    assert len(far) / len(near) == pytest.approx(np.exp(-0.5), abs=0.08)
    assert set(far.item.tolist()) < set(near.item.tolist())  # the same numbers


def test_likes_are_of_what_was_read_and_near():
    done = decided(seen(0.6))
    clicks, likes = of_kind(done, "click"), of_kind(done, "like")
    assert set(likes.item.tolist()) < set(clicks.item.tolist())
    assert len(likes) / len(clicks) == pytest.approx(0.3 * (1 - 0.1 / 0.3), abs=0.06)
    assert len(of_kind(decided(seen(0.9)), "like")) == 0


def test_empty_places_are_not_read():
    assert len(decided(seen(items=np.full((N, K), -1)))) == 0


def test_answers_stand_where_the_member_does_and_say_something():
    said = of_kind(decided(seen(0.7, replying=0.5)), "post")
    assert len(said) > 100
    assert (said.vector[:, 0] == 0.5).all()
    assert (said.vector[:, 1] <= 0.2).all()
    assert (said.value == 0).all()
    assert all(said.text)
    cruel = of_kind(decided(seen(0.7, replying=0.5, hostile=1.0)), "post")
    assert (cruel.vector[:, 1] >= 0.6).all()


def test_bystanders_object_to_harm_and_only_to_harm():
    assert len(of_kind(decided(seen(harm=0.5), b0=20), "post")) == 0
    said = of_kind(decided(seen(harm=0.9), b0=20), "post")
    assert len(said) == len(of_kind(decided(seen(harm=0.9)), "click"))
    assert (said.value == 1).all()
    assert (said.vector[:, 1] < 0.5).all()
    assert len(of_kind(decided(seen(harm=0.9, hostile=1.0), b0=20), "post")) == 0


def test_without_effects_a_bots_answer_changes_nothing():
    alone, beside = (decided(seen(harm=0.9, countered=c), b0=0.0) for c in (0.0, 1.0))
    assert np.array_equal(alone.item, beside.item)
    fewer = decided(seen(harm=0.9, countered=1.0), b0=0.0, b3=2.0)
    assert len(fewer) < len(alone)


def test_a_post_is_the_members_own_view():
    traits = {"opinion": np.linspace(0, 1, N), "hostile": (np.arange(N) % 2).astype(float)}
    page = Observations(4, "members", "post", np.arange(N), 1, np.zeros((N, 0), np.int32), traits)
    done = decided(page)
    assert (done.kind == KIND["post"]).all()
    assert np.array_equal(done.agent, np.arange(N))
    assert np.array_equal(done.vector[:, 0], traits["opinion"])
    assert ((done.vector[:, 1] >= 0.6) == (traits["hostile"] > 0)).all()
    assert len(set(done.text.tolist())) > 0.95 * N


def test_a_member_elsewhere_does_the_same():
    of = seen(0.6, replying=0.1, harm=0.7)
    task = frame_of(of, 3) | {"rows": rows_of(of)}
    there = decided(observations(task))
    back = actions_of(of, turns(answer_of(there), task))
    here = decided(of)

    def rows(done):
        columns = (done.agent.tolist(), done.kind.tolist(), done.item.tolist(), done.value.tolist(), done.text.tolist())
        return sorted(zip(*columns, strict=True))

    assert rows(back) == rows(here)
    replies = here.kind == KIND["post"]
    assert np.array_equal(back.vector[back.kind == KIND["post"]], here.vector[replies])
