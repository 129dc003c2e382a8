import numpy as np
import pytest

from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import ContractError, DataError, Interactions, Streams
from townsquare.sim.data import own

ARTICLES = """item_id,text,author,category
a,rain and wind in the north,ann,weather
b,rain and sun in the south,ann,weather
c,the goal of the season,bob,sport
d,,bob,sport
e,a lost match,,sport
"""
CLICKS = "user_id,item_id,rating\nu,a,5\nu,b,4\nv,c,5\nv,e,1\nw,d,5\n"


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


@pytest.fixture
def hashing():
    return Hashing(Hashing.Config(dimensions=64), Streams(0))


def test_articles_and_interactions(write, hashing):
    space = own.load(write("articles.csv", ARTICLES), write("interactions.csv", CLICKS), hashing, threshold=3)
    assert space.vectors.shape == (5, 64)
    assert space.article_names == ("a", "b", "c", "d", "e")
    assert space.category_names == ("sport", "weather")
    assert space.creator_names == ("ann", "bob")
    np.testing.assert_allclose(space.creators[0], space.vectors[:2].mean(axis=0))
    assert space.pairs.tolist() == [[0, 0], [0, 1], [1, 2], [1, 3]]  # nobody is known to have written e
    # w took only to d, which has no text; v's 1 for e is below the threshold
    assert space.reader_names == ("u", "v")
    np.testing.assert_allclose(space.readers, [space.vectors[:2].mean(axis=0), space.vectors[2]])
    assert space.sample_readers(10, np.random.default_rng(0)).shape == (10, 64)


def test_articles_alone(write, hashing):
    space = own.load(write("articles.csv", ARTICLES), None, hashing)
    assert space.readers is None
    assert space.sample_readers(10, np.random.default_rng(0)).shape == (10, 64)


def test_without_authors_a_creator_per_category(write, hashing):
    text = "item_id,text,category\n1,x y,p\n2,y z,q\n3,z,\n"
    space = own.load(write("articles.csv", text), None, hashing)
    assert space.creator_names == ("p", "q")
    assert space.pairs.tolist() == [[0, 0], [1, 1]]


def test_without_authors_and_categories_one_unknown_creator(write, hashing):
    space = own.load(write("articles.csv", "item_id,text\n1,x y\n2,y z\n"), None, hashing)
    assert space.creator_names == ("unknown",)
    np.testing.assert_allclose(space.creators[0], space.vectors.mean(axis=0))
    assert (space.categories == -1).all()


def test_interactions_alone(write):
    rows = "".join(f"u{u},i{i}\n" for u in range(20) for i in range(15) if (u + i) % 2 == 0)
    space = own.load(None, write("interactions.csv", "user_id,item_id\n" + rows))
    assert space.vectors.shape == (15, 15)
    np.testing.assert_allclose(np.linalg.norm(space.vectors, axis=1), 1)
    even, odd = space.vectors[0], space.vectors[1]
    assert space.article_names[:3] == ("i0", "i1", "i10")
    assert even @ space.vectors[2] == pytest.approx(1)
    assert even @ odd == pytest.approx(0, abs=1e-9)
    assert space.readers.shape == (20, 15)


def test_a_large_table_gives_the_same_as_the_whole_decomposition(monkeypatch):
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((80, 60)) < 0.2)
    clicks = Interactions(users, items, np.ones(len(users)), np.zeros(len(users), int), 80, 60)
    whole = own.item_vectors(clicks)
    monkeypatch.setattr(own, "_DENSE", 0)
    np.testing.assert_allclose(own.item_vectors(clicks), whole, atol=1e-6)
    assert whole.shape == (60, 32)


def test_an_item_nobody_touched_has_no_direction():
    clicks = Interactions(np.array([0, 1]), np.array([0, 2]), np.ones(2), np.zeros(2, int), 2, 3)
    vectors = own.item_vectors(clicks)
    assert vectors.shape == (3, 2)
    np.testing.assert_array_equal(vectors[1], 0)


def test_nothing_given():
    with pytest.raises(DataError, match="a table of articles, of interactions, or both"):
        own.load(None, None)


def test_no_embedder(write):
    with pytest.raises(DataError, match="need an embedder"):
        own.load(write("articles.csv", ARTICLES), None)


def test_nobody_took_to_anything_with_a_vector(write, hashing):
    with pytest.raises(DataError, match="no reader took to an article that has a vector"):
        own.load(write("articles.csv", ARTICLES), write("i.csv", "user_id,item_id\nw,d\n"), hashing)


def test_no_text_at_all(write, hashing):
    with pytest.raises(DataError, match=r"articles.csv: no text says anything"):
        own.load(write("articles.csv", "item_id,text\n1,\n2,\n"), None, hashing)


def test_an_embedder_that_breaks_its_promise(write):
    class Broken:
        def embed(self, texts):
            return np.zeros((1, 3))

    with pytest.raises(ContractError, match=r"Broken.embed must return 5 rows .*\(got an array of shape \(1, 3\)\)"):
        own.load(write("articles.csv", ARTICLES), None, Broken())


def test_one_article(write, hashing):
    with pytest.raises(DataError, match=r"articles\.csv: a town needs at least 2 articles, and there is only 1"):
        own.load(write("articles.csv", "item_id,text\n1,x\n"), None, hashing)


def test_readers_who_are_one_or_all_the_same(write):
    one = own.load(None, write("one.csv", "user_id,item_id\nu,a\nu,b\n"))
    assert one.sample_readers(5, np.random.default_rng(0)).shape == (5, 1)
    same = "user_id,item_id\n" + "".join(f"u{u},i{i}\n" for u in range(4) for i in range(3))
    space = own.load(None, write("same.csv", same))
    assert np.isfinite(space.sample_readers(9, np.random.default_rng(0))).all()
