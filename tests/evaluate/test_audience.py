"""The people who browse."""

from pathlib import Path

import numpy as np
import pytest

from tests.evaluate.histories_of import write_tables
from townsquare.evaluate.audience import Audience, Past
from townsquare.evaluate.history_files import read
from townsquare.evaluate.recommenders_settings import RecommendersSettings
from townsquare.protocols import DataError, Streams


def test_more_agents_are_the_same_and_others(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path))
    few, more = (Audience(histories, RecommendersSettings(agents=n), 0) for n in (10, 11))
    assert len(few.agents) == 10
    assert set(few.agents) < set(more.agents)
    kept = np.searchsorted(more.agents, few.agents)
    for name in ("activity", "conformity", "diversity"):
        assert np.array_equal(getattr(more.traits, name)[kept], getattr(few.traits, name))
    assert not np.array_equal(Audience(histories, RecommendersSettings(agents=10), 1).agents, few.agents)


def test_all_there_are(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path))
    whole = Audience(histories, RecommendersSettings(), 0)
    assert whole.agents.tolist() == list(range(60))
    assert whole.remarks()[0] == "60 people of the data can browse; 1000 were wanted."
    assert any("Nobody rates" in remark for remark in whole.remarks())
    with pytest.raises(DataError, match="0 people have 50 interactions"):
        Audience(histories, RecommendersSettings(least=50), 0)


def test_the_past_is_the_latest_that_recommenders_know(tmp_path: Path) -> None:
    histories, _ = read(write_tables(tmp_path))
    split = histories.split("time", 0.25, Streams(0))
    assert histories.texts is not None
    past = Past(split, histories.texts, 4, Streams(0))(7)
    own = np.flatnonzero(histories.users == 7)
    assert past == [histories.texts[histories.items[row]] for row in own[8:12]]  # 16 in the order of time, 4 held out
    assert len(Past(split, histories.texts, 99, Streams(0))(7)) == 12
