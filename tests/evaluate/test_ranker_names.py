"""What one may call a ranker."""

import pytest

from townsquare.evaluate.ranker_names import ALWAYS, Agents, parse
from townsquare.protocols import InputError


def test_some_rows_are_always_there() -> None:
    assert parse([]) == (list(ALWAYS), [])
    assert parse(["ease", "popular", "ease"]) == ([*ALWAYS, "ease"], [])


def test_agents() -> None:
    names = ["agentcf", "agentcf:b+h", "agentcf++dual:b+r"]
    assert parse(names)[1] == [
        Agents("agentcf", "agentcf", "b"),
        Agents("agentcf:b+h", "agentcf", "b+h"),
        Agents("agentcf++dual:b+r", "agentcf++dual", "b+r"),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("agentcv", "Did you mean 'agentcf'"),
        ("agentcf:x", "no ranker named 'agentcf:x'"),
        ("eas", "Did you mean 'ease'"),
    ],
)
def test_others_are_refused(name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse([name])
