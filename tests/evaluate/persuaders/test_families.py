"""What hangs together is not torn apart."""

import numpy as np

from tests.evaluate.persuaders.posts_of import pair, post
from townsquare.evaluate.persuaders.families import families, lots, wording


def test_pairs_share_a_family_by_a_post_or_a_wording() -> None:
    a, b, c, d = (post(id, f"text {id}", likes) for id, likes in zip("abcd", (1, 2, 3, 4), strict=True))
    echo = post("e", "TEXT  a", 9, account="oven")
    x, y = post("x", "else", 1), post("y", "elsewhere", 2)
    pairs = [pair(a, b), pair(x, y), pair(c, d), pair(b, c), pair(echo, post("f", "more", 20))]
    assert families(pairs).tolist() == [0, 1, 0, 0, 0]
    assert wording(a) == wording(echo)


def test_a_small_family_is_on_one_side_and_a_large_one_split_by_wording() -> None:
    small = [pair(post(f"w{n}", f"weak {n}", 1), post(f"s{n}", f"strong {n}", 9)) for n in range(50)]
    hub = post("hub", "hub", 1)
    large = [pair(hub, post(f"l{n}", f"large {n}", 9)) for n in range(30)]
    drawn = lots([*small, *large], np.random.default_rng(0))
    assert (drawn[:50, 0] == drawn[:50, 1]).all()
    assert len(set(drawn[:50, 0])) == 50
    assert len(set(drawn[50:, 0])) == 1  # all the same post
    assert len(set(drawn[50:, 1])) == 30
    assert ((drawn >= 0) & (drawn < 1)).all()
