"""Titles and genres of items."""

import pytest

from townsquare.protocols import DataError
from townsquare.sim.data.shelf import shelf


def test_titles_and_genres_in_the_order_asked_for(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item_id,title,genres\na,Kettle,Kitchen| Steel|Kitchen\nb,Lamp,\n", "utf-8")
    assert shelf(path, ("b", "a")) == (("Lamp", "Kettle"), [[], ["Kitchen", "Steel"]])


def test_a_cell_without_bars_is_one_genre(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item_id,category\na,Home and garden\n", "utf-8")
    assert shelf(path, ("a",)) == (None, [["Home and garden"]])


def test_atomic_files_have_blanks_between(tmp_path):
    path = tmp_path / "x.item"
    path.write_text("item_id:token\tclass:token_seq\na\tAction Drama\n", "utf-8")
    assert shelf(path, ("a",)) == (None, [["Action", "Drama"]])


def test_an_item_without_a_row_is_named(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item_id,title\na,Kettle\n", "utf-8")
    with pytest.raises(DataError, match="no row for item 'z'; 1 of 2 items have none"):
        shelf(path, ("a", "z"))
