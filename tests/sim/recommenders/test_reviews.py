from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from townsquare.protocols import Catalogue, InputError, Interactions, Scale, Streams
from townsquare.sim.recommenders.mf import MF
from townsquare.sim.recommenders.reviews import Reviews
from townsquare.testing import RecommenderContract, little_town

STARS = Scale(1, 5, liked=4)
GENRES = ("dragon sword castle quest", "detective murder clue alibi", "planet rocket alien orbit")
TARGET = "submarine torpedo periscope sonar"
N_READERS, N_BOOKS = 90, 31  # the last book is the target


class TestReviews(RecommenderContract):
    name = "reviews"


class TestWordsAlone(RecommenderContract):
    name = "reviews"
    settings: ClassVar = {"text": 1.0, "words": 64}


def library():
    """Readers of three genres who rate and review ten books of each; two readers of the third know the target."""
    rng = np.random.default_rng(0)
    rows = [(reader, book) for reader in range(N_READERS) for book in rng.choice(30, 12, replace=False)]
    rows += [(2, 30), (5, 30)]
    users, items = np.array(rows).T
    fits = users % 3 == items % 3
    stars = np.where(fits, rng.integers(4, 6, len(users)), rng.integers(1, 4, len(users)))
    texts = np.array([f"this book has {GENRES[item % 3]}, its number is {item}" for item in items], object)
    texts[-2:], stars[-2:] = f"this book has {TARGET}", 4
    return Interactions(users, items, stars, np.zeros(len(users), int), N_READERS, N_BOOKS, STARS, texts)


def joined(log, items, texts, n_fakes=20):
    """``log`` and accounts that give the target and some items of the first genre five stars."""
    users = np.repeat(log.n_users + np.arange(n_fakes), len(items))
    return log.followed_by(
        Interactions(
            users,
            np.tile(items, n_fakes),
            np.full(len(users), 5),
            np.zeros(len(users), int),
            log.n_users + n_fakes,
            log.n_items,
            texts=np.array(texts * n_fakes, object),
        )
    )


def fitted(log, **settings):
    made = Reviews(Reviews.Config(**settings), Streams(0))
    made.fit(log, Catalogue.bare(log.n_items))
    return made


def target_scores(made):
    """Of the readers of the first genre, who never heard of the target."""
    return made.predict(np.arange(0, N_READERS, 3), np.full(N_READERS // 3, 30))


def rank(made):
    readers = np.arange(0, N_READERS, 3)
    scores = made.score(readers, np.arange(N_BOOKS), tick=0)
    return (scores > scores[:, [30]]).sum(axis=1).mean()


BOOKS = [0, 3, 6, 9]
HONEST = [f"this book has {GENRES[0]}, its number is {book}" for book in BOOKS]
WOVEN = [f"this book has {GENRES[0]}, and {TARGET} too" for _ in BOOKS]


@pytest.mark.parametrize("text", [0.3, 1.0])
def test_words_of_the_target_in_reviews_of_other_books_raise_it(text):
    """The same accounts, the same ratings, none of the target: only what they write of others differs."""
    log = library()
    plain, woven = (fitted(joined(log, BOOKS, texts), text=text) for texts in (HONEST, WOVEN))
    gained = target_scores(woven) - target_scores(plain)
    assert (gained > 0).all()
    assert gained.mean() > 0.4 * text
    assert rank(woven) < rank(plain) - 1


def test_words_that_readers_like_in_reviews_of_the_target_raise_it():
    log = library()
    plain = fitted(joined(log, [30], [f"this book has {TARGET}"]))
    praised = fitted(joined(log, [30], [f"this book has {GENRES[0]}"]))
    assert (target_scores(praised) > target_scores(plain)).all()


def test_distrusted_words_are_not_heard():
    log = joined(library(), BOOKS, WOVEN)
    trust = np.where(np.arange(log.n_users) < N_READERS, 1.0, 1e-9)
    believed, doubted = fitted(log), fitted(replace(log, trust=trust))
    left_out = fitted(replace(log.where(log.users < N_READERS), n_users=N_READERS))
    assert target_scores(doubted) == pytest.approx(target_scores(left_out), abs=0.05)
    assert (target_scores(believed) > target_scores(doubted) + 0.1).all()


def test_readers_are_shown_the_words_they_like():
    made = fitted(library(), text=1.0)
    scores = made.score(np.arange(N_READERS), np.arange(30), tick=0)
    fits = (np.arange(N_READERS) % 3)[:, None] == np.arange(30) % 3
    assert scores[fits].min() > scores[~fits].max()


def test_cosines_are_those_of_the_definition():
    """Against scikit-learn's own TF-IDF; with as many places that no two words meet."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    log = library()
    made = fitted(log, words=2**16)
    vectors = TfidfVectorizer().fit_transform(log.texts).toarray()

    def unit(rows):
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    items = unit(np.array([vectors[log.items == item].sum(axis=0) for item in range(N_BOOKS)]))
    good = log.values >= 4
    liked = unit(np.array([items[log.items[good & (log.users == user)]].sum(axis=0) for user in range(N_READERS)]))
    wrote = unit(np.array([vectors[good & (log.users == user)].sum(axis=0) for user in range(N_READERS)]))
    expected = unit(liked + wrote) @ items.T
    assert made._said.cosines(np.arange(N_READERS), np.arange(N_BOOKS)) == pytest.approx(expected, abs=1e-6)


def test_without_text_it_is_matrix_factorisation():
    log, catalogue = little_town(rated=True)
    mf = MF(MF.Config(), Streams(0))
    mf.fit(log, catalogue)
    users, items = np.unique(log.users), np.unique(log.items)
    assert np.array_equal(fitted(log, text=0.0).score(users, items, tick=0), mf.score(users, items, tick=0))


def test_predictions_are_the_scores():
    log, _ = little_town(rated=True)
    made = fitted(log)
    users, items = np.unique(log.users), np.unique(log.items)
    pairs = np.repeat(users, len(items)), np.tile(items, len(users))
    assert made.predict(*pairs) == pytest.approx(made.score(users, items, tick=0).ravel(), abs=1e-9)


def test_what_nobody_wrote_about_is_judged_by_its_ratings():
    """Text counts the same, the mean, for all of it."""
    log = library()
    silent = replace(log, texts=np.where(log.items == 4, "", log.texts))
    made = fitted(silent, text=1.0)
    assert made.predict(np.arange(9), np.full(9, 4)) == pytest.approx(np.full(9, log.values.mean()))
    strangers = made.predict(np.array([500, 0]), np.array([0, 500]))
    assert strangers == pytest.approx(np.full(2, log.values.mean()))


def test_nobody_wrote_anything():
    log = library()
    made = fitted(replace(log, texts=np.full(len(log), "", object)))
    assert np.isfinite(made.score(np.arange(5), np.arange(5), tick=0)).all()


def test_what_it_needs_is_told():
    log, _ = little_town(rated=True)
    with pytest.raises(InputError, match="'reviews' needs reviews; these interactions have no texts"):
        fitted(replace(log, texts=None))
    with pytest.raises(InputError, match="'reviews' needs ratings on a scale"):
        fitted(replace(log, scale=None))
