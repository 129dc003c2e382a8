import pytest

from townsquare.protocols import DataError
from townsquare.sim.data import sets
from townsquare.sim.data.chosen import choose


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory with a folder of tables in it, and one fetched data set elsewhere."""
    monkeypatch.setenv("TOWNSQUARE_DATA", str(tmp_path / "cache"))
    home = tmp_path / "cache" / "ml-100k"
    (home / "files").mkdir(parents=True)
    for name in (sets.RECEIPT, *sets.TABLES.values()):
        (home / name).write_text("{}")
    work = tmp_path / "work"
    (work / "mine").mkdir(parents=True)
    (work / "mine" / "articles-1.csv").write_text("item_id,text\n")
    (work / "mine" / "interactions.tsv").write_text("user_id\titem_id\n")
    monkeypatch.chdir(work)
    return work


def test_files_stay_what_they_are(here):
    chosen = choose(None, "a.csv", "../b.tsv")
    assert (str(chosen.articles), chosen.interactions.name) == ("a.csv", "b.tsv")
    assert list(chosen.labels) == ["a.csv", "../b.tsv"]


def test_a_folder(here):
    chosen = choose("mine", None, None)
    assert chosen.labels == {"mine/articles-1.csv": chosen.articles, "mine/interactions.tsv": chosen.interactions}
    assert choose(None, "mine/", None).labels == {"mine/articles-1.csv": chosen.articles}
    (here / "mine" / "interactions.tsv").unlink()
    assert choose("mine", None, None).interactions is None
    with pytest.raises(DataError, match=r"mine holds no table of interactions, only articles-1\.csv"):
        choose(None, None, "mine")


def test_a_data_set(here, tmp_path):
    home = tmp_path / "cache" / "ml-100k"
    both = choose("ml-100k", None, None)
    assert (both.articles, both.interactions) == (home / "articles.parquet", home / "interactions.parquet")
    assert list(both.labels) == ["ml-100k/articles.parquet", "ml-100k/interactions.parquet"]
    mixed = choose(None, "mine", "ml-100k")
    assert (mixed.articles.name, mixed.interactions) == ("articles-1.csv", both.interactions)
    (here / "ml-100k").mkdir()
    with pytest.raises(DataError, match="ml-100k holds neither"):
        choose("./ml-100k", None, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ml-1m", "fetch it with: townsquare data get ml-1m"),
        ("ml-100", r"neither a file or folder nor a data set. Did you mean 'ml-100k'\?"),
        ("adressa", "comes as vectors, not as tables"),
        ("steam", "cannot be fetched for you"),
        ("mine/articles-1.csv", "is a file; give it as data.articles"),
        ("nowhere", "is neither a file or folder"),
    ],
)
def test_what_cannot_be_chosen(here, given, said):
    with pytest.raises(DataError, match=said):
        choose(given, None, None)


def test_a_set_without_texts(here, tmp_path):
    home = tmp_path / "cache" / "kuairec"
    with pytest.raises(DataError, match="townsquare data get kuairec"):
        choose(None, "kuairec", None)
    (home / "files").mkdir(parents=True)
    for name in (sets.RECEIPT, "interactions.parquet"):
        (home / name).write_text("{}")
    assert choose("kuairec", None, None).articles is None
    with pytest.raises(DataError, match="'kuairec' has no table of articles"):
        choose(None, "kuairec", None)


def test_a_set_that_comes_as_published(here, tmp_path):
    home = tmp_path / "cache" / "yelp"
    (home / "files").mkdir(parents=True)
    (home / sets.RECEIPT).write_text("{}")
    with pytest.raises(DataError, match="comes as published"):
        choose("yelp", None, None)


def test_a_folder_of_data_sets_that_may_not_be_read(here, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.is_file", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        choose("ml-100k", None, None)
