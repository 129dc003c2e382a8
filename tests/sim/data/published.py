"""Small archives laid out exactly as the publishers' own, from a few rows written by hand."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping

GENRES = [
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
]  # fmt: skip
FILMS = [
    ("1", "Toy Story (1995)", ("Animation", "Children's", "Comedy")),
    ("2", "Double vie de Véronique, La (1991)", ("Drama",)),
    ("3", "unknown", ()),
    ("4", "Star Wars: Episode IV (1977)", ("Action", "Sci-Fi")),
]
RATINGS = [
    (user, film, 1 + (user * film) % 5, 880000000 + 10 * user + film)
    for user in range(1, 6)
    for film in (1, 2, 3, 4)
    if (user + film) % 3
]


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def lines(rows: object, separator: str, end: str = "\n") -> str:
    return "".join(separator.join(map(str, row)) + end for row in rows)  # type: ignore[attr-defined]


def u_item(films: object = FILMS) -> bytes:
    rows = (
        [number, title, "01-Jan-1995" if genres else "", "", "", *(int(genre in genres) for genre in GENRES)]
        for number, title, genres in films  # type: ignore[attr-defined]
    )
    return lines(rows, "|").encode("latin-1")


def _films(separator: str, header: str, encoding: str, quoted: bool = False) -> bytes:
    rows = [(n, f'"{t}"' if quoted and "," in t else t, "|".join(g) or "(no genres listed)") for n, t, g in FILMS]
    return (header + lines(rows, separator)).encode(encoding)


def ml_100k() -> bytes:
    return zipped(
        {
            "ml-100k/u.data": lines(RATINGS, "\t").encode(),
            "ml-100k/u.item": u_item(),
            "ml-100k/u1.base": lines(RATINGS[:3], "\t").encode(),
            "ml-100k/u.genre": lines(zip(GENRES, range(19), strict=True), "|").encode(),
        }
    )


def ml_dat(folder: str, encoding: str) -> bytes:
    return zipped(
        {
            f"{folder}/ratings.dat": lines(RATINGS, "::").encode(),
            f"{folder}/movies.dat": _films("::", "", encoding),
            f"{folder}/README": b"read me",
        }
    )


def ml_csv(folder: str) -> bytes:
    ratings = [(u, f, r - 0.5, t) for u, f, r, t in RATINGS]
    return zipped(
        {
            f"{folder}/ratings.csv": ("userId,movieId,rating,timestamp\r\n" + lines(ratings, ",", "\r\n")).encode(),
            f"{folder}/movies.csv": _films(",", "movieId,title,genres\n", "utf-8", quoted=True),
            f"{folder}/tags.csv": b"userId,movieId,tag,timestamp\n1,1,fun,5\n",
        }
    )


def lastfm() -> bytes:
    artists = [(18, "The Crüxshadows", "http://x", "http://y"), (5, '"Weird Al" Yankovic', "http://x", "")]
    return zipped(
        {
            "artists.dat": ("id\tname\turl\tpictureURL\n" + lines(artists, "\t")).encode(),
            "user_artists.dat": b"userID\tartistID\tweight\r\n2\t18\t13883\r\n2\t5\t11690\r\n3\t18\t1\r\n",
            "tags.dat": "tagID\ttagValue\n1\tmétal\n".encode("latin-1"),
            "user_friends.dat": b"userID\tfriendID\n2\t275\n",
        }
    )


def _news(*numbers: int) -> bytes:
    rows = [
        (f"N{n}", "sports" if n % 2 else "news", "more", f'Title "{n}, so', "" if n == 4 else f"Abstract of {n}.",
         "https://assets.msn.com/x.html", "[]", '[{"Label": "x"}]')
        for n in numbers
    ]  # fmt: skip
    return lines(rows, "\t").encode()


def mind() -> tuple[bytes, bytes]:
    train = [
        (1, "U13740", "11/11/2019 9:05:58 AM", "N1 N2", "N3-1 N4-0"),
        (2, "U91836", "11/12/2019 6:11:30 PM", "", "N4-0 N1-1"),
        (3, "U13740", "11/11/2019 9:05:00 AM", "N1 N2", "N4-1"),
    ]
    dev = [(1, "U91836", "11/15/2019 8:55:22 AM", "N1", "N5-1 N2-0")]
    return (
        zipped(
            {"news.tsv": _news(1, 2, 3, 4), "behaviors.tsv": lines(train, "\t").encode(), "entity_embedding.vec": b""}
        ),
        zipped({"news.tsv": _news(2, 5), "behaviors.tsv": lines(dev, "\t").encode()}),
    )


def kuairec() -> bytes:
    head = "user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio\n"
    rows = [
        (14, 148, 4381, 6067, "2020-07-05 05:27:48.378", "20200705.0", 1593898068.378, 0.722),
        (14, 183, 11635, 6100, "", "", "", 2.5),
        (19, 183, 22422, 9867, "2020-07-05 05:28:00.057", "20200705.0", 1593898080.057, 2.0),
        (19, 148, 4479, 1123, "2020-07-05 05:29:09.479", "20200705.0", 1593898149.479, 3.988),
    ]
    return zipped(
        {
            "KuaiRec 2.0/data/small_matrix.csv": (head + lines(rows, ",")).encode(),
            "KuaiRec 2.0/data/big_matrix.csv": head.encode(),
            "__MACOSX/KuaiRec 2.0/data/small_matrix.csv": b"\x00\x05",
        }
    )


def kuairand() -> bytes:
    head = (
        "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,is_hate,long_view,"
        "play_time_ms,duration_ms,profile_stay_time,comment_stay_time,is_profile_enter,is_rand,tab\n"
    )

    def log(rand: int, *rows: tuple[int, int, int, int]) -> bytes:
        body = [(u, v, 20220408, 100, t, c, 0, 0, 0, 0, 0, 1, 5000, 10000, 0, 0, 0, rand, 1) for u, v, t, c in rows]
        return (head + lines(body, ",")).encode()

    place = "KuaiRand-Pure/data"
    return tarred(
        {
            f"{place}/log_standard_4_08_to_4_21_pure.csv": log(0, (0, 7, 1649350000500, 1), (0, 8, 1649350001000, 0)),
            f"{place}/log_standard_4_22_to_5_08_pure.csv": log(0, (1, 7, 1650600000000, 1), (1, 8, 1650600000001, 1)),
            f"{place}/log_random_4_22_to_5_08_pure.csv": log(1, (0, 9, 1650700000000, 1)),
            f"{place}/video_features_basic_pure.csv": b"video_id,author_id\n7,1\n",
        }
    )


def goodbooks(edition: str = "goodreads_book_id") -> bytes:
    books = (
        f"book_id,{edition},authors,title\n"
        '1,2767052,Suzanne Collins,"The Hunger Games (The Hunger Games, #1)"\n'
        '2,3,"J.K. Rowling, Mary GrandPré",Harry Potter\n'
    )
    return zipped(
        {
            "ratings.csv": b"user_id,book_id,rating\n1,1,5\n2,2,4\n2,1,5\n2,1,3\n2,9,3\n",
            "books.csv": books.encode(),
            "to_read.csv": b"user_id,book_id\n1,2\n",
        }
    )


def amazon() -> bytes:
    return gzip.compress(
        b"user_id,parent_asin,rating,timestamp\n"
        b"AFKZENTNBQ7A7V7UXW5JJI6UGRYQ,B01G9JTM2Y,5.0,1441260345000\n"
        b"AFKZENTNBQ7A7V7UXW5JJI6UGRYQ,0812550706,1.0,1523093714024\n"
        b"AG7EF0SVBQOUX4JNDQL6AKKPCWBQ,B01G9JTM2Y,4.0,1523093714024\n"
    )
