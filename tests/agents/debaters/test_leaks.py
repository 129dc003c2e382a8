"""What counts as saying what one was told."""

import pytest

from tests.agents.debaters.seats import ANN
from townsquare.agents.debaters.leaks import fields_of, leaks, words_of
from townsquare.build.debate import DEMOGRAPHICS
from townsquare.protocols.debate import FIELDS

REX = {"age_band": "65+", "employment": "self-employed", "politics": "republican", "gender": "male", "education": "phd"}


@pytest.mark.parametrize(
    ("text", "profile", "found"),
    [
        ("As a 25-34 year old democrat you will agree.", ANN, ("age_band", "politics")),
        ("People aged 25 to 34 rent.", ANN, ("age_band",)),
        ("Being a young student, you know it.", ANN, ("employment",)),
        ("Your democrat values speak for it.", ANN, ("politics",)),
        ("A democrat like you sees that.", ANN, ("politics",)),
        ("You are female, so think of it.", ANN, ("gender",)),
        ("As a latino woman you know.", ANN, ("ethnicity",)),
        ("AS A\u200b DEMOCRAT", ANN, ("politics",)),
        ("Anybody who is 65 or older.", REX, ("age_band",)),
        ("As a self employed man", REX, ("employment",)),
        ("you, as a lifelong republican", REX, ("politics",)),
        ("Republicans in Congress and Democrats alike.", REX, ()),
        ("The White House is white.", ANN, ()),
        ("Students have to wear them, and bachelors do not.", ANN, ()),
        ("", ANN, ()),
        ("As a democrat", {}, ()),
    ],
)
def test_what_is_said_of_a_person_is_found(text: str, profile: object, found: tuple[str, ...]) -> None:
    assert leaks(text, profile) == found  # type: ignore[arg-type]


@pytest.mark.parametrize("field", FIELDS)
def test_every_word_of_the_vocabulary_is_found_where_it_is_said(field: str) -> None:
    for word in DEMOGRAPHICS[field]:
        said = leaks(f"I know that you are a {word}, so listen.", {field: word})
        assert said == (() if word in ("other", "not-sure") else (field,)), word
        assert leaks("I know what I know, so listen.", {field: word}) == ()


def test_a_profile_is_read_as_lines_or_as_a_mapping() -> None:
    assert fields_of(ANN)["ethnicity"] == "white+latino"
    assert fields_of("nonsense\ncolour: red\nage_band: 65+") == {"age_band": "65+"}
    assert words_of(ANN) == {"female", "25-34", "white", "latino", "bachelor", "student", "democrat"}
    assert words_of({"age_band": "65+", "politics": "not-sure"}) == {"65+"}
