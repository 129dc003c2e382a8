"""Tables of posts."""

from pathlib import Path

import pandas as pd
import pytest

from townsquare.evaluate.persuaders.posts import read_posts
from townsquare.protocols import DataError

GOOD = "id,account,text,likes,created_at,image,link,brand\n"


def table(tmp_path: Path, text: str, name: str = "posts.csv") -> Path:
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / name


def test_all_columns(tmp_path: Path) -> None:
    read = read_posts(
        table(
            tmp_path,
            GOOD + "7,mill,Fresh bread,12,2024-01-02T03:00:00Z,a.png,http://x.org,Mill\n8,mill,Old bread,3,,,,\n",
        )
    )
    first, second = read.posts
    assert (first.id, first.account, first.text, first.likes) == ("7", "mill", "Fresh bread", 12.0)
    assert (first.created_at, first.media, first.link, first.brand) == (
        1_704_164_400.0,
        "a.png",
        "http://x.org",
        "Mill",
    )
    assert second.created_at != second.created_at
    assert (second.media, second.link, second.brand) == ("", "", "")
    assert read.name == "posts.csv"


def test_the_three_formats_say_the_same(tmp_path: Path) -> None:
    rows = "7\tmill\tFresh bread\t12\n8\tmill\t\t3\n"
    tsv = read_posts(table(tmp_path, "id\taccount\ttext\tlikes\n" + rows, "posts.tsv"))
    frame = pd.DataFrame({"id": [7, 8], "account": "mill", "text": ["Fresh bread", ""], "likes": [12, 3]})
    frame.to_parquet(tmp_path / "posts.parquet")
    parquet = read_posts(tmp_path / "posts.parquet")
    assert [(p.id, p.text, p.likes) for p in tsv.posts] == [(p.id, p.text, p.likes) for p in parquet.posts]
    assert tsv.remarks == ("1 posts without a text were left out.",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,account,text\n1,a,b\n", "has no column 'likes'"),
        (GOOD + "1,a,b,many,,,,\n", "line 2: likes must be a number from 0 (got 'many')"),
        (GOOD + "1,a,b,1,,,,\n2,a,b,-3,,,,\n", "line 3: likes must be a number from 0 (got '-3')"),
        (GOOD + "1,a,b,,,,,\n", "likes is empty"),
        (GOOD + "1,a,b,1,,,,\n1,a,c,1,,,,\n", "line 3: id '1' is there already"),
        (GOOD + ",a,b,1,,,,\n", "id is empty"),
        (GOOD + "1,,b,1,,,,\n", "account is empty"),
        (GOOD + "1,a,b,1,yesterday,,,\n", "created_at must be seconds since 1970 or an ISO 8601 date"),
        (GOOD + "1,a,b,1,1700000000000,,,\n", "created_at must be seconds since 1970"),
        (GOOD + "1,a,,1,,,,\n", "the text is empty in every row"),
        ("id,account,text,likes,media,image\n1,a,b,1,,\n", "which mean the same"),
    ],
)
def test_bad_rows_are_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read_posts(table(tmp_path, text))
    assert said in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)
