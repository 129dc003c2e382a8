import sys
from typing import ClassVar

import pytest

from tests.sim.recommenders.p1 import quality
from townsquare.protocols import InputError, Streams
from townsquare.sim.recommenders.ials import IALS
from townsquare.testing import RecommenderContract, little_town


class TestIALS(RecommenderContract):
    name = "ials"
    settings: ClassVar = {"factors": 8, "regularisation": 1.0}

    @pytest.fixture(autouse=True)
    def _extra(self):
        pytest.importorskip("implicit")


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "implicit.cpu.als", None)
    with pytest.raises(InputError, match=r"pip install 'townsquare\[cf\]'"):
        IALS(IALS.Config(), Streams(0)).fit(*little_town())


def test_quality_on_movielens():
    pytest.importorskip("implicit")
    found = quality("ials", {"factors": 32, "regularisation": 10, "alpha": 1, "iterations": 15})
    # factors start from random numbers: seeds spread by about .002
    assert found["recall@20"] == pytest.approx(0.3540, abs=0.005)
    assert found["ndcg@20"] == pytest.approx(0.4354, abs=0.005)
