"""Ratings from every kind of table that people have, and one sentence about what is wrong with them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.datafiles import data_file
from townsquare.protocols import DataError, InputError
from townsquare.sim.data.ratings import RatingData, load

ROWS = [("b", "x", 5.0, 30), ("a", "y", 1.0, 10), ("b", "y", 3.0, 20), ("c", "x", 4.0, 10)]


def _triples(data: RatingData) -> set[tuple[str, str, float]]:
    log = data.log
    rows = zip(log.users.tolist(), log.items.tolist(), log.values.tolist(), strict=True)
    return {(data.user_ids[user], data.item_ids[item], value) for user, item, value in rows}


def _write(folder: Path, name: str, separator: str, *, header: bool, time: bool = True) -> Path:
    lines = [separator.join(map(str, row if time else row[:3])) for row in ROWS]
    names = ["user_id", "item_id", "rating", "timestamp"][: 4 if time else 3]
    path = folder / name
    path.write_text("\n".join(([separator.join(names)] if header else []) + lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "separator", "header"),
    [
        ("r.csv", ",", True),
        ("r.tsv", "\t", True),
        ("r.csv", ",", False),
        ("u.data", "\t", False),
        ("ratings.txt", " ", False),
        ("ratings.dat", "::", False),
    ],
)
def test_every_form_of_a_table_gives_the_same_ratings(tmp_path: Path, name: str, separator: str, header: bool) -> None:
    data = load(_write(tmp_path, name, separator, header=header))
    assert _triples(data) == {row[:3] for row in ROWS}
    assert (data.user_ids, data.item_ids) == (("a", "b", "c"), ("x", "y"))
    assert data.log.ticks.tolist() == [0, 0, 1, 2], "oldest first, numbered by time"
    assert data.log.values.tolist() == [1.0, 4.0, 3.0, 5.0]


def test_parquet_and_recbole_files_are_read(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS, columns=["user_id", "item_id", "rating", "timestamp"])
    frame.to_parquet(tmp_path / "r.parquet")
    lines = ["user_id:token\titem_id:token\trating:float", *("\t".join(map(str, row[:3])) for row in ROWS)]
    (tmp_path / "r.inter").write_text("\n".join(lines), "utf-8")
    assert _triples(load(tmp_path / "r.parquet")) == _triples(load(tmp_path / "r.inter")) == {r[:3] for r in ROWS}


def test_the_scale_is_that_of_the_data_unless_it_is_given(tmp_path: Path) -> None:
    path = _write(tmp_path, "r.csv", ",", header=True)
    own = load(path).log.scale
    given = load(path, 3.5, low=0, high=10, step=0.5).log.scale
    assert own is not None
    assert given is not None
    assert (own.low, own.high, own.liked, own.step) == (1.0, 5.0, 4.0, 1.0)
    assert (given.low, given.high, given.liked, given.step) == (0.0, 10.0, 3.5, 0.5)


def test_without_times_the_order_of_the_file_stays(tmp_path: Path) -> None:
    data = load(_write(tmp_path, "r.txt", " ", header=False, time=False))
    assert data.log.values.tolist() == [row[2] for row in ROWS]
    assert not data.log.ticks.any()


def test_the_last_of_repeated_ratings_counts(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_text("a x 1 20\na x 5 10\nb x 3 10\n", "utf-8")
    data = load(tmp_path / "u.data")
    assert _triples(data) == {("a", "x", 1.0), ("b", "x", 3.0)}, "the latest, not the last of the file"
    assert data.remarks == ("Ratings that repeat a person and an item: 1; the last of each counts.",)


def test_reviews_are_kept_with_their_rows(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("a x 1 9 so so dull\nb x 3 7 fine\n", "utf-8")
    (tmp_path / "r.tsv").write_text("a\tx\t1\tso so dull\nb\tx\t3\tfine\n", "utf-8")
    for name, texts in (("r.txt", ["fine", "so so dull"]), ("r.tsv", ["so so dull", "fine"])):
        found = load(tmp_path / name).log.texts
        assert found is not None
        assert found.tolist() == texts
    assert load(_write(tmp_path, "r.csv", ",", header=True)).log.texts is None


def test_a_table_of_items_gives_titles_and_first_categories(tmp_path: Path) -> None:
    _write(tmp_path, "u.data", "\t", header=False)
    items = "item_id,title,genres\nx,Xanadu,Drama|War\ny,Yes,\nz,Never rated,War\n"
    (tmp_path / "items.csv").write_text(items, "utf-8")
    data = load(tmp_path)
    assert data.titles == ("Xanadu", "Yes")
    assert data.catalogue.categories.tolist() == [0, -1]
    assert data.category_names == ("Drama",)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.csv", "user_id,item_id,rating\na,x,five\n", r"r.csv, line 2: rating must be a finite number .*'five'"),
        ("r.csv", "user_id,item_id,rating\na,x,\n", "line 2: rating is empty"),
        ("r.csv", "user_id,item_id,stars\na,x,5\n", "no column 'rating'"),
        ("r.csv", "", "is empty"),
        ("u.data", "\n", "is empty"),
        ("u.data", "a x 5\nb x\n", r"u.data, line 2: 2 cells where 3 are due \(user_id, item_id, rating\)"),
        ("u.data", "a x 5\n\nb x good\n", "u.data, line 3: rating must be a finite number"),
        ("u.data", "user_id item_id rating\na x 5\n", "has a header: call it .csv"),
        ("u.data", "a x\n", "line 1: 2 cells, and user, item and rating are needed"),
        ("u.data", "a x 5 1\nb x 4 soon\n", "line 2: timestamp must be a finite number"),
        ("u.data", "a\t\t5\nb\tx\t4\n", "line 1: item_id is empty"),
        ("u.data", "a x 5\nb x 5\n", "from 5 to 5; a scale needs"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=said) as caught:
        load(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(DataError, match="cannot be read as UTF-8 text"):
        load(tmp_path / "u.data")


def test_ratings_outside_a_stated_scale_are_named(tmp_path: Path) -> None:
    path = _write(tmp_path, "r.csv", ",", header=True)
    with pytest.raises(DataError, match=r"r.csv, line 2: rating must be from 1 to 4 \(got 5; 1 of 4"):
        load(path, high=4)
    with pytest.raises(InputError, match=r"liked must be from 1 to 5.*\(got 7\)"):
        load(path, 7)
    with pytest.raises(InputError, match="step of a scale from 1 to 5 must be above 0"):
        load(path, step=0)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither a file or folder nor a data set"):
        load(tmp_path / "nothing")
    _write(tmp_path, "u.data", "\t", header=False)
    _write(tmp_path, "ratings.txt", " ", header=False)
    with pytest.raises(DataError, match="more than one file of ratings"):
        load(tmp_path)


def test_published_files_are_read_as_they_come() -> None:
    films = load(data_file("ml-100k"))
    assert (len(films.log), films.log.n_users, films.log.n_items) == (100_000, 943, 1682)
    assert films.titles is not None
    assert films.titles[films.item_ids.index("1")] == "Toy Story"
    assert (np.diff(films.log.ticks) >= 0).all()
    trust = load(data_file("filmtrust/ratings.txt"))
    assert len(trust.log) == 35_494
    assert trust.log.scale is not None
    assert trust.log.scale.step == 0.5
    spam = load(data_file("amazon-spam-labelled/profiles.txt"))
    assert (spam.log.n_users, spam.log.n_items, len(spam.log)) == (4902, 16_885, 51_098)
