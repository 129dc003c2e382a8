"""Published data sets, from a web server on this machine to tables in our own columns, and to a town."""

import gzip
import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from tests.datafiles import data_file
from tests.sim.data import published
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import DataError, Streams
from townsquare.sim.data import conversion, download, own, sets, tables


@pytest.fixture
def serve(shelf, tmp_path, monkeypatch):
    """Puts archives of a registered set on the server and fetches the set from there; the folder is the default one."""
    monkeypatch.setenv("TOWNSQUARE_DATA", str(tmp_path / "data"))

    def get(name, *bodies, **how):
        sources = []
        for source, body in zip(sets.find(name).files, bodies, strict=True):
            shelf.files[f"/{source.name}"] = body
            sources.append(sets.Source(url=f"{shelf.url}/{source.name}"))
        return download.get(sets.find(name).model_copy(update={"files": tuple(sources)}), wait=0, **how)

    return get


def read(got, name):
    path = next(path for path in got.tables if path.name == f"{name}.parquet")
    frame = pd.read_parquet(path)
    assert len(frame) == got.tables[path]
    return frame.astype({column: str for column in frame if column.endswith("_id")})


def rows(got, name="interactions"):
    return [tuple(row) for row in read(got, name).itertuples(index=False)]


def spanned(got):
    by_role = {path.stem: path for path in got.tables}
    embedder = Hashing(Hashing.Config(dimensions=16), Streams(0))
    return own.load(by_role.get("articles"), by_role.get("interactions"), embedder)


FILMS = [
    ("1", "Toy Story (1995). Animation, Children's, Comedy", "Animation"),
    ("2", "Double vie de Véronique, La (1991). Drama", "Drama"),
    ("3", "unknown", ""),
    ("4", "Star Wars: Episode IV (1977). Action, Sci-Fi", "Action"),
]


@pytest.mark.parametrize(
    ("name", "body", "less"),
    [
        ("ml-100k", published.ml_100k(), 0),
        ("ml-1m", published.ml_dat("ml-1m", "latin-1"), 0),
        ("ml-10m", published.ml_dat("ml-10M100K", "utf-8"), 0),
        ("ml-25m", published.ml_csv("ml-25m"), 0.5),
        ("ml-latest-small", published.ml_csv("ml-latest-small"), 0.5),
    ],
)
def test_films(serve, name, body, less):
    got = serve(name, body)
    assert rows(got, "articles") == FILMS
    assert rows(got) == [(str(u), str(f), r - less, t) for u, f, r, t in published.RATINGS]
    space = spanned(got)
    assert space.article_names == ("1", "2", "3", "4")
    assert space.category_names == ("Action", "Animation", "Drama")
    assert space.categories.tolist() == [1, 2, -1, 0]
    assert len(space.readers) == 5


def test_music(serve):
    got = serve("lastfm-2k", published.lastfm())
    assert rows(got, "articles") == [("18", "The Crüxshadows"), ("5", '"Weird Al" Yankovic')]
    assert rows(got) == [("2", "18", 13883), ("2", "5", 11690), ("3", "18", 1)]
    assert spanned(got).creator_names == ("unknown",)


@pytest.mark.parametrize("name", ["mind-small", "mind-demo"])
def test_news(serve, name, monkeypatch):
    got = serve(name, *published.mind(), accept_terms=True)
    articles = read(got, "articles").set_index("item_id")
    assert sorted(articles.index) == ["N1", "N2", "N3", "N4", "N5"]
    assert articles.loc["N1"].tolist() == ['Title "1, so. Abstract of 1.', "sports"]
    assert articles.loc["N4"].tolist() == ['Title "4, so', "news"]
    # of what was taken to twice, in a history or a list, the earliest stays
    early, noon = 1573463100, 1573463158
    assert sorted(rows(got)) == [
        ("U13740", "N1", early),
        ("U13740", "N2", early),
        ("U13740", "N3", noon),
        ("U13740", "N4", early),
        ("U91836", "N1", 1573582290),
        ("U91836", "N5", 1573808122),
    ]
    assert spanned(got).category_names == ("news", "sports")


def test_videos_that_everybody_was_shown(serve):
    got = serve("kuairec", published.kuairec())
    assert rows(got) == [("14", "183", 2.5), ("19", "183", 2.0), ("19", "148", 3.988)]
    assert spanned(got).vectors.shape == (2, 2)


def test_videos_that_were_clicked(serve):
    got = serve("kuairand-pure", published.kuairand())
    assert sorted(rows(got)) == [
        ("0", "7", 1649350000.5),
        ("0", "9", 1650700000),
        ("1", "7", 1650600000),
        ("1", "8", 1650600000.001),
    ]


