"""What a run folder keeps of the files that a town was built from."""

from hashlib import sha256
from pathlib import Path

import pytest

from townsquare.build.hashes import data_hashes, file_hash
from townsquare.protocols.errors import DataError


def test_files_folders_and_data_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "graph.txt").write_bytes(b"a b\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "texts.csv").write_bytes(b"text,label\nx,spam\n")
    (tmp_path / "sms-spam").mkdir()
    (tmp_path / "sms-spam" / "SMSSpamCollection").write_bytes(b"ham\thello\n")
    monkeypatch.setenv("TOWNSQUARE_DATA", str(tmp_path))
    graph, folder = str(tmp_path / "graph.txt"), str(tmp_path / "folder")
    assert data_hashes([graph, folder, "sms-spam"]) == {
        graph: sha256(b"a b\n").hexdigest(),
        folder: file_hash(tmp_path / "folder" / "texts.csv"),
        "sms-spam": sha256(b"ham\thello\n").hexdigest(),
    }
    assert data_hashes([]) == {}
    with pytest.raises(DataError, match=r"no-such\.csv"):
        data_hashes([str(tmp_path / "no-such.csv")])
