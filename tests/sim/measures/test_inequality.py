"""How unequally things fall on articles and creators, by pairwise differences."""

import numpy as np
import pytest

from townsquare.sim.measures.inequality import inequality
from townsquare.sim.measures.view import TickView


def by_pairs(values: list[float]) -> float:
    x = np.array(values)
    return float(np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean()))


@pytest.mark.parametrize(("kind", "column"), [("exposure", "shown"), ("click", "clicks"), ("like", "likes")])
def test_against_the_definition(kind: str, column: str, view: TickView) -> None:
    found = inequality(view)
    counts = {int(i): float(view.articles[column][i]) for i in view.window}
    assert found[f"{kind}_gini_articles"] == pytest.approx(by_pairs(list(counts.values())))
    creators = [sum(n for i, n in counts.items() if view.articles["author"][i] == 40 + c) for c in range(7)]
    assert found[f"{kind}_gini_creators"] == pytest.approx(by_pairs(creators))
    assert 0 < found[f"{kind}_gini_creators"] < found[f"{kind}_gini_articles"] < 1


def test_without_likes(loveless: TickView) -> None:
    found = inequality(loveless)
    assert found["like_gini_articles"] == found["like_gini_creators"] == 0
    assert np.isfinite(list(found.values())).all()