def test_books(serve):
    got = serve("goodbooks-10k", published.goodbooks())
    assert rows(got, "articles") == [
        ("1", "The Hunger Games (The Hunger Games, #1). Suzanne Collins", "Suzanne Collins"),
        ("2", "Harry Potter. J.K. Rowling, Mary GrandPré", "J.K. Rowling"),
    ]
    # the second rating of a pair and the rating of a book that is not listed are left out, and counted
    assert rows(got) == [("1", "1", 5), ("2", "2", 4), ("2", "1", 5)]
    record = json.loads((got.folder.parent / conversion.RECORD).read_text())
    assert record["interactions without an article, left out"] == 1
    assert spanned(got).creator_names == ("J.K. Rowling", "Suzanne Collins")


def test_another_edition(serve, tmp_path):
    with pytest.raises(DataError, match=r"books\.csv is not laid out as expected: .*goodreads_book_id"):
        serve("goodbooks-10k", published.goodbooks("best_book_id"))
    assert (tmp_path / "data" / "goodbooks-10k" / "files" / "books.csv").exists()


def test_a_set_brought_by_hand(tmp_path, monkeypatch):
    home = tmp_path / "amazon-2023"
    with pytest.raises(DataError, match=r"Choose a category .* Put it into .*amazon-2023 and say this again"):
        download.get("amazon-2023", tmp_path)
    home.mkdir()
    (home / "Video_Games.csv.gz").write_bytes(published.amazon())
    got = download.get("amazon-2023", tmp_path)
    user, other = "AFKZENTNBQ7A7V7UXW5JJI6UGRYQ", "AG7EF0SVBQOUX4JNDQL6AKKPCWBQ"
    assert rows(got) == [
        (user, "B01G9JTM2Y", 5, 1441260345.0),
        (user, "0812550706", 1, 1523093714.024),
        (other, "B01G9JTM2Y", 4, 1523093714.024),
    ]
    assert not download.get("amazon-2023", tmp_path).fetched
    assert sets.home_of("amazon-2023", tmp_path) == home
    (home / "Books.csv").write_bytes(gzip.decompress(published.amazon()))
    with pytest.raises(DataError, match=r"holds Books\.csv, Video_Games\.csv\.gz; leave one"):
        download.get("amazon-2023", tmp_path)
    (home / "Video_Games.csv.gz").unlink()
    assert download.get("amazon-2023", tmp_path).fetched
    assert [path.name for path in (home / "files").iterdir()] == ["Books.csv"]


def test_tables_are_made_again_only_where_they_are_missing(serve, tmp_path, monkeypatch):
    first = serve("ml-100k", published.ml_100k())
    assert first.fetched
    home = tmp_path / "data" / "ml-100k"
    before = {path.name: path.read_bytes() for path in first.tables}
    assert sorted(before) == ["articles.parquet", "interactions.parquet"]
    monkeypatch.setenv("TOWNSQUARE_OFFLINE", "1")
    assert not serve("ml-100k", published.ml_100k()).fetched
    (home / "articles.parquet").unlink()
    (home / "interactions.parquet").write_bytes(b"torn")
    with pytest.raises(DataError, match=r"are not in .*make them with: townsquare data get ml-100k"):
        sets.home_of("ml-100k")
    assert serve("ml-100k", published.ml_100k()).fetched
    assert {path.name: path.read_bytes() for path in first.tables} == before
    (home / conversion.RECORD).write_text("{}")
    assert serve("ml-100k", published.ml_100k()).fetched
    assert not list(home.glob("*.part"))


ITEMS = {"u.item": published.u_item()}
SURPRISES = {
    "there is no u.data": ITEMS,
    "there is more than one u.data": ITEMS | {"u.data": b"1\t1\t1\t1\n", "b/u.data": b"1\t1\t1\t1\n"},
    "u.data is not laid out as expected: .*Expected 4 columns, got 3": ITEMS | {"u.data": b"1\t1\t1\n"},
    "u.data is not laid out as expected: .*conversion error": ITEMS | {"u.data": b"1\t1\tx\t1\n"},
    "u.data: user_id is empty": ITEMS | {"u.data": b"\t1\t1\t1\n"},
    "u.data: a rating is not a finite number": ITEMS | {"u.data": b"1\t1\tnan\t1\n"},
    "u.item: a flag of '1' is neither 0 nor 1": {
        "u.data": b"1\t1\t1\t1\n",
        "u.item": published.u_item().replace(b"|1|", b"|2|", 1),
    },
    "no row of u.data is of use": ITEMS | {"u.data": b"1\t77\t1\t1\n"},
    "no row of u.item is of use": {"u.data": b"1\t77\t1\t1\n", "u.item": b""},
}


