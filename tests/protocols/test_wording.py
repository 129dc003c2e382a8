"""Validation errors as one sentence a person can act on."""

from typing import Any

import pytest
from pydantic import Field, ValidationError, field_validator, model_validator

from townsquare.protocols import Settings
from townsquare.protocols.wording import first_problem


class Inner(Settings):
    depth: int = Field(default=1, ge=1)
    width: float = 1.0


class Outer(Settings):
    inner: Inner = Inner()
    row: tuple[Inner, ...] = ()
    perhaps: Inner | None = None
    words: tuple[str, ...] = ()
    name: str = ""

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name == "an":
            raise ValueError("a name has three letters (got 'an'); did you mean 'ann'?")
        return name

    @model_validator(mode="after")
    def _rule(self) -> "Outer":
        if self.inner.width > 9:
            raise ValueError("inner.width may be 9 at most")
        return self


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"iner": {}}, "unknown key 'iner'. Did you mean 'inner'? Allowed here: inner, name, perhaps, row, words."),
        ({"inner": {"dept": 1}}, "unknown key 'inner.dept'. Did you mean 'depth'? Allowed here: depth, width."),
        ({"row": [{}, {"witdh": 1}]}, "unknown key 'row.1.witdh'. Did you mean 'width'? Allowed here: depth, width."),
        ({"perhaps": {"qqq": 1}}, "unknown key 'perhaps.qqq'. Allowed here: depth, width."),
        ({"inner": {"depth": 0}}, "inner.depth: Input should be greater than or equal to 1 (got 0)."),
        ({"inner": {"width": 10}}, "inner.width may be 9 at most."),
        ({"name": "an"}, "name: a name has three letters (got 'an'); did you mean 'ann'?"),
        ({"inner": {"depth": True}}, "inner: depth must be a number, not true."),
    ],
    ids=str,
)
def test_sentence(raw: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(raw)
    assert first_problem(caught.value, Outer) == sentence


def test_long_values_are_cut() -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"inner": {"depth": "x" * 200}})
    sentence = first_problem(caught.value, Outer)
    assert sentence.endswith("xxx...).")
    assert len(sentence) < 160
