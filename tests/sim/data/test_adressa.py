from importlib.resources import files

import numpy as np
import pytest

from townsquare.sim.data import adressa


@pytest.fixture(scope="module")
def space():
    return adressa.load()


def test_the_facts_of_the_source(space):
    assert space.vectors.shape == (4403, 100)
    assert space.vectors.dtype == np.float64
    assert space.norm == pytest.approx(1.98, abs=0.001)
    unit = space.vectors / np.linalg.norm(space.vectors, axis=1, keepdims=True)
    total = unit.sum(axis=0)
    pairwise = (total @ total - 4403) / (4403 * 4402)
    assert pairwise == pytest.approx(0.619, abs=0.002)
    assert sorted(set(space.categories)) == list(range(23))
    assert len(space.category_names) == 23
    assert space.creators.shape == (989, 100)
    assert space.pairs.shape == (5521, 2)
    written = np.bincount(space.pairs[:, 0])
    assert (np.median(written), written.max()) == (1, 177)
    assert space.readers is None


def test_a_creator_is_the_mean_of_what_it_wrote(space):
    for creator in (0, 465, 988):
        articles = np.unique(space.pairs[space.pairs[:, 0] == creator, 1])
        np.testing.assert_allclose(space.creators[creator], space.vectors[articles].mean(axis=0))


def test_the_data_is_small_and_has_its_notice():
    folder = files("townsquare.sim.data") / "adressa"
    assert sum(len(path.read_bytes()) for path in folder.iterdir()) < 1_200_000
    assert "Apache License 2.0" in (folder / "NOTICE.md").read_text("utf-8")


@pytest.mark.parametrize("seed", [0, 1])
def test_readers_are_spread_as_measured(space, seed):
    readers = space.sample_readers(1000, np.random.default_rng(seed))
    mean = readers.mean(axis=0)
    norms = np.linalg.norm(readers, axis=1)
    unit = readers / norms[:, None]
    articles = space.vectors / np.linalg.norm(space.vectors, axis=1, keepdims=True)
    assert norms.mean() == pytest.approx(space.norm, abs=1e-6)
    assert (unit @ mean / np.linalg.norm(mean)).mean() == pytest.approx(0.46, abs=1e-6)
    assert np.sqrt(((readers - mean) ** 2).sum(axis=1).mean()) == pytest.approx(1.75, abs=0.03)
    assert (unit @ articles.T).mean() == pytest.approx(0.35, abs=0.02)


def test_creators_resemble_the_real_ones(space):
    creators = space.sample_creators(2000, np.random.default_rng(0))
    assert np.linalg.norm(creators, axis=1).mean() == pytest.approx(1.98, abs=0.05)
    np.testing.assert_allclose(creators.mean(axis=0), space.creators.mean(axis=0), atol=0.05)
    spread = creators.var(axis=0).sum() / space.creators.var(axis=0).sum()
    assert spread == pytest.approx(1, abs=0.1)


def test_categories_are_found_again(space):
    found = space.nearest_category(space.vectors)
    assert (found == space.categories).mean() > 0.35  # chance is 0.04, the largest category 0.22
    centres = np.stack([space.centre(c) for c in range(23)])
    np.testing.assert_array_equal(space.nearest_category(centres), np.arange(23))
