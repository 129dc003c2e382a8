import gzip
import io
import tarfile
import zipfile

import pytest

from townsquare.protocols import DataError
from townsquare.sim.data import archive


def test_tar(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as packed:
        info = tarfile.TarInfo("in/x.csv")
        info.size = 3
        packed.addfile(info, io.BytesIO(b"abc"))
    assert archive.unpack(tmp_path / "a.tar.gz", tmp_path / "out") == {"in/x.csv": 3}
    assert (tmp_path / "out/in/x.csv").read_bytes() == b"abc"


def test_gzip(tmp_path):
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"abc"))
    assert archive.unpack(tmp_path / "x.csv.gz", tmp_path / "out") == {"x.csv": 3}


def test_anything_else_is_left_alone(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"abc")
    assert archive.unpack(tmp_path / "x.csv", tmp_path / "out") == {}


def test_a_cut_archive(tmp_path):
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(bytes(range(256)) * 100)[:-20])
    with pytest.raises(DataError, match="is damaged"):
        archive.unpack(tmp_path / "x.csv.gz", tmp_path / "out")


def test_a_link_in_a_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        packed.writestr(info, "/etc/passwd")
    with pytest.raises(DataError, match="is a link"):
        archive.unpack(tmp_path / "a.zip", tmp_path / "out")


def test_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_FREE", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", bytes(10_000_000))
    with pytest.raises(DataError, match="absurd size"):
        archive.unpack(tmp_path / "a.zip", tmp_path / "out")
