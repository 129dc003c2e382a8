import hashlib
import io
import tarfile
import zipfile

import pytest

from townsquare.protocols import DataError
from townsquare.sim.data import download, sets

INTERACTIONS = b"user_id,item_id\nann,1\nbob,2\n"


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def make(shelf, *bodies, name="mine", accept=False, **known):
    sources = []
    for number, body in enumerate(bodies):
        path = f"/part{number}.zip" if len(bodies) > 1 else "/mine.zip"
        shelf.files[path] = body
        sources.append(sets.Source(url=shelf.url + path, **known))
    return sets.DataSet(
        name=name, title="t", homepage="http://home", licence="l", terms="Be kind.", accept=accept, files=tuple(sources)
    )


def test_fetches_checks_unpacks_and_then_leaves_alone(shelf, tmp_path):
    body = zipped({"mine/interactions.csv": INTERACTIONS, "mine/readme.txt": b"hello"})
    digest = hashlib.sha256(body).hexdigest()
    mine = make(shelf, body, sha256=digest, md5=hashlib.md5(body).hexdigest(), bytes=len(body))
    seen = []
    first = download.get(mine, tmp_path, progress=lambda *now: seen.append(now))
    assert first.fetched
    assert first.folder == tmp_path / "mine" / "files" / "mine"
    assert [path.name for path in first.files] == ["interactions.csv", "readme.txt"]
    assert first.sha256 == {"mine.zip": digest}
    assert first.trusted == ()
    assert seen[-1] == (len(body), len(body))
    again = download.get(mine, tmp_path)
    assert not again.fetched
    assert again.files == first.files
    assert len(shelf.requests) == 1
    left = sorted(path.name for path in (tmp_path / "mine").iterdir())
    assert left == ["contents.json", "files", "mine.zip", "mine.zip.sha256"]


def test_a_wrong_checksum_keeps_nothing(shelf, tmp_path):
    mine = make(shelf, zipped({"a.csv": b"1"}), sha256="0" * 64)
    with pytest.raises(DataError, match=r"has the sha256 .* but 0{64} was published"):
        download.get(mine, tmp_path)
    assert list((tmp_path / "mine").iterdir()) == []


def test_trust_on_first_use(shelf, tmp_path):
    mine = make(shelf, zipped({"a.csv": b"1"}))
    assert download.get(mine, tmp_path).trusted == ("mine.zip",)
    archive = tmp_path / "mine" / "mine.zip"
    recorded = archive.with_name("mine.zip.sha256").read_text()
    assert recorded == f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  mine.zip\n"
    archive.unlink()
    shelf.files["/mine.zip"] = zipped({"a.csv": b"2"})
    with pytest.raises(DataError, match="was recorded when it first came"):
        download.get(mine, tmp_path)


def test_a_file_damaged_afterwards_is_noticed(shelf, tmp_path):
    mine = make(shelf, zipped({"a.csv": b"1"}))
    download.get(mine, tmp_path)
    (tmp_path / "mine" / "mine.zip").write_bytes(b"else")
    with pytest.raises(DataError, match="delete it and try again"):
        download.get(mine, tmp_path)


def test_missing_files_are_unpacked_again_without_the_network(shelf, tmp_path, monkeypatch):
    mine = make(shelf, zipped({"a.csv": b"1", "b.csv": b"2"}))
    found = download.get(mine, tmp_path)
    found.files[0].unlink()
    monkeypatch.setenv("TOWNSQUARE_OFFLINE", "1")
    again = download.get(mine, tmp_path)
    assert again.fetched
    assert [path.read_bytes() for path in again.files] == [b"1", b"2"]


def test_a_file_put_there_by_hand(shelf, tmp_path, monkeypatch):
    body = zipped({"a.csv": b"1"})
    mine = make(shelf, body, sha256=hashlib.sha256(body).hexdigest())
    monkeypatch.setenv("TOWNSQUARE_OFFLINE", "1")
    with pytest.raises(DataError, match=r"put it at .*mine\.zip, and try again"):
        download.get(mine, tmp_path)
    (tmp_path / "mine" / "mine.zip").write_bytes(body)
    assert [path.read_bytes() for path in download.get(mine, tmp_path).files] == [b"1"]


def test_archives_with_files_of_the_same_name(shelf, tmp_path):
    found = download.get(make(shelf, zipped({"a.csv": b"1"}), zipped({"a.csv": b"2"})), tmp_path)
    names = [path.relative_to(found.folder).as_posix() for path in found.files]
    assert names == ["part0/a.csv", "part1/a.csv"]


def test_a_published_md5_beside_the_file(shelf, tmp_path):
    body = zipped({"a.csv": b"1"})
    mine = make(shelf, body, md5_url=f"{shelf.url}/mine.zip.md5")
    shelf.files["/mine.zip.md5"] = f"MD5 (mine.zip) = {'0' * 32}\n".encode()
    with pytest.raises(DataError, match="md5"):
        download.get(mine, tmp_path)
    shelf.files["/mine.zip.md5"] = f"{hashlib.md5(body).hexdigest()}  mine.zip\n".encode()
    assert download.get(mine, tmp_path).fetched
    assert not download.get(mine, tmp_path).fetched


def test_terms_must_be_accepted_once(shelf, tmp_path):
    mine = make(shelf, zipped({"a.csv": b"1"}), accept=True)
    with pytest.raises(DataError, match="Be kind"):
        download.get(mine, tmp_path)
    assert shelf.requests == []
    download.get(mine, tmp_path, accept_terms=True)
    assert not download.get(mine, tmp_path).fetched


@pytest.mark.parametrize("name", ["../out.csv", "/out.csv", "a/../../out.csv", "..\\out.csv", "C:\\out.csv"])
def test_an_archive_that_writes_elsewhere(shelf, tmp_path, name):
    mine = make(shelf, zipped({"a.csv": b"1", name: b"bad"}))
    with pytest.raises(DataError, match="would be written outside the data folder"):
        download.get(mine, tmp_path / "data")
    assert list((tmp_path / "data" / "mine").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_an_archive_that_is_none(shelf, tmp_path):
    with pytest.raises(DataError, match="is damaged"):
        download.get(make(shelf, b"<html>sorry</html>"), tmp_path)
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_tar_with_a_link(shelf, tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        link = tarfile.TarInfo("a")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    shelf.files["/mine.tar.gz"] = out.getvalue()
    mine = make(shelf).model_copy(update={"files": (sets.Source(url=f"{shelf.url}/mine.tar.gz"),)})
    with pytest.raises(DataError, match="is a link or a device"):
        download.get(mine, tmp_path)


def test_the_packaged_set_is_there_already(tmp_path):
    found = download.get("adressa", tmp_path)
    assert not found.fetched
    assert (found.folder / "vectors.npy").is_file()


def test_a_set_that_must_be_got_by_hand(tmp_path):
    with pytest.raises(DataError, match="cannot be fetched for you: Apply on the home page"):
        download.get("adressa-full", tmp_path)


def test_an_unknown_set(tmp_path):
    with pytest.raises(DataError, match=r"Did you mean 'ml-100k'\?"):
        download.get("ml-100", tmp_path)
