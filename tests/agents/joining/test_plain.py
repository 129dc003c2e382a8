"""What an agent returned, as JSON."""

import datetime
import json
from dataclasses import dataclass

import numpy as np
import pytest
from pydantic import BaseModel

from townsquare.agents.joining.plain import plain
from townsquare.protocols.errors import ContractError


@dataclass
class Point:
    x: int
    y: float


class Named(BaseModel):
    name: str


def test_what_json_can_hold_after_all() -> None:
    found = plain(
        {"point": Point(1, 2.5), "model": Named(name="a"), "when": datetime.date(2026, 1, 2), "pair": (1, {2})}
    )
    assert found == {"point": {"x": 1, "y": 2.5}, "model": {"name": "a"}, "when": "2026-01-02", "pair": [1, [2]]}
    assert plain(np.arange(4).reshape(2, 2)) == [[0, 1], [2, 3]]
    assert plain(np.float64(0.5)) == 0.5
    json.dumps(found, allow_nan=False)


def test_no_number_is_none() -> None:
    assert plain([float("nan"), float("inf"), 1.0]) == [None, None, 1.0]


@pytest.mark.parametrize("value", [object(), b"\xff", {"deep": [lambda: 1]}])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(ContractError, match="JSON cannot hold"):
        plain(value)
