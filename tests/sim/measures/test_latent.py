"""Where everybody lies, and how everything moves, reader by reader."""

import copy

import numpy as np
import pytest

from townsquare.sim.measures.latent import latent
from townsquare.sim.measures.view import TickView


def measured(view: TickView) -> dict[str, float]:
    """Once more without leaving a trace: the measure notes where lists lay for the next tick."""
    held = view.memory
    view.memory = copy.deepcopy(held)
    try:
        return latent(view)
    finally:
        view.memory = held


def sets(view: TickView, kind: str) -> list[list[int]]:
    reader, item, _ = view.touched(kind)
    return [[int(i) for r, i in zip(reader, item, strict=True) if r == a] for a in range(view.n_readers)]


@pytest.mark.parametrize("kind", ["exposure", "click", "like"])
def test_lists_reader_by_reader(kind: str, view: TickView) -> None:
    found = measured(view)
    cosines, alike, shifts = [], [], []
    for agent, items in enumerate(sets(view, kind)):
        if not items:
            continue
        vectors = view.articles.content(np.array(items)).astype(float)
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        reader = view.before[agent] / np.linalg.norm(view.before[agent])
        cosines += (units @ reader).tolist()
        alike.append(np.linalg.norm(units.mean(axis=0)))
        then = view.memory.means[kind][agent]
        if np.isfinite(then).all():
            shifts.append(np.linalg.norm(vectors.mean(axis=0) - then))
    assert found[f"cosine_{kind}"] == pytest.approx(np.mean(cosines), abs=1e-5)
    assert found[f"similarity_in_list_{kind}"] == pytest.approx(np.mean(alike), abs=1e-6)
    assert found[f"topic_shift_{kind}"] == pytest.approx(np.mean(shifts), abs=1e-5)


def test_one_article_is_as_alike_as_can_be(view: TickView) -> None:
    assert 0 < measured(view)["similarity_in_list_exposure"] < 1


def test_readers_and_their_groups(view: TickView) -> None:
    found = measured(view)
    moves = [np.linalg.norm(after - before) for before, after in zip(view.before, view.readers, strict=True)]
    assert found["interest_shift"] == pytest.approx(np.mean(moves))
    assert found["interest_shift"] > 0
    centres = []
    for name, inside in (("in", True), ("out", False)):
        members = [r for r, t in zip(view.readers, view.trained_readers, strict=True) if t == inside]
        if not members:
            assert np.isnan(found[f"spread_{name}_loop"])
            continue
        centre = sum(members) / len(members)
        centres.append(centre)
        spread = np.sqrt(np.mean([((m - centre) ** 2).sum() for m in members]))
        assert found[f"spread_{name}_loop"] == pytest.approx(spread)
    if len(centres) == 2:
        assert found["loop_distance"] == pytest.approx(np.linalg.norm(centres[0] - centres[1]))


def test_groups_by_hand(view: TickView) -> None:
    """Two readers at -1 and 1 in the loop, one at (0, 3) outside: spreads 1 and 0, distance 3."""
    twin = copy.copy(view)
    twin.readers = np.zeros((40, view.readers.shape[1]))
    twin.readers[0, 0], twin.readers[1, 0], twin.readers[2:, 1] = -1, 1, 3
    twin.trained_readers = np.arange(40) < 2
    found = measured(twin)
    assert [found[n] for n in ("spread_in_loop", "spread_out_loop", "loop_distance")] == pytest.approx([1, 0, 3])
    twin.trained_readers = np.ones(40, bool)
    assert np.isnan(measured(twin)["spread_out_loop"])
    assert np.isnan(measured(twin)["loop_distance"])


def test_without_likes(loveless: TickView) -> None:
    found = measured(loveless)
    missing = {name for name, value in found.items() if np.isnan(value)}
    always = {"cosine_like", "similarity_in_list_like", "topic_shift_like", "spread_in_loop", "loop_distance"}
    first = {"topic_shift_exposure", "topic_shift_click"} if loveless.tick == 0 else set()
    assert missing == always | first