@pytest.mark.parametrize("said", SURPRISES)
def test_a_surprise_is_one_sentence_and_the_files_stay(serve, tmp_path, said):
    with pytest.raises(DataError, match=said) as caught:
        serve("ml-100k", published.zipped(SURPRISES[said]))
    assert "\n" not in str(caught.value)
    home = tmp_path / "data" / "ml-100k"
    assert (home / "ml-100k.zip").exists()
    assert list((home / "files").rglob("u.item"))
    assert not (home / conversion.RECORD).exists()


def test_a_list_that_does_not_say_what_was_taken(serve):
    _, dev = published.mind()
    bad = b"1\tU1\t11/11/2019 9:05:58 AM\t\tN1 N2-0\n"
    news = b"N1\tx\ty\tt\ta\tu\t[]\t[]\n"
    with pytest.raises(DataError, match="'N1' does not end in -0 or -1"):
        serve("mind-small", published.zipped({"news.tsv": news, "behaviors.tsv": bad}), dev, accept_terms=True)


def test_a_time_in_another_format(serve):
    _, dev = published.mind()
    bad = b"1\tU1\t2019-11-11 9:05\t\tN1-1\n"
    news = b"N1\tx\ty\tt\ta\tu\t[]\t[]\n"
    with pytest.raises(DataError, match="a time is not written as"):
        serve("mind-small", published.zipped({"news.tsv": news, "behaviors.tsv": bad}), dev, accept_terms=True)


def test_lines_that_cross_a_block(serve, monkeypatch):
    monkeypatch.setattr(conversion, "_BLOCK", 50)
    got = serve("ml-1m", published.ml_dat("ml-1m", "latin-1"))
    assert rows(got, "articles") == FILMS
    assert len(rows(got)) == len(published.RATINGS)


def test_a_town_on_a_fetched_set(serve, tmp_path):
    """As a user does it: the set is fetched, then named."""
    serve("ml-100k", published.ml_100k())
    settings = ("users.count=8", "creators.count=3", "slate.length=6", "clicks=2", "ticks=3", "data.source=ml-100k")
    command = [sys.executable, "-m", "townsquare", "run", "news", "--out", "run"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    info = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert info["scenario"]["data"]["source"] == "ml-100k"
    assert list(info["data"]) == ["ml-100k/articles.parquet", "ml-100k/interactions.parquet"]


def test_the_real_ratings_of_movielens_100k(serve):
    ratings, films = data_file("ml-100k/u.data"), data_file("ml-100k/ml-100k.item")
    listed = []
    for line in films.read_text("utf-8").splitlines()[1:]:
        number, title, year, *genres = line.split("\t")
        listed.append((number, f"{title} ({year})", tuple(" ".join(genres).split())))
    got = serve(
        "ml-100k",
        published.zipped({"ml-100k/u.data": ratings.read_bytes(), "ml-100k/u.item": published.u_item(listed)}),
    )
    assert sorted(got.tables.values()) == [1_682, 100_000]
    feedback = tables.interactions(next(path for path in got.tables if path.stem == "interactions"))
    assert (len(feedback.user_ids), len(feedback.item_ids), len(feedback)) == (943, 1_682, 100_000)
    assert feedback.ratings.mean() == pytest.approx(3.52986)
    assert len(spanned(got).category_names) == 18


def test_the_real_films_of_movielens_1m(tmp_path):
    body = data_file("ml-1m-implicit/movies.dat").read_bytes()
    home = tmp_path / "ml-1m"
    (home / "files" / "ml-1m").mkdir(parents=True)
    (home / "files" / "ml-1m" / "movies.dat").write_bytes(body)
    (home / "files" / "ml-1m" / "ratings.dat").write_bytes(b"1::1193::5::978300760\n")
    assert conversion.convert(sets.find("ml-1m"), home)
    articles = tables.articles(home / "articles.parquet")
    assert len(articles) == 3_883
    assert len(articles.category_names) == 18
    assert any("Misérables" in text for text in articles.texts)


def test_the_real_books_of_goodbooks(tmp_path):
    home = tmp_path / "goodbooks-10k"
    (home / "files").mkdir(parents=True)
    (home / "files" / "books.csv").write_bytes(data_file("goodbooks-10k-meta/books.csv").read_bytes())
    (home / "files" / "ratings.csv").write_bytes(b"user_id,book_id,rating\n1,258,5\n")
    assert conversion.convert(sets.find("goodbooks-10k"), home)
    articles = tables.articles(home / "articles.parquet")
    assert len(articles) == 10_000
    assert "Suzanne Collins" in articles.author_names
