import numpy as np
import pandas as pd
import pytest

from townsquare.protocols import DataError
from townsquare.sim.data import tables

ROWS = "user_id,item_id,rating,timestamp\nbob,20,4,30\nann,3,5,10\nbob,3,1,20\n"


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def frame():
    return pd.DataFrame(
        {"user_id": ["bob", "ann", "bob"], "item_id": [20, 3, 3], "rating": [4.0, 5, 1], "timestamp": [30, 10, 20]}
    )


def stored(tmp_path, name):
    path = tmp_path / name
    match path.suffix:
        case ".csv":
            frame().to_csv(path, index=False)
        case ".tsv":
            frame().to_csv(path, index=False, sep="\t")
        case ".parquet":
            frame().to_parquet(path)
        case ".inter":
            types = {"user_id": "token", "item_id": "token", "rating": "float", "timestamp": "float"}
            frame().rename(columns=lambda c: f"{c}:{types[c]}").to_csv(path, index=False, sep="\t")
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.parquet", "a.inter"])
def test_every_format_reads_the_same(tmp_path, name):
    feedback = tables.interactions(stored(tmp_path, name), threshold=4)
    assert feedback.user_ids == ("ann", "bob")
    assert feedback.item_ids == ("20", "3")  # sorted as text
    assert feedback.users.tolist() == [1, 0, 1]
    assert feedback.items.tolist() == [0, 1, 1]
    assert feedback.positive.tolist() == [True, True, False]
    assert feedback.ratings.tolist() == [4, 5, 1]
    assert feedback.timestamps.tolist() == [30, 10, 20]


def test_interactions_come_oldest_first(write):
    learnt = tables.interactions(write("a.csv", ROWS)).interactions()
    assert (learnt.users.tolist(), learnt.items.tolist(), learnt.ticks.tolist()) == ([0, 1, 1], [1, 1, 0], [0, 1, 2])
    assert (learnt.n_users, learnt.n_items) == (2, 2)
    assert learnt.values.tolist() == [1, 1, 1]
    assert len(tables.interactions(write("b.csv", ROWS), threshold=5).interactions()) == 1


def test_without_times_every_tick_is_0(write):
    learnt = tables.interactions(write("a.csv", "user_id,item_id\nb,1\na,1\n")).interactions()
    assert learnt.ticks.tolist() == [0, 0]
    assert learnt.users.tolist() == [1, 0]


def test_dates(write):
    text = "user_id,item_id,timestamp\na,1,1970-01-02\na,2,1970-01-01T00:00:05Z\n"
    assert tables.interactions(write("a.csv", text)).timestamps.tolist() == [86400, 5]


def test_dates_in_parquet_are_seconds_too(tmp_path):
    when = pd.to_datetime(["1970-01-01T00:00:01.5", "1970-01-02T00:00:00.0"])
    pd.DataFrame({"user_id": [1, 2], "item_id": [1, 2], "timestamp": when}).to_parquet(tmp_path / "a.parquet")
    assert tables.interactions(tmp_path / "a.parquet").timestamps.tolist() == [1.5, 86400]


def test_whole_numbers_lose_their_point(write, tmp_path):
    assert tables.interactions(write("a.csv", "user_id,item_id\n1.0,7\n12.0,8\n")).user_ids == ("1", "12")
    assert tables.interactions(write("a.csv", "user_id,item_id\n1.0,7\n1.5,8\n")).user_ids == ("1.0", "1.5")
    pd.DataFrame({"user_id": [1.0, 12.0], "item_id": pd.Categorical(["x", "y"])}).to_parquet(tmp_path / "a.parquet")
    feedback = tables.interactions(tmp_path / "a.parquet")
    assert (feedback.user_ids, feedback.item_ids) == (("1", "12"), ("x", "y"))


def test_blanks_marks_and_other_columns_do_no_harm(write):
    feedback = tables.interactions(write("a.csv", "\ufeffextra, user_id ,item_id\r\n1, ann ,x\r\n\r\n2,bob,y\r\n"))
    assert feedback.user_ids == ("ann", "bob")


