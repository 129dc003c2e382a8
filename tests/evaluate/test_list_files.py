"""AgentCF's files and RecBole's."""

from pathlib import Path

import numpy as np
import pytest

from tests.datafiles import data_file
from tests.evaluate.lists_of import KINDS, real
from townsquare.evaluate.list_files import read
from townsquare.protocols import DataError

INTER = "user_id:token\titem_id:token\ttimestamp:float\n"
ITEMS = "item_id:token\ttitle:token_seq\tgenre:token_seq\tdomain:token\n"
ITEMS += "1\tOne\tA\tx\n2\tTwo\tB\ty\n3\tThree\t\tx\n4\tFour\tA\tx\n"
SEQUENCES = "user_id:token\titem_id_list:token_seq\titem_id:token\n"


@pytest.mark.parametrize(("kind", "items"), [("dense", 269), ("sparse", 704)])
def test_real_lists(kind: str, items: int) -> None:
    lists = real(kind)
    assert (len(lists), len(lists.goods), len(lists.taught())) == (100, items, 500)
    assert {len(had) for had in lists.history} == {7}
    assert len(lists.interactions()) == 700
    assert lists.domains == (("",),) * 100


def test_a_folder_with_several_lists_asks_which() -> None:
    folder = data_file("agentcf-cds/CDs.item").parent
    with pytest.raises(
        DataError, match=r"several lists \(CDs-100-user-dense, CDs-100-user-sparse\): name one, as agentcf"
    ):
        read(folder)
    with pytest.raises(DataError, match=r"no list named 'CDs-100-user-dens'. Did you mean 'CDs-100-user-dense'"):
        read(folder / "CDs-100-user-dens")
    assert read(folder / "CDs-100-user-dense.test.inter")[0].name == "CDs-100-user-dense"


def atomic(folder: Path, rows: str, items: str = ITEMS) -> Path:
    (folder / "shop.inter").write_text(INTER + rows, "utf-8")
    (folder / "shop.item").write_text(items, "utf-8")
    return folder


def test_atomic_files_are_put_in_order(tmp_path: Path) -> None:
    rows = "b\t1\t30\nb\t2\t10\nb\t3\t20\nb\t4\t20\na\t1\t1\na\t2\t2\n"
    lists, left_out = read(atomic(tmp_path, rows))
    assert left_out == ("1 users with fewer than 3 interactions were left out.",)
    assert lists.user_ids == ("b",)
    assert [lists.item_ids[item] for item in lists.history[0]] == ["2", "3", "4"]
    assert lists.item_ids[lists.targets[0]] == "1"
    assert lists.goods.titles == ("One", "Two", "Three", "Four")
    assert lists.goods.categories == ("A", "B", "", "A")
    assert lists.domains == (("x", "y"),)
    assert lists.taught() == [(0, 2, 20.0)]


def test_items_that_never_occur_are_left_out(tmp_path: Path) -> None:
    lists, _ = read(atomic(tmp_path, "a\t1\t1\na\t2\t2\na\t4\t3\n"))
    assert lists.item_ids == ("1", "2", "4")
    assert [a.tolist() for a in lists.history] == [[0, 1]]
    assert lists.targets.tolist() == [2]


