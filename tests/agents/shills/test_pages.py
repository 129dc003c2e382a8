"""What a shill reads off a shop."""

import numpy as np

from tests.agents.shills.goods import NAMES, M, known, shop, titles
from townsquare.agents.reviewers.behavioural import Reviewer
from townsquare.agents.shills.pages import Pages
from townsquare.protocols import Catalogue, Streams


def test_it_finds_out_from_reviews_what_items_are_like() -> None:
    """Words that honest reviewers use for an item, and hardly any other; none of its title."""
    log, catalogue = shop()
    pages = Pages(known(log, catalogue), Streams(9))
    honest = Reviewer(Streams(0), titles(), catalogue.categories, NAMES)
    found = [(set(pages.features(item)), set(honest.features(item))) for item in range(M)]
    hits, said = sum(len(mine & true) for mine, true in found), sum(len(mine) for mine, _ in found)
    assert hits / said > 0.85
    assert all(len(mine) >= 2 for mine, _ in found)
    assert not any({"brannock", "tale"} & mine for mine, _ in found)


def test_items_of_a_kind_are_near() -> None:
    log, catalogue = shop()
    pages = Pages(known(log, catalogue), Streams(9))
    near = pages.vectors @ pages.vectors.T
    same = catalogue.categories[:, None] == catalogue.categories
    assert near[same & ~np.eye(M, dtype=bool)].mean() > near[~same].mean() + 0.1
    assert np.allclose(np.diag(near), 1.0, atol=1e-5)


def test_a_page_shows_what_a_shop_prints() -> None:
    log, catalogue = shop()
    pages = Pages(known(log, catalogue, descriptions=["An oaken tale."] * M), Streams(9))
    line, told, *reviews = pages.about(3)
    mean, count = log.values[log.items == 3].mean(), (log.items == 3).sum()
    assert line == f"Brannock Tale 3 | {NAMES[catalogue.categories[3]]} | {mean:.1f} of 5 by {count}"
    assert told == "An oaken tale."
    assert len(reviews) == 5
    assert log.texts is not None
    assert set(reviews) <= set(log.texts[log.items == 3])
    assert "oaken" in pages.features(3)


def test_where_nothing_is_said_words_are_made_up() -> None:
    log, _ = shop(reviews=False)
    pages = Pages(known(log, Catalogue.bare(M), titles=None, category_names=()), Streams(0))
    assert pages.line(3).startswith("item 3 | ")
    assert pages.features(3) == Reviewer(Streams(0)).features(3)
    assert not pages.vectors.any()
    assert pages.named_in("item 3", np.array([3])) == ""


def test_titles_of_targets_are_found() -> None:
    log, catalogue = shop()
    pages = Pages(known(log, catalogue), Streams(9))
    assert pages.named_in("I like BRANNOCK tale 4!", np.array([3, 4])) == "Brannock Tale 4"
    assert pages.named_in("I like Brannock Tale 44", np.array([3, 4])) == ""