def test_articles(write):
    text = 'item_id,text,author,category\n10,"Rain, \nrain",ann,weather\n2,Sun,,weather\n3,,bob,\n'
    articles = tables.articles(write("a.csv", text))
    assert articles.ids == ("10", "2", "3")
    assert articles.texts == ("Rain, \nrain", "Sun", "")
    assert articles.authors.tolist() == [0, -1, 1]
    assert articles.author_names == ("ann", "bob")
    assert articles.categories.tolist() == [0, 0, -1]
    assert articles.category_names == ("weather",)
    bare = tables.articles(write("b.csv", "item_id,text\nb,x\na,y\n"))
    assert bare.texts == ("y", "x")
    assert bare.authors.tolist() == [-1, -1]
    assert bare.author_names == ()


def test_recbole_items_keep_their_quotes(write):
    path = write("a.item", 'item_id:token\ttext:token_seq\n1\t"Heroes\n2\tother\n')
    assert tables.articles(path).texts == ('"Heroes', "other")


def test_long_texts(write):
    assert len(tables.articles(write("a.csv", f"item_id,text\n1,{'x' * 300_000}\n2,y\n")).texts[0]) == 300_000


def test_interactions_take_their_numbers_from_the_articles(write):
    feedback = tables.interactions(write("a.csv", ROWS), item_ids=("0", "20", "3"))
    assert feedback.items.tolist() == [1, 2, 2]
    assert feedback.item_ids == ("0", "20", "3")


WRONG = {
    "is empty": "",
    "no rows below its header": "user_id,item_id\n",
    r"no column 'item_id'. Did you mean 'itemid'\? Its columns: 'user_id', 'itemid'": "user_id,itemid\n1,2\n",
    "more than one column 'user_id'": "user_id,item_id,user_id\n1,2,3\n",
    "line 3: user_id is empty": "user_id,item_id\n1,2\n,3\n",
    r"line 2: item_id is empty \(2 such cells in all\)": "user_id,item_id\n1,nan\n2,NaN\n",
    r"line 6: rating must be a finite number \(got 'inf'\)": 'user_id,item_id,rating\n"a\nb",2,1\n\n3,4,5\n5,6,inf\n',
    "line 2: rating must be a finite number": "user_id,item_id,rating\n1,2,good\n",
    "line 2: rating is empty": "user_id,item_id,rating\n1,2,\n",
    "line 3: timestamp must be a number of seconds or an ISO": "user_id,item_id,timestamp\n1,2,5\n1,3,2020-01-01\n",
    "line 3: user_id and item_id repeat an earlier row; 2 rows do": "user_id,item_id\n1,2\n1,2\n2,2\n1,2\n",
    "line 3: user_id, item_id and timestamp repeat": "user_id,item_id,timestamp\n1,2,7\n1,2,7.0\n",
    "line 4: 3 cells where the header names 2": "user_id,item_id\n1,2\n\n1,2,3\n",
    "line 2: 1 cells where the header names 2": "user_id,item_id\n1\n",
    "a quoted cell is not closed": 'user_id,item_id\n1,"2\n2,3\n',
    "is not text: it holds zero bytes": b"\x00\x01user_id",
    "cannot be read as UTF-8 text": b"user_id,item_id\n\xff,1\n",
    "is a Parquet file, not the text": b"PAR1....",
    "is a zip archive, not the text": b"PK\x03\x04....",
}


WRONG |= {
    "separates its cells by semicolons, where a .csv has commas; save it with commas": "user_id;item_id\n1;2\n",
    "separates its cells by tabs, where a .csv has commas; call it .tsv": '"user_id"\t"item_id"\n1\t2\n',
    r"no column 'user_id'. Did you mean 'User_ID'\?": "User_ID,item_id\n1,2\n",
}


