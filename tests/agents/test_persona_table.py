"""Personas from tables and lists: every column, and errors that name row and column."""

import re
from pathlib import Path

import pytest

from townsquare.agents.persona_table import COLUMNS, from_csv, from_list
from townsquare.agents.personas import Persona
from townsquare.protocols.errors import DataError


def write(path: Path, text: str, coding: str = "utf-8") -> Path:
    file = path / "people.csv"
    file.write_bytes(text.encode(coding))
    return file


def test_every_column(tmp_path: Path) -> None:
    told = {
        "name": "Ann", "stubbornness": "0.7", "eps": "0.2", "gender": "female", "age_band": "25-34",
        "ethnicity": "asian; white", "education": "phd", "employment": "student", "politics": "independent",
        "mood": "-0.5", "fatigue": "0.3", "reflection_1": "I wait, and I count.", "reflection_3": "My doors are open.",
    }  # fmt: skip
    scores = [name for name in COLUMNS if name not in told and not name.startswith("reflection")]
    told |= dict.fromkeys(scores, "0.25")
    told |= {"stance:the tram": "4.5", "confidence:the tram": "0.9", "salience:rent": "0.6"}
    header, cells = ",".join(told), ",".join(f'"{cell}"' for cell in told.values())
    (ann,) = from_csv(write(tmp_path, f"{header}\n{cells}\n"))
    assert ann == Persona.model_validate(
        {
            "name": "Ann",
            "stubbornness": 0.7,
            "eps": 0.2,
            "demographics": {
                "gender": "female",
                "age_band": "25-34",
                "ethnicity": ("asian", "white"),
                "education": "phd",
                "employment": "student",
                "politics": "independent",
            },
            "big_five": dict.fromkeys(Persona().big_five.model_dump(), 0.25),
            "schwartz": dict.fromkeys(Persona().schwartz.model_dump(), 0.25),
            "reflections": ["I wait, and I count.", "My doors are open."],
            "stances": {"the tram": {"value": 4.5, "confidence": 0.9}},
            "state": {"mood": -0.5, "fatigue": 0.3, "topic_salience": {"rent": 0.6}},
        }
    )


def test_missing_columns_and_empty_cells_are_not_known(tmp_path: Path) -> None:
    people = from_csv(write(tmp_path, "\ufeffname,openness,stance:tram\nAnn,,\n\n,0.5,2\n"))
    assert people == [
        Persona(name="Ann"),
        Persona.model_validate({"big_five": {"openness": 0.5}, "stances": {"tram": 2}}),
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty; it needs a header line"),
        ("name,opennes\nAnn,1\n", "column 2 has the unknown name 'opennes'. Did you mean 'openness'?"),
        ("name,stance:\nAnn,1\n", "column 2 has the unknown name 'stance:'"),
        ("name,name\nAnn,Bob\n", "two columns 'name'"),
        ("confidence:tram\n0.5\n", "needs a column 'stance:tram'"),
        (
            "name,openness\nAnn,0.5\nBob,1.5\n",
            "row 3, column openness: Input should be less than or equal to 1 (got '1.5')",
        ),
        ("name,openness\nAnn,much\n", "row 2, column openness: Input should be a valid number"),
        ("name,openness\nAnn,nan\n", "row 2, column openness: Input should be a finite number"),
        ("name,openness\nAnn\n", "row 2: 1 cells, where the header has 2 columns"),
        ("name,mood\n\n\nAnn,3\n", "row 4, column mood"),
        ("reflection_1,reflection_3\n,We are.\n", "row 2, column reflection_3: a reflection is in the first person"),
        ("stance:tram,confidence:tram\n,0.5\n", "row 2, column stance:tram: Field required"),
        ("stance:tram,confidence:tram\n2,7\n", "row 2, column confidence:tram"),
        ("stance:tram,stance:Tram\n2,3\n", "row 2, column stance: there are two stances on 'tram'"),
        ("name,salience:rent\nAnn,-1\n", "row 2, column salience:rent"),
        ('name\n"Ann\n', "is not a table separated by commas"),
        (f"name\n{'x' * 200_000}\n", "field larger than field limit"),
        (f"name\n{'x' * 81}\n", "row 2, column name: String should have at most 80 characters"),
        ("ethnicity\na;b;c;d;e;f;g\n", "row 2, column ethnicity"),
    ],
)
def test_errors_name_row_and_column(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(DataError, match=re.escape(wrong)) as caught:
        from_csv(write(tmp_path, text))
    assert "people.csv" in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        from_csv(tmp_path / "nobody.csv")
    with pytest.raises(DataError, match="cannot be read"):
        from_csv(tmp_path)
    with pytest.raises(DataError, match=r"is not UTF-8 \(byte 6\)"):
        from_csv(write(tmp_path, "name\nJörg\n", "latin-1"))


def test_lists() -> None:
    ann = Persona(name="Ann")
    assert from_list([ann, {"name": "Bob"}]) == [ann, Persona(name="Bob")]
    with pytest.raises(DataError, match=r"people, entry 1: unknown key 'nam'\. Did you mean 'name'\?"):
        from_list([{}, {"nam": "Bob"}], "people")
    with pytest.raises(DataError, match=r"personas, entry 0: big_five\.openness"):
        from_list([{"big_five": {"openness": 3}}])
    with pytest.raises(DataError, match="personas, entry 0: "):
        from_list([3])  # type: ignore[list-item]
