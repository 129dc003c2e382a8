import numpy as np
import pytest

from townsquare.memory.stores.arrays import Arrays
from townsquare.protocols import InputError, configure, find
from townsquare.protocols.memory import Entry, Scope, Weights
from townsquare.testing import MemoryStoreContract


class TestArrays(MemoryStoreContract):
    name = "arrays"


def store(dimensions=4, **settings):
    return Arrays(Arrays.Config(**settings), dimensions)


def test_is_registered():
    assert find("store", "arrays") is Arrays
    with pytest.raises(InputError, match="episodes"):
        configure("store", "arrays", {"episodes": 0})


def test_memory_of_a_thousand_agents_is_bounded():
    """The vectors of 1,000 agents with 100 memories of 384 numbers: 77 MB in half precision, no second copy."""
    made = store(384)
    vector = np.zeros(384, np.float32)
    for tick in range(120):
        made.write([Entry(Scope(agent), tick, "saw", vector=vector) for agent in range(50)])
    held = made._vectors.nbytes
    assert len(made) == 50 * 100
    assert 50 * 100 * 384 * 2 <= held <= 50 * 100 * 384 * 2 * 17 / 16 + 64 * 768


def test_rows_are_used_again():
    made = store(episodes=3)
    for tick in range(50):
        made.write([Entry(Scope(0), tick, f"t{tick}")])
    assert len(made._texts) == 3
    assert [e.text for e in made.entries()] == ["t47", "t48", "t49"]
    assert made.write([Entry(Scope(0), 50, "x")]).tolist() == [50]


def test_a_shared_corpus_is_asked_by_many():
    """All queries to one owner: more scores than are held at a time."""
    made = store(4, episodes=10_000)
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((3000, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    made.write([Entry(Scope(7), 0, "x", vector=v) for v in vectors])
    queries = rng.standard_normal((900, 4)).astype(np.float32)
    found = made.recall(np.full(900, 7), queries, 1, tick=0, weights=Weights(1, 0, 0, 0))
    near = (queries / np.linalg.norm(queries, axis=1, keepdims=True)) @ vectors.astype(np.float16).T.astype(np.float32)
    np.testing.assert_allclose(found.score[:, 0], near.max(axis=1), atol=1e-5)


@pytest.mark.parametrize(
    ("owners", "queries", "more", "says"),
    [
        (np.zeros(2, int), np.zeros((3, 4)), {}, "queries"),
        (np.zeros(2, int), np.zeros((2, 4)), {"items": [[1]]}, "items"),
        (np.zeros(2, int), np.zeros((2, 4)), {"weights": Weights(half_life=0)}, "half_life"),
    ],
)
def test_wrong_questions_are_refused(owners, queries, more, says):
    with pytest.raises(InputError, match=says):
        store().recall(owners, queries, 1, tick=0, **more)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (Entry(Scope(0), 0, "x", vector=np.ones(4)), "norm 1"),
        (Entry(Scope(0), 0, "x", vector=np.full(4, np.nan)), "norm 1"),
        (Entry(Scope(0), 0, "x", item=-2), "item"),
        (Entry(Scope(0, "\ud800"), 0, "x"), "domain"),
        (Entry(Scope(0, kind="robot"), 0, "x"), "kind"),
    ],
)
def test_wrong_entries_are_refused(entry, says):
    made = store()
    with pytest.raises(InputError, match=says):
        made.write([entry])
    assert len(made) == 0


def test_a_state_of_another_embedder_is_refused():
    with pytest.raises(InputError, match="length 4"):
        store(5).load(store(4).state())


def test_a_full_ring_survives_its_state():
    made = store(episodes=3)
    for tick in range(7):
        made.write([Entry(Scope(0), tick, f"t{tick}")])
    again = store(episodes=3)
    again.load(made.state())
    for each in (made, again):
        assert each.write([Entry(Scope(0), 7, "t7")]).tolist() == [7]
        assert [e.text for e in each.log(Scope(0))] == ["t5", "t6", "t7"]
        with pytest.raises(KeyError):
            each.entry(4)
