"""The posts of a timeline."""

import numpy as np

from townsquare.sim.environments.timeline_posts import TimelinePosts


def filled() -> TimelinePosts:
    posts = TimelinePosts("Close the centre?", keep=2)
    add(posts, 0, [3, 4, 3])
    add(posts, 1, [4], parent=[1], counter=[True])
    add(posts, 1, [9], parent=[1], aside=True, quality=[0.5])
    add(posts, 3, [3])
    return posts


def add(posts, tick, author, parent=None, aside=False, counter=None, quality=None):
    n = len(author)
    return posts.add(
        tick, np.array(author), np.full(n, 0.4), np.full(n, 0.7), np.array(parent or [-1] * n),
        [f"by {a} at {tick}" for a in author], seat=np.array(author), aside=aside,
        counter=None if counter is None else np.array(counter), quality=None if quality is None else np.array(quality),
    )  # fmt: skip


def test_the_proposition_is_the_first_item_and_nobodys():
    posts = filled()
    assert (posts["author"][0], posts["born"][0], posts.texts[0]) == (-1, -1, "Close the centre?")
    assert 0 not in posts.going_round(-5, 9)


def test_posts_are_found_by_tick_and_answers_of_bots_do_not_go_round():
    posts = filled()
    assert posts.between(0, 1).tolist() == [1, 2, 3]
    assert posts.between(1, 4).tolist() == [4, 5, 6]
    assert posts.going_round(1, 4).tolist() == [4, 6]
    posts.columns["gone"][6] = True
    assert posts.going_round(1, 4).tolist() == [4]


def test_answers_are_counted_where_they_belong():
    posts = filled()
    assert (posts["replies"][1], posts["answered"][1], posts["countered"][1]) == (1, 1, 1)
    assert posts["quality"][1] == 0.5
    assert posts["quality"][2] == 1.0
    assert posts["root"].tolist() == [0, 1, 2, 3, 1, 1, 6]
    assert posts.children == {1: [5]}


def test_keys_name_the_nth_post_of_an_author_in_a_tick():
    one, other = TimelinePosts("?", 2), TimelinePosts("?", 2)
    a = add(one, 2, [3, 3])
    add(other, 2, [7])
    b = add(other, 2, [3])
    c = add(other, 2, [3])
    assert one["key"][a].tolist() == [other["key"][b][0], other["key"][c][0]]
    assert len(set(other["key"].tolist())) == 4


def test_texts_are_let_go_when_posts_no_longer_go_round():
    posts = filled()
    posts.forget(3)
    assert set(posts.texts) == {0, 4, 5, 6}
    assert posts.children == {}


def test_the_state_brings_everything_back():
    posts = filled()
    fresh = TimelinePosts("another", keep=2)
    fresh.load(posts.state())
    assert all(np.array_equal(posts[name], fresh[name]) for name in posts.columns)
    assert (fresh.texts, fresh.children) == (posts.texts, posts.children)


def test_a_recommender_sees_posts_before_an_id_only():
    catalogue = filled().catalogue(4)
    assert len(catalogue) == 4
    assert catalogue.vectors is not None
    assert catalogue.vectors[1].tolist() == [np.float32(0.4), np.float32(0.7)]
