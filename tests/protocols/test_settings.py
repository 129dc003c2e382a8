"""The base of all settings: strict, frozen, documented."""

import pytest
from pydantic import Field, ValidationError

from townsquare.protocols import Settings


class Knob(Settings):
    level: float = 1.0
    "How far it is turned."
    steps: int | None = Field(default=None, ge=1)
    "Notches."
    loud: bool = False
    "Whether one hears it."
    name: str = "x"
    "What it says."


def test_strings_under_fields_describe_them() -> None:
    assert {name: field.description for name, field in Knob.model_fields.items()} == {
        "level": "How far it is turned.", "steps": "Notches.", "loud": "Whether one hears it.", "name": "What it says.",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"lvel": 1},
        {"level": float("nan")},
        {"level": float("inf")},
        {"level": True},
        {"steps": False},
        {"steps": 0},
        {"name": 3},
    ],
    ids=str,
)
def test_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Knob.model_validate(wrong)


def test_true_is_a_truth_where_one_is_asked_for() -> None:
    assert Knob.model_validate({"loud": True}).loud is True
    with pytest.raises(ValidationError, match="level must be a number, not true"):
        Knob.model_validate({"level": True})


def test_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Knob().level = 2.0


def test_a_wrong_default_is_noticed() -> None:
    class Wrong(Settings):
        n: int = Field(default=0, ge=1)

    with pytest.raises(ValidationError):
        Wrong()
