"""The same words weigh by who reads them and who says them."""

import numpy as np
import pytest

from townsquare.protocols import InputError, Streams
from townsquare.sim.features.audience_age import AudienceAge, minors_exposed

SECRET = "This is our secret, send a pic."


def feature(**settings: object) -> AudienceAge:
    return AudienceAge(AudienceAge.Config.model_validate(settings), Streams(0))


def test_age_fades_and_relation_weighs() -> None:
    ages = np.array([8, 13, 15, 18, 40])
    found = feature().score([SECRET] * 5, ages, ["stranger"] * 5)
    assert found.tolist() == pytest.approx([0.9, 0.9, 0.54, 0.0, 0.0])
    by_speaker = feature().score([SECRET] * 3, np.array([13] * 3), ["stranger", "friend", "teacher"])
    assert by_speaker.tolist() == pytest.approx([0.9, 0.72, 0.27])


def test_topics_add_up_and_harmless_texts_score_nothing() -> None:
    found = feature()(["casino and vodka", "homework and football", ""])
    assert found.tolist() == pytest.approx([1 - 0.3 * 0.4, 0.0, 0.0])
    assert feature(age=30)(["casino"]).tolist() == [0.0]


def test_what_is_not_known_or_not_there() -> None:
    assert np.isnan(feature().score([SECRET], np.array([-1]), ["stranger"])).all()
    with pytest.raises(InputError, match="no speaker_relation 'aunt'; there are family, teacher"):
        feature().score([SECRET], np.array([13]), ["aunt"])


def test_exposure_of_minors() -> None:
    scores, ages = np.array([0.9, 0.1, 0.9, 0.9]), np.array([12, 17, 30, -1])
    assert minors_exposed(scores, ages) == 0.5
    assert np.isnan(minors_exposed(scores[2:], ages[2:]))
