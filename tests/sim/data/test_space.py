import numpy as np
import pytest

from townsquare.protocols import DataError
from townsquare.sim.data.readers import agreement
from townsquare.sim.data.space import Space, creator_means


def make(n=40, d=6, n_categories=3, readers=None, seed=0, categories=None):
    rng = np.random.default_rng(seed)
    if categories is None:
        categories = np.arange(n) % n_categories if n_categories else np.full(n, -1)
    vectors = 1 + rng.standard_normal((n, d)) / 2
    pairs = np.column_stack([np.arange(n) // 2, np.arange(n)])
    return Space(
        vectors,
        categories,
        tuple(f"c{i}" for i in range(n_categories)),
        pairs,
        creator_means(vectors, pairs, (n + 1) // 2),
        readers,
    )


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("d", [1, 2, 16, 300])
@pytest.mark.parametrize("n_categories", [0, 1, 5, 40])
def test_works_in_any_shape(d, n_categories):
    space = make(d=d, n_categories=n_categories)
    creators, readers = space.sample_creators(50, rng()), space.sample_readers(50, rng())
    assert creators.shape == readers.shape == (50, d)
    assert np.isfinite(creators).all()
    assert np.isfinite(readers).all()
    nearest = space.nearest_category(readers)
    assert (nearest == -1).all() if not n_categories else ((nearest >= 0) & (nearest < n_categories)).all()


@pytest.mark.parametrize("n_categories", [0, 1, 2])
def test_two_articles_are_enough(n_categories):
    space = make(n=2, n_categories=n_categories)
    assert np.isfinite(space.sample_creators(10, rng())).all()
    assert np.isfinite(space.sample_readers(10, rng())).all()


def test_one_article_is_not():
    with pytest.raises(DataError, match="at least 2 articles, here there are 1"):
        make(n=1)


def test_vectors_must_be_numbers_and_not_all_zero():
    space = make()
    bad = space.vectors.copy()
    bad[3, 1] = np.nan
    with pytest.raises(DataError, match="that of article 3 is not"):
        Space(bad, space.categories, space.category_names, space.pairs, space.creators)
    with pytest.raises(DataError, match="all article vectors are zero"):
        Space(np.zeros((2, 2)), np.zeros(2, int), ("a",), np.zeros((0, 2), int), np.zeros((0, 2)))


def test_identical_articles_do_no_harm():
    space = Space(np.ones((5, 3)), np.full(5, -1), (), np.zeros((0, 2), int), np.zeros((0, 3)))
    np.testing.assert_allclose(space.sample_creators(4, rng()), 1)
    assert np.isfinite(space.sample_readers(4, rng())).all()


@pytest.mark.parametrize("centring", [0.1, 0.3, 0.6, 0.95, 0.999])
def test_readers_agree_as_much_as_asked(centring):
    readers = make(d=20).sample_readers(2000, rng(), centring)
    assert agreement(readers) == pytest.approx(centring, abs=1e-6)
    assert np.linalg.norm(readers, axis=1).mean() == pytest.approx(make(d=20).norm, abs=1e-6)


def test_a_few_readers_are_spread_like_many():
    space = make(d=50)
    many = space.sample_readers(1000, rng())
    np.testing.assert_array_equal(space.sample_readers(3, rng()), many[:3])


@pytest.mark.parametrize("centring", [0, 1, -0.2, 1.5, float("nan")])
def test_centring_is_a_share(centring):
    with pytest.raises(DataError, match="between 0 and 1"):
        make().sample_readers(5, rng(), centring)


def test_none_asked_for():
    assert make().sample_readers(0, rng()).shape == (0, 6)
    assert make().sample_creators(0, rng()).shape == (0, 6)
    assert make(readers=np.ones((3, 6))).sample_readers(0, rng()).shape == (0, 6)


def test_the_same_generator_gives_the_same_agents():
    space = make()
    np.testing.assert_array_equal(space.sample_readers(30, rng(4)), space.sample_readers(30, rng(4)))
    np.testing.assert_array_equal(space.sample_creators(30, rng(4)), space.sample_creators(30, rng(4)))
    assert not np.array_equal(space.sample_creators(30, rng(4)), space.sample_creators(30, rng(5)))


def test_real_readers_come_once_each():
    real = np.random.default_rng(1).standard_normal((20, 6))
    drawn = make(readers=real).sample_readers(20, rng())
    scale = np.linalg.norm(drawn, axis=1).mean() / np.linalg.norm(real, axis=1).mean()
    np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(scale * real, axis=0), atol=1e-8)
    fewer = make(readers=real).sample_readers(10, rng())
    assert len(np.unique(fewer, axis=0)) == 10


def test_more_readers_than_there_are():
    real = np.random.default_rng(1).standard_normal((5, 6))
    drawn = make(readers=real).sample_readers(100, rng())
    assert len(np.unique(drawn, axis=0)) == 100
    unit = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    cosines = unit @ (real / np.linalg.norm(real, axis=1, keepdims=True)).T
    assert cosines.max(axis=1).min() > 0.9


@pytest.mark.parametrize("n", [0, 4, 7, 20])
def test_which_readers_were_drawn(n):
    real = 1 + rng(5).standard_normal((7, 3))
    space = make(d=3, readers=real)
    drawn, sampled = space.readers_drawn(n, rng(1)), space.sample_readers(n, rng(1))
    exact = real[drawn[:7]]
    np.testing.assert_allclose(sampled[:7] * np.linalg.norm(exact[:1]), exact * np.linalg.norm(sampled[:1]), atol=1e-4)
    assert len(set(drawn[:7].tolist())) == min(n, 7)
    assert (make(d=3).readers_drawn(n, rng()) == -1).all()


def test_main_category_of_a_creator():
    vectors = np.eye(6)
    pairs = np.array([[0, 0], [0, 1], [0, 2], [1, 3], [1, 2], [2, 5]])
    space = Space(vectors, np.array([1, 1, 0, 1, 0, -1]), ("a", "b"), pairs, creator_means(vectors, pairs, 4))
    assert space.main_categories().tolist() == [1, 0, -1, -1]  # the tie of creator 1 goes to the smaller number


def test_creator_means_count_an_article_once():
    means = creator_means(np.array([[1.0, 0], [0, 1]]), np.array([[0, 0], [0, 0], [0, 1]]), 2)
    np.testing.assert_array_equal(means, [[0.5, 0.5], [0, 0]])


def test_nearest_category_of_nothing():
    assert make().nearest_category(np.zeros((2, 6))).tolist() == [-1, -1]


def test_nearest_category_keeps_its_number_when_others_are_empty():
    space = Space(np.eye(2), np.array([2, 4]), tuple("abcde"), np.zeros((0, 2), int), np.zeros((0, 2)))
    assert space.nearest_category(np.array([[0.1, 0.9], [1, 0]])).tolist() == [4, 2]


def test_centre():
    space = make()
    np.testing.assert_allclose(space.centre(1), space.vectors[1::3].mean(axis=0), atol=1e-8)
    with pytest.raises(DataError, match="no article belongs to category 7; categories are numbered from 0 to 2"):
        space.centre(7)
