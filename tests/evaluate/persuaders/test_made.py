"""Posts that nobody wrote."""

import numpy as np
import pytest

from townsquare.evaluate.persuaders.made import EFFECT, made_posts
from townsquare.protocols import InputError


def test_the_planted_effect_is_in_them() -> None:
    made = made_posts(4000)
    assert len(made) == 4000
    assert made == made_posts(4000)
    assert made.posts[:50] != made_posts(4000, seed=1).posts[:50]
    level: dict[str, list[float]] = {}
    for post in made.posts:
        level.setdefault(post.account, []).append(np.log(post.likes + 1))
    off = {name: float(np.mean(values)) for name, values in level.items()}

    def mean(invites: bool, hedged: bool) -> float:
        chosen = [
            np.log(post.likes + 1) - off[post.account]
            for post in made.posts
            if post.text.endswith(("!", "?", "it.")) == invites
            and post.text.startswith(("Perhaps", "Just", "It seems")) == hedged
        ]
        return float(np.mean(chosen))

    assert np.exp(mean(True, True) - mean(True, False)) == pytest.approx(EFFECT["hedges"], rel=0.1)
    assert mean(True, False) > mean(False, False) + 0.3
    with pytest.raises(InputError, match="at least one post"):
        made_posts(0)
