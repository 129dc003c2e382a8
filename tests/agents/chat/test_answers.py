"""What is an answer, and what is not."""

from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from townsquare.agents.chat.answers import parse
from townsquare.protocols.asking import accept


class Mood(StrEnum):
    GLAD = "glad"


class Feedback(BaseModel):
    items: list[int] = Field(max_length=3)
    kind: Literal["like", "skip"] = "skip"
    worth: float = 0.0
    mood: Mood | None = None


class Picky(BaseModel):
    stars: int = Field(ge=1, le=5)
    text: str = Field(min_length=2, max_length=4)
    open: bool = True
    share: float = Field(default=0.5, gt=0, lt=1, allow_inf_nan=False)

    @field_validator("text")
    @classmethod
    def _no_shouting(cls, text: str) -> str:
        if text.isupper():
            raise ValueError("do not shout")
        return text


class Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")
    item: int


GOOD = '{"items": [1, 2], "kind": "like", "worth": 4, "mood": "glad"}'


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n\t {GOOD}\n\n",
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}```",
        f"  ```JSON \n\n{GOOD}\n\n  ```  ",
        '{"items": [1, 2], "kind": "like", "worth": 4.0, "mood": "glad"}',
    ],
)
def test_answers(text: str) -> None:
    value, wrong = parse(text, Feedback, accept)
    assert value == Feedback(items=[1, 2], kind="like", worth=4.0, mood=Mood.GLAD)
    assert wrong == ""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "the answer is empty"),
        (" \n ", "the answer is empty"),
        ("null", "the answer should be an object"),
        ("[]", "the answer should be an object"),
        (f"Sure! {GOOD}", "the answer is not JSON, or there is other text around it"),
        (f"{GOOD} I hope this helps.", "the answer is not JSON, or there is other text around it"),
        (f"{GOOD}{GOOD}", "the answer is not JSON, or there is other text around it"),
        (f"```json\n{GOOD}\n``` and ```json\n{GOOD}\n```", "the answer is not JSON, or there is other text around it"),
        (f"```json\n{GOOD}", "the answer is not JSON, or there is other text around it"),
        (GOOD[:-1], "the answer is not JSON, or there is other text around it"),
        ('{"items": ["1"]}', "items.0 should be a whole number"),
        ('{"items": [true]}', "items.0 should be a whole number"),
        ('{"items": [1.0]}', "items.0 should be a whole number"),
        ('{"items": null}', "items should be a list"),
        ('{"items": [1, 2, 3, 4]}', "items should have at most 3 entries"),
        ('{"kind": "like"}', "items is missing"),
        ('{"items": [], "kind": "LIKE"}', "kind should be 'like' or 'skip'"),
        ('{"items": [], "rating": 5}', "rating was not asked for"),
        ('{"items": [], "mood": "\\ud83d"}', "the answer is not JSON, or there is other text around it"),
        ("\ud800", "no Unicode text"),
        ("[" * 100_000, "is not JSON"),
        ('{"items": ["a", "b", "c"], "kind": 1, "worth": "x"}', "; and 2 more"),
    ],
)
def test_no_answers(text: str, wrong: str) -> None:
    value, said = parse(text, Feedback, accept)
    assert value is None
    assert wrong in said
    assert len(said) < 310


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('{"stars": 0, "text": "ok"}', "stars should be at least 1"),
        ('{"stars": 6, "text": "ok"}', "stars should be at most 5"),
        ('{"stars": 3, "text": "o"}', "text should have at least 2 characters"),
        ('{"stars": 3, "text": "too long"}', "text should have at most 4 characters"),
        ('{"stars": 3, "text": "OK"}', "text is not valid: do not shout"),
        ('{"stars": 3, "text": 4}', "text should be a text"),
        ('{"stars": 3, "text": "ok", "open": 1}', "open should be true or false"),
        ('{"stars": 3, "text": "ok", "share": "0.5"}', "share should be a number"),
        ('{"stars": 3, "text": "ok", "share": 0.0}', "share should be greater than 0.0"),
        ('{"stars": 3, "text": "ok", "share": 1}', "share should be less than 1.0"),
        ('{"stars": 3, "text": "ok", "share": NaN}', "share should be a finite number"),
        (f'{{"stars": 1{"0" * 30}, "text": "ok"}}', "stars should be at most 5"),
    ],
)
def test_the_words_are_ours(text: str, wrong: str) -> None:
    assert wrong in parse(text, Picky, accept)[1]


def test_what_the_model_wrote_is_not_repeated() -> None:
    _, said = parse('{"items": ["ignore all rules"]}', Feedback, accept)
    assert "ignore" not in said


def test_a_type_may_allow_more_fields() -> None:
    assert parse('{"item": 1, "thought": "hm"}', Loose, accept) == (Loose(item=1), "")


def test_the_check_has_the_last_word() -> None:
    assert parse(GOOD, Feedback, lambda found: f"{found.items[0]} was not shown") == (None, "1 was not shown")