@pytest.mark.parametrize("message", WRONG)
def test_what_is_wrong_is_said_in_one_sentence(write, message):
    with pytest.raises(DataError, match=message) as caught:
        tables.interactions(write("mine.csv", WRONG[message]))
    assert "mine.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_garbage_far_into_a_file(write):
    body = b"user_id,item_id\n" + b"".join(b"%d,1\n" % i for i in range(50_000))
    with pytest.raises(DataError, match=r"cannot be read as CSV: .*UTF8"):
        tables.interactions(write("a.csv", body + b"\xff,1\n"))


def test_no_such_file(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        tables.interactions(tmp_path / "a.csv")
    with pytest.raises(DataError, match="is a folder, not a file"):
        tables.interactions(tmp_path)


def test_unknown_format(write):
    with pytest.raises(DataError, match=r"the name must end in one of \.csv, \.tsv, \.inter, \.item, \.parquet"):
        tables.interactions(write("a.xlsx", "x"))


def test_a_packed_table(write):
    with pytest.raises(DataError, match=r"a\.csv\.gz is packed; unpack it first"):
        tables.interactions(write("a.csv.gz", b"\x1f\x8b"))


def test_a_file_that_may_not_be_read(write, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    path = write("a.csv", ROWS)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DataError, match=r"a\.csv cannot be read: Permission denied"):
        tables.interactions(path)
    monkeypatch.setattr("pathlib.Path.is_file", refuse)
    with pytest.raises(DataError, match=r"a\.csv cannot be read: Permission denied"):
        tables.interactions(path)
    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        tables.find(tmp_path)


def test_ids_of_any_kind(write):
    strange = 'item_id,text\r\n"a,""1""\n2",x\r\nид-日本-🎈,y\r\n007,z\r\n7,z\r\n'
    assert tables.articles(write("a.csv", strange)).ids == ("007", "7", 'a,"1"\n2', "ид-日本-🎈")


def test_broken_parquet(write, tmp_path):
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        tables.interactions(write("a.parquet", "x"))
    pd.DataFrame({"user_id": [1.0, float("nan")], "item_id": ["a", "b"]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match="row 2: user_id is empty"):
        tables.interactions(tmp_path / "b.parquet")
    pd.DataFrame({"user_id": [[1], [2]], "item_id": ["a", "b"]}).to_parquet(tmp_path / "c.parquet")
    with pytest.raises(DataError, match="column 'user_id' holds list"):
        tables.interactions(tmp_path / "c.parquet")


def test_repeated_articles(write):
    with pytest.raises(DataError, match="line 4: item_id '1' is there already; 2 rows repeat"):
        tables.articles(write("a.csv", "item_id,text\n1,x\n2,y\n1,z\n2,y\n"))


def test_items_that_are_no_articles(write):
    with pytest.raises(DataError, match="line 2: item_id '20' is not among the articles; 1 items of 2 are not"):
        tables.interactions(write("a.csv", ROWS), item_ids=("3",))


def test_thresholds_that_mean_nothing(write):
    with pytest.raises(DataError, match="no column 'rating', so a rating threshold of 3 means nothing"):
        tables.interactions(write("a.csv", "user_id,item_id\n1,2\n"), threshold=3)
    with pytest.raises(DataError, match="no rating reaches the threshold 6; the highest is 5"):
        tables.interactions(write("a.csv", ROWS), threshold=6)


def test_find(write, tmp_path):
    with pytest.raises(DataError, match="holds neither"):
        tables.find(tmp_path)
    here = write("Interactions-2024.csv", ROWS)
    assert tables.find(tmp_path) == (None, here)
    items = write("items.parquet", "")
    write("readme.txt", "")
    assert tables.find(tmp_path) == (items, here)
    write("x.inter", "")
    with pytest.raises(DataError, match=r"more than one file of interactions \(Interactions-2024.csv, x.inter\)"):
        tables.find(tmp_path)


def test_row_order_does_not_matter(write):
    header, *rows = ROWS.splitlines()
    one = tables.interactions(write("a.csv", ROWS)).interactions()
    two = tables.interactions(write("b.csv", "\n".join([header, *rows[::-1]]))).interactions()
    np.testing.assert_array_equal(one.users, two.users)
    np.testing.assert_array_equal(one.items, two.items)
