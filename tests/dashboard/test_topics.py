import numpy as np
import pytest

from townsquare.dashboard.topics import ARTICLE, IN_LOOP, OUT_LOOP, chosen, project, topic_map


def snapshot(users, in_loop, vectors):
    return {"users": np.array(users, float), "in_loop": np.array(in_loop), "vectors": np.array(vectors, float)}


def test_wanted_ticks_as_far_as_they_were_kept():
    assert chosen([0, 10, 20, 30, 49]) == [0, 10, 20, 49]
    assert chosen([0, 25, 49]) == [0, 49]
    assert chosen([4]) == [4]
    assert chosen([]) == []


def test_the_plane_holds_what_lies_in_a_plane():
    rng = np.random.default_rng(1)
    flat = rng.normal(size=(60, 2)) @ np.array([[3, 0, 0, 0], [0, 1, 0, 0]]) + 5
    made = project({0: snapshot(flat[:40], [True] * 40, flat[40:])})
    assert sum(made.explained) == pytest.approx(1)
    assert made.explained[0] > made.explained[1]
    points = made.points[["x", "y"]].to_numpy()
    both = np.concatenate([flat[40:], flat[:40]])
    apart = np.linalg.norm(both[:, None] - both[None], axis=2)
    assert np.linalg.norm(points[:, None] - points[None], axis=2) == pytest.approx(apart, abs=0.01)


def test_one_plane_for_all_panels_and_a_sign_that_does_not_flip():
    rng = np.random.default_rng(2)
    users, vectors = rng.normal(size=(30, 5)), rng.normal(size=(20, 5))
    made = project({0: snapshot(users, [False] * 30, vectors), 7: snapshot(users, [True] * 30, vectors)})
    first, second = (made.points[made.points["tick"] == tick][["x", "y"]].to_numpy() for tick in (0, 7))
    assert (first == second).all()
    again = project({7: snapshot(users, [True] * 30, vectors)})
    assert again.points[["x", "y"]].to_numpy() == pytest.approx(second)


def test_groups_and_counts():
    made = project({3: snapshot([[0, 0], [1, 1], [2, 0]], [True, False, True], [[5, 5]])})
    assert list(made.points["what"]) == [ARTICLE, IN_LOOP, OUT_LOOP, IN_LOOP]
    assert made.counts.to_dict("records") == [
        {"tick": 3, "users in the loop": 2, "users out of the loop": 1, "articles in circulation": 1}
    ]
    assert made.sampled == "all 3 users"


def test_many_users_are_sampled_and_it_says_so():
    rng = np.random.default_rng(3)
    shot = snapshot(rng.normal(size=(4000, 3)), [True] * 4000, rng.normal(size=(900, 3)))
    made = project({0: shot, 1: shot})
    per_tick = made.points[made.points["what"] == IN_LOOP].groupby("tick").size()
    assert list(per_tick) == [1500, 1500]
    assert made.sampled == "1,500 of 4,000 users, the same in every panel"
    assert made.counts["users in the loop"].tolist() == [4000, 4000]


@pytest.mark.parametrize("vectors", [np.zeros((0, 2)), np.full((3, 2), np.nan), np.zeros((4, 2))])
def test_empty_broken_and_equal_points(vectors):
    made = project({0: snapshot(np.zeros((2, 2)), [True, False], vectors)})
    assert np.isfinite(made.points[["x", "y"]].to_numpy()).all()
    topic_map(made).to_dict()


def test_one_dimension():
    made = project({0: snapshot([[1], [2]], [True, False], [[3]])})
    assert (made.points["y"] == 0).all()


def test_the_groups_differ_in_shape_and_colour(run):
    made = project({tick: run.snapshot(tick) for tick in (0, 50)})
    spec = topic_map(made).to_dict()
    panels = [panel for row in spec["vconcat"] for panel in row["hconcat"]]
    assert [panel["title"]["text"] for panel in panels] == [
        "Tick 0: 0 users in the loop, 1,000 out", "Tick 50: 848 users in the loop, 152 out"
    ]  # fmt: skip
    marks = [layer["mark"] for layer in panels[1]["layer"]]
    assert len({mark["shape"] for mark in marks}) == len({mark["color"] for mark in marks}) == 3
    assert panels[0]["layer"][0]["encoding"]["x"]["scale"] == panels[1]["layer"][0]["encoding"]["x"]["scale"]