@pytest.mark.parametrize(
    ("rows", "items", "said"),
    [
        ("a\t1\t1\na\t2\t2\na\t9\t3\n", ITEMS, "item '9' is not in shop.item"),
        ("a\t1\t1\na\t2\t2\n", ITEMS, "no user has 3 interactions"),
        ("a\t1\t1\na\t1\t2\na\t2\tx\n", ITEMS, "line 4: timestamp must be"),
        ("a\t1\t1\na\t2\t2\na\t3\t3\n", "item_id:token\tyear\n1\t2\n", "no column with titles"),
        ("a\t1\t1\na\t2\t2\na\t3\t3\n", "item_id\ttitle\n1\tx\n1\ty\n", "item_id '1' occurs more than once"),
    ],
)
def test_what_is_wrong_with_atomic_files(tmp_path: Path, rows: str, items: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(atomic(tmp_path, rows, items))


def test_atomic_files_without_times(tmp_path: Path) -> None:
    atomic(tmp_path, "")
    (tmp_path / "shop.inter").write_text("user_id:token\titem_id:token\na\t1\n", "utf-8")
    with pytest.raises(DataError, match="no column 'timestamp'"):
        read(tmp_path)


def sequences(folder: Path, **parts: str) -> Path:
    rows = {"train": "a\t1\t2\n", "valid": "a\t1 2\t3\n", "test": "a\t1 2 3\t4\n"} | parts
    for part in ("train", "valid", "test"):
        (folder / f"shop.{part}.inter").write_text(SEQUENCES + rows[part], "utf-8")
    (folder / "shop.random").write_text(rows.get("random", "a\t1 3 4 1\n"), "utf-8")
    (folder / "any.item").write_text(ITEMS, "utf-8")
    return folder


def test_sequences(tmp_path: Path) -> None:
    lists, left_out = read(sequences(tmp_path))
    assert left_out == ()
    assert [lists.item_ids[i] for i in lists.negatives[0]] == ["1", "3", "4", "1"]
    assert [lists.item_ids[i] for i in lists.history[0]] == ["1", "2", "3"]
    assert lists.taught() == [(0, lists.item_ids.index("2"), 1.0)]
    (tmp_path / "shop.random").unlink()
    assert read(tmp_path)[0].negatives == ()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"train": "a\t1\t3\n"}, r"shop.train.inter has no row for user 'a' and item '2'"),
        ({"valid": "a\t1 2\t4\n"}, r"shop.valid.inter has no row for user 'a' and item '3'"),
        ({"test": "a\t1\t4\n"}, "item_id_list needs at least 2 items"),
        ({"test": "a\t1 2 3\t4\na\t1 2\t3\n"}, "line 3: user 'a' is there already"),
        ({"random": "b\t1 2\n"}, "no line for user 'a'"),
        ({"random": "a 1 2\n"}, "line 1: a line is a user, a tab"),
        ({"random": "a\t1 77\n"}, "item '77' is not in any.item"),
    ],
)
def test_what_is_wrong_with_sequences(tmp_path: Path, parts: dict[str, str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(sequences(tmp_path, **parts))


def test_folders_that_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds neither"):
        read(tmp_path)
    (tmp_path / "x.inter").write_text(INTER + "a\t1\t1\n", "utf-8")
    with pytest.raises(DataError, match=r"has no \.item file"):
        read(tmp_path)
    with pytest.raises(DataError, match="neither a file or folder nor a data set"):
        read("nowhere")
    (tmp_path / "x.txt").write_text("x", "utf-8")
    with pytest.raises(DataError, match="neither a folder nor a list"):
        read(tmp_path / "x.txt")


def test_tables_in_our_own_columns(tmp_path: Path) -> None:
    rows = "user_id,item_id,timestamp\na,1,3\na,2,1\na,3,2\nb,1,1\n"
    (tmp_path / "interactions.csv").write_text(rows, "utf-8")
    with pytest.raises(DataError, match="has no table of articles or items"):
        read(tmp_path)
    (tmp_path / "articles.csv").write_text("item_id,text\n1,One\n2,Two\n3,Three\n", "utf-8")
    lists, left_out = read(tmp_path)
    assert [lists.goods.titles[item] for item in (*lists.history[0], lists.targets[0])] == ["Two", "Three", "One"]
    assert len(left_out) == 1


def test_some_users_only() -> None:
    lists = real("dense")
    some = lists.only(np.array([3, 50]))
    assert some.user_ids == (lists.user_ids[3], lists.user_ids[50])
    for new, old in ((0, 3), (1, 50)):
        assert [some.item_ids[i] for i in some.history[new]] == [lists.item_ids[i] for i in lists.history[old]]
        assert some.item_ids[some.targets[new]] == lists.item_ids[lists.targets[old]]
        assert [some.item_ids[i] for i in some.negatives[new]] == [lists.item_ids[i] for i in lists.negatives[old]]
    assert len(some.goods) < len(lists.goods)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_of_the_real_lists_agree(kind: str) -> None:
    lists = real(kind)
    matrix = lists.interactions().matrix()
    assert matrix.sum() == 700  # nobody has an item twice
    assert not np.asarray(matrix[np.arange(100), lists.targets]).any()
