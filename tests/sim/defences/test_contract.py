from typing import Any, ClassVar

from townsquare.testing.defence_contract import DefenceContract


class TestNone(DefenceContract):
    name = "none"


class TestFilter(DefenceContract):
    name = "filter"


class TestFilterThatLearns(DefenceContract):
    name = "filter"
    settings: ClassVar[dict[str, Any]] = {"detector": {"name": "degree-sad"}}


class TestFilterThatWasTold(DefenceContract):
    name = "filter"
    settings: ClassVar[dict[str, Any]] = {"detector": {"name": "fap", "flag": 2}, "reported": [3]}


class TestLoRec(DefenceContract):
    name = "lorec"


class TestMeritRank(DefenceContract):
    name = "merit-rank"


class TestInfluenceLimit(DefenceContract):
    name = "influence-limit"
