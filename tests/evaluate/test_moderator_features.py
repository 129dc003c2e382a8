"""False alarms by feature, with readers and speakers as data."""

from pathlib import Path

import numpy as np
import pytest

from tests.sim.moderators.known import known
from townsquare.evaluate.moderator_features import Features
from townsquare.evaluate.moderator_rates import Reviewed
from townsquare.protocols import InputError
from townsquare.protocols.moderator import ACTION
from townsquare.protocols.registry import register
from townsquare.protocols.settings import Settings
from townsquare.sim.data.labelled import LabelledData, load
from townsquare.sim.features.audience_age import AudienceAge

known("feature", "audience-age", AudienceAge)


@register("feature", "test-two-numbers")
class TwoNumbers:
    Config = Settings

    def __init__(self, config: Settings, streams: object) -> None:
        pass

    def __call__(self, texts: object) -> object:
        return np.zeros(2)


def data(tmp_path: Path, *rows: str) -> LabelledData:
    path = tmp_path / "texts.csv"
    path.write_text("\n".join(["text,label,audience_age,speaker_relation", *rows]), "utf-8")
    return load(path)


def test_readers_and_speakers_of_the_table(tmp_path: Path) -> None:
    found = data(
        tmp_path,
        "a casino here,ham,12,stranger",
        "the casino there,ham,40,stranger",
        "that casino,ham,12,teacher",
        "some casino,spam,,",
        "homework,ham,12,",
    )
    made = Features(["audience-age"], {}, found)
    assert made.values["audience-age"].tolist() == pytest.approx([0.7, 0.0, 0.21, np.nan, 0.0], nan_ok=True)
    action = np.array([ACTION[one] for one in ("show", "label", "remove", "remove", "show")], np.int8)
    (row,) = made.rows("x", [Reviewed(np.arange(5), action, np.zeros(5), 0.1)])
    assert (row["fpr_high"], row["texts_high"]) == (0.0, 1)
    assert (row["fpr_low"], row["texts_low"]) == (pytest.approx(2 / 3), 3)
    assert row["minors_exposed"] == 0.5  # two young readers are still shown something, one of them the casino
    assert np.isnan(row["alarms"])


def test_ages_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="audience_age holds years"):
        Features(["audience-age"], {}, data(tmp_path, "a,ham,young,", "b,spam,1,"))


def test_a_feature_that_breaks_its_promise(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a number per text"):
        Features(["test-two-numbers"], {}, data(tmp_path, "a,ham,1,", "b,spam,1,", "c,ham,1,"))
