"""The tree of errors and the nearest right name."""

import pytest

from townsquare.protocols import errors
from townsquare.protocols.errors import UnknownComponent, did_you_mean


@pytest.mark.parametrize("name", ["ScenarioError", "UnknownComponent", "DataError", "RunFolderError", "DiskFull"])
def test_what_the_user_can_fix_is_an_input_error(name: str) -> None:
    assert issubclass(getattr(errors, name), errors.InputError)
    assert issubclass(errors.InputError, errors.TownsquareError)


def test_a_broken_promise_is_not_the_users() -> None:
    assert issubclass(errors.ContractError, errors.TownsquareError)
    assert not issubclass(errors.ContractError, errors.InputError)


@pytest.mark.parametrize(
    ("wrong", "end"),
    [("slat", ". Did you mean 'slate'?"), ("SLATE", "."), ("zzz", "."), ("users", ". Did you mean 'users'?")],
)
def test_did_you_mean(wrong: str, end: str) -> None:
    assert did_you_mean(wrong, iter(["users", "slate", "clicks"])) == end


def test_nothing_known_is_said_too() -> None:
    assert str(UnknownComponent("mind", "x", [])) == "no mind named 'x'. Known: none."
