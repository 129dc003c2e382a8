"""Tables of labelled texts, as people have them."""

from pathlib import Path

import pytest

from tests.datafiles import data_file
from townsquare.protocols import DataError, InputError
from townsquare.sim.data.labelled import load


def table(tmp_path: Path, text: str, name: str = "texts.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_a_table_with_its_repetitions(tmp_path: Path) -> None:
    found = load(table(tmp_path, 'Label,Text\nham,"a, b"\nspam,buy\nham,"a, b"\nspam,"a, b"\nham,  \n'))
    assert list(found.examples.texts) == ["a, b", "buy"]
    assert found.examples.broken().tolist() == [False, True]
    assert found.remarks == (
        "1 of 5 rows have no text and were left out.",
        "2 of 5 rows repeat the text of an earlier one and were left out (1 of them with another label) before "
        "anything was split: 2 distinct texts.",
    )


def test_tabs_without_a_header(tmp_path: Path) -> None:
    found = load(table(tmp_path, 'ham\tsaid "hi"\nspam\twin\tnow\n', "SMSSpamCollection"))
    assert list(found.examples.texts) == ['said "hi"', "win\tnow"]


def test_labels_of_one_s_own(tmp_path: Path) -> None:
    path = table(tmp_path, "text,label\na,good\nb,bad\nc,worse\n")
    assert load(path, ["good"]).examples.broken().tolist() == [False, True, True]
    with pytest.raises(
        InputError, match="say with --harmless which of its labels break no rule; it has bad, good, worse"
    ):
        load(path)
    with pytest.raises(InputError, match=r"has no label 'goood'\. Did you mean 'good'\?"):
        load(path, ["goood"])


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("text,rating\na,1\n", "texts.csv", "has no column of labels: label or class or category"),
        ("text,label\na,ham\nb,\n", "texts.csv", "line 3: label is empty"),
        ("ham\thello\nspam\n", "texts.tsv", "line 2: a label and a text, with a tab between them, are needed"),
        ("text,label\n", "texts.csv", "has no labelled texts"),
        ("", "texts.csv", "has no column of texts"),
    ],
)
def test_bad_tables(text: str, name: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=told) as caught:
        load(table(tmp_path, text, name))
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(b"text,label\n\xff\xfe,ham\n")
    with pytest.raises(DataError, match="cannot be read as a table of texts"):
        load(path)


def test_the_published_messages() -> None:
    found = load(data_file("sms-spam/SMSSpamCollection"))
    assert len(found.examples) == 5_171
    assert found.remarks[0].startswith("403 of 5,574 rows repeat")
