"""Where histories come from."""

from pathlib import Path

import numpy as np
import pytest

from tests.datafiles import data_file
from tests.evaluate.histories_of import KINDS, write_tables
from townsquare.evaluate.history_files import read
from townsquare.protocols import DataError


def test_tables_with_items(tmp_path: Path) -> None:
    found, remarks = read(write_tables(tmp_path / "films", rated=True))
    assert (found.name, len(found.user_ids), len(found.users), remarks) == ("films", 60, 60 * 16, ())
    assert found.texts is not None
    assert found.genres is not None
    assert found.texts[found.item_ids.index("i007")] == "Film 7"
    assert found.genres.shape == (len(found.item_ids), len(KINDS))
    assert np.diff(found.genres.indptr).tolist() == [1] * len(found.item_ids)
    assert found.ratings is not None
    assert found.times is not None
    assert found.positive.all()


def test_a_table_alone(tmp_path: Path) -> None:
    found, _ = read(write_tables(tmp_path) / "interactions.csv")
    assert (found.texts, found.genres, found.ratings, found.name) == (None, None, None, "interactions.csv")
    with pytest.raises(DataError, match="no column 'rating'"):
        read(tmp_path / "interactions.csv", threshold=4)


def test_recbole(tmp_path: Path) -> None:
    (tmp_path / "a.inter").write_text("user_id:token\titem_id:token\tx:float\nu\t2\t0\nu\t1\t0\nw\t2\t0\n", "utf-8")
    (tmp_path / "a.item").write_text(
        "item_id:token\tmovie_title:token_seq\tclass:token_seq\n1\tOne\tA B\n2\tTwo\tB\n3\tThree\tC\n", "utf-8"
    )
    found, _ = read(tmp_path)
    assert (found.item_ids, found.texts) == (("1", "2"), ("One", "Two"))
    assert found.genres is not None
    assert found.genres.toarray().tolist() == [[1, 1], [0, 1]]
    (tmp_path / "a.item").write_text("item_id:token\tmovie_title:token_seq\n1\tOne\n", "utf-8")
    with pytest.raises(DataError, match="no row for item '2'; 1 of 2 items"):
        read(tmp_path)


def test_genres_with_bars(tmp_path: Path) -> None:
    write_tables(tmp_path, people=4, items=60)
    text = (tmp_path / "items.csv").read_text("utf-8").replace("crime", "crime|comedy")
    (tmp_path / "items.csv").write_text(text, "utf-8")
    found, _ = read(tmp_path)
    assert found.genres is not None
    assert found.genres.shape[1] == len(KINDS)
    assert np.diff(found.genres.indptr).max() == 2


def test_lists_that_come_split(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("0 1 2 30\n7 2\n", "utf-8")
    (tmp_path / "valid.txt").write_text("0 4\n\n7\n", "utf-8")
    (tmp_path / "test.txt").write_text("0 2 5\n", "utf-8")
    found, remarks = read(tmp_path)
    assert (found.user_ids, found.item_ids) == (("0", "7"), ("1", "2", "4", "5", "30"))
    assert found.held is not None
    assert list(zip(found.users, found.items, found.held, strict=True)) == [
        (0, 0, False),
        (0, 1, False),
        (0, 4, False),
        (1, 1, False),
        (0, 2, False),
        (0, 3, True),  # item 2 is in train already, and cannot be found again
    ]
    assert remarks == ("Rows that repeat a person and an item: 1; the first of each counts.",)
    with pytest.raises(DataError, match="without ratings"):
        read(tmp_path, threshold=3)


def test_bad_lists(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("0 1\n1 x\n", "utf-8")
    with pytest.raises(DataError, match=r"train.txt, line 2: a line is a person and their items, all whole numbers"):
        read(tmp_path)
    (tmp_path / "train.txt").write_text("0 1\n", "utf-8")
    with pytest.raises(DataError, match=r"test.txt cannot be read"):
        read(tmp_path)
    (tmp_path / "test.txt").write_text("0\n", "utf-8")
    with pytest.raises(DataError, match=r"test.txt holds no interactions"):
        read(tmp_path)


def test_bad_sources(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither a file or folder nor a data set"):
        read(tmp_path / "nothing")
    write_tables(tmp_path)
    (tmp_path / "interactions.csv").unlink()
    with pytest.raises(DataError, match="no table of interactions"):
        read(tmp_path)


def test_movielens_lists() -> None:
    found, remarks = read(data_file("ml-1m-implicit/train.txt").parent)
    assert (len(found.user_ids), len(found.item_ids), len(found.users)) == (6039, 3628, 836478)
    assert found.held is not None
    assert int(found.held.sum()) == 164848
    assert remarks == ()
