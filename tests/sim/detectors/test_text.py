from dataclasses import replace

import numpy as np
import pytest

from tests.sim.detectors.ranking import auc, precision
from tests.sim.detectors.writers import corpus
from townsquare.protocols import Catalogue, InputError, Streams, Suspicion
from townsquare.sim.detectors.text import Text, _repeats, _Reviews, _woven
from townsquare.testing.detector_contract import DetectorContract


def detector(**settings) -> Text:
    return Text(Text.Config(**settings), Streams(0))


def inspect(log, **settings) -> Suspicion:
    return detector(**settings).inspect(log, Catalogue.bare(log.n_items), np.zeros(0, int))


def reviews(*texts: str, users: tuple[int, ...], items: tuple[int, ...]) -> _Reviews:
    log = corpus(0).log.where(np.arange(len(corpus(0).log)) < len(texts))
    log = replace(
        log, users=np.array(users), items=np.array(items), texts=np.array(texts, object), n_users=4, n_items=4
    )
    return _Reviews.of(log)


class TestText(DetectorContract):
    name = "text"


@pytest.mark.parametrize("attack", ["copies", "repeats"])
def test_copied_and_repeated_reviews_are_found(attack):
    for seed in range(2):
        data = corpus(seed, attack=attack)
        scores = inspect(data.log).scores
        assert precision(scores, data.fake) > 0.9
        assert auc(scores, data.fake) > 0.98


def test_reviews_with_features_of_the_target_are_found():
    """The shills fill the templates of honest writers; one sentence of theirs is about something else."""
    found = [
        (precision(_woven(_Reviews.of(data.log)), data.fake), auc(inspect(data.log).scores, data.fake))
        for data in (corpus(seed, attack="woven") for seed in range(3))
    ]
    assert np.mean([one for one, _ in found]) > 0.75
    assert min(one for _, one in found) > 0.93


def test_honest_writers_are_no_shills():
    """Where nobody shills, those who would be were the labels of last time are as usual as the others."""
    data = corpus(0, honest=200, shills=0)
    scores = inspect(data.log).scores
    chosen = np.zeros(200, int)
    chosen[190:] = 1
    assert 0.2 < auc(scores, chosen) < 0.8


def test_near_duplicates_count_only_of_others():
    long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    found = reviews(
        long, long, long + " fifteen", "nothing of that kind at all", users=(0, 0, 1, 2), items=(0, 1, 2, 3)
    )
    assert detector()._copies(found).tolist() == [1, 1, 0, 0]
    alone = reviews(long, long, "nothing of that kind at all", users=(0, 0, 2), items=(0, 1, 3))
    assert detector()._copies(alone).tolist() == [0, 0, 0, 0]


def test_repetition_is_counted_by_runs_of_words():
    found = reviews("a b c d", "a b c d", "e f g h", users=(0, 0, 1), items=(0, 1, 2))
    assert _repeats(found).tolist() == pytest.approx([0.5, 0, 0, 0])


def test_words_are_compared_without_case_and_form():
    same = reviews("CAF\u00c9 au lait noir", "cafe\u0301 au lait noir", users=(0, 1), items=(0, 1))
    assert detector()._copies(same).tolist() == [1, 1, 0, 0]


def test_whoever_writes_nothing_is_not_suspected():
    data = corpus(0)
    texts = data.log.texts.copy()
    texts[data.log.users == 199] = " ... "
    found = inspect(replace(data.log, texts=texts), flag=1.0)
    assert found.scores[199] == 0
    assert np.flatnonzero(~found.flagged).tolist() == [199]


def test_the_same_whatever_the_order_of_rows():
    log = corpus(0).log
    turned = np.arange(len(log))[::-1]
    other = replace(
        log, users=log.users[turned], items=log.items[turned], values=log.values[turned], texts=log.texts[turned]
    )
    assert inspect(other).scores == pytest.approx(inspect(log).scores, abs=1e-6)


def test_no_reviews_are_refused():
    log = corpus(0).log
    with pytest.raises(InputError, match="'text' needs reviews"):
        inspect(replace(log, texts=None))
    assert not inspect(replace(log, texts=np.full(len(log), "", object))).flagged.any()
