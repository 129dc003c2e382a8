"""Tables of labelled texts, as people have them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
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
        ("", "texts.csv", "is empty, or its first line is"),
        ("text,label\na,ham\nb, \n", "texts.csv", "line 3: label is empty"),
        ("text,label\nhello,there,ham\n", "texts.csv", "line 2: 3 cells where the header names 2 columns"),
        ("PAR1xxxx", "texts.parquet", "cannot be read as a table of texts: .*magic bytes"),
    ],
)
def test_bad_tables(text: str, name: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=told) as caught:
        load(table(tmp_path, text, name))
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes(b"text,label\n\xff\xfe,ham\n")
    with pytest.raises(DataError, match="is not UTF-8: byte 0xff"):
        load(path)


def test_the_published_messages() -> None:
    found = load(data_file("sms-spam/SMSSpamCollection"))
    assert len(found.examples) == 5_171
    assert found.remarks[0].startswith("403 of 5,574 rows repeat")


def test_groups_readers_and_speakers_are_kept(tmp_path: Path) -> None:
    rows = "Group,text,label,audience_age\na,x,ham,12\nb,y,spam,\nb,x,ham,40\n"
    found = load(table(tmp_path, rows))
    assert found.groups == ("a", "b")  # of equal texts the first row counts
    assert dict(found.about) == {"group": ("a", "b"), "audience_age": ("12", "")}
    tabbed = load(table(tmp_path, "label\tgroup\ttext\nham\ta\tx\ty\nspam\tb\tz\n", "texts.tsv"))
    assert (tabbed.groups, list(tabbed.examples.texts)) == (("a", "b"), ["x\ty", "z"])
    assert load(table(tmp_path, "text,label\nx,ham\ny,spam\n")).groups == ()


def test_reasons_go_with_their_texts(tmp_path: Path) -> None:
    examples = load(table(tmp_path, "text,label,Reason\nx,ham,a greeting\ny,spam,\nz,spam,sells\n")).examples
    assert list(examples.reasons) == ["a greeting", "", "sells"]
    assert list(examples.where(np.array([2, 0])).reasons) == ["sells", "a greeting"]
    assert load(table(tmp_path, "text,label\nx,ham\ny,spam\n")).examples.where(np.array([1])).reasons == ()


@pytest.mark.parametrize("kind", ["tsv", "parquet"])
def test_published_tables_with_numbers_for_labels(tmp_path: Path, kind: str) -> None:
    """TextDetox has the columns text and toxic, SST-2 sentence and label (and idx)."""

    def written(columns: dict[str, list[object]]) -> Path:
        path = tmp_path / f"{'-'.join(columns)}.{kind}"
        if kind == "parquet":
            pq.write_table(pa.table(columns), path)
        else:
            lines = ["\t".join(columns), *("\t".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
            path.write_text("\n".join(lines), "utf-8")
        return path

    toxic = load(written({"text": ["go away", "good day"], "toxic": [1, 0]}))
    assert list(toxic.examples.names) == ["non-toxic", "toxic"]
    assert toxic.examples.broken().tolist() == [True, False]
    assert toxic.remarks == ("the labels 0 (non-toxic), 1 (toxic) were given names.",)
    film = load(written({"idx": [0, 1], "sentence": ["a joy", "a bore"], "label": [1, 0]}))
    assert list(film.examples.names) == ["negative", "positive"]
    assert film.examples.broken().tolist() == [False, True]
    with pytest.raises(DataError, match=r"texts without a label \(-1\)"):
        load(written({"sentence": ["a joy", "a bore"], "label": [-1, -1]}))
    assert load(table(tmp_path, "sentence,label\na,ham\nb,spam\n")).remarks == ()


def test_sets_that_are_fetched_by_hand_say_so() -> None:
    with pytest.raises(DataError, match="cannot be fetched for you: Download"):
        load("textdetox")


def test_a_table_that_is_not_utf_8_or_has_one_label_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes("text,label\ncafé,ham\n".encode("latin-1"))
    with pytest.raises(DataError, match="is not UTF-8: byte 0xe9; save it as UTF-8"):
        load(path)
    with pytest.raises(InputError, match="has one label only, 'spam': harmful and harmless texts are both needed"):
        load(table(tmp_path, "text,label\na,spam\nb,spam\n"))


def test_a_parquet_table_without_a_label_names_the_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a", "b"], "label": ["ham", None]}), tmp_path / "texts.parquet")
    with pytest.raises(DataError, match="row 2: label is empty"):
        load(tmp_path / "texts.parquet")
