import pytest

from townsquare.protocols import DataError
from townsquare.sim.data import sets


def test_every_set_says_what_one_needs_to_know():
    assert {"adressa", "ml-100k", "ml-1m", "mind-small", "kuairec"} <= set(sets.known())
    for name, data_set in sets.known().items():
        assert data_set.name == name
        assert data_set.title
        assert data_set.licence
        assert data_set.terms.endswith(".")
        assert data_set.homepage.startswith("https://")
        ways = [data_set.ships, bool(data_set.files), bool(data_set.by_hand)]
        assert sum(ways) == 1, name
        for source in data_set.files:
            assert source.url.startswith("https://")
            assert "." in source.name


def test_locate_a_fetched_set(tmp_path):
    home = tmp_path / "ml-100k"
    (home / "files" / "ml-100k").mkdir(parents=True)
    with pytest.raises(DataError, match="fetch it with: townsquare data get ml-100k"):
        sets.locate("ml-100k", tmp_path)
    (home / sets.RECEIPT).write_text("{}")
    assert sets.locate("ml-100k", tmp_path) == home / "files" / "ml-100k"


def test_locate_the_packaged_set():
    assert (sets.locate("adressa") / "pairs.npy").is_file()


def test_locate_a_path(tmp_path):
    assert sets.locate(tmp_path) == tmp_path
    assert sets.locate(str(tmp_path)) == tmp_path


def test_locate_nothing(tmp_path):
    with pytest.raises(DataError, match=r"neither a file or folder nor a data set. Did you mean 'ml-100k'\?"):
        sets.locate("ml-100kk")
    with pytest.raises(DataError, match="Apply on the home page"):
        sets.locate("adressa-full")


def test_the_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("TOWNSQUARE_DATA", str(tmp_path))
    assert sets.default_folder() == tmp_path
    monkeypatch.delenv("TOWNSQUARE_DATA")
    assert sets.default_folder().parts[-2:] == ("townsquare", "data")
