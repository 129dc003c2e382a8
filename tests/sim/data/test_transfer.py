import errno
import shutil
import socket
from collections import namedtuple

import pytest

from townsquare.protocols import DataError, DiskFull
from townsquare.sim.data.transfer import fetch

BODY = bytes(range(256)) * 4000  # 1 MB, so that several blocks are needed


def test_streams_with_progress(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    seen = []
    part = fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", progress=lambda done, total: seen.append((done, total)))
    assert part.name == "a.bin.part"
    assert part.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) > 2


def test_goes_on_where_it_broke(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    shelf.break_after = [300_000, 200_000]
    part = fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0)
    assert part.read_bytes() == BODY
    assert [asked for _, asked in shelf.requests] == [None, "bytes=300000-", "bytes=500000-"]


def test_goes_on_in_a_later_call(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    shelf.break_after = [1000] * 5
    with pytest.raises(DataError, match=r"failed 5 times .* 5,000 bytes are kept"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0)
    part = fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0)
    assert part.read_bytes() == BODY
    assert shelf.requests[-1][1] == "bytes=5000-"


def test_starts_again_when_ranges_are_ignored(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    shelf.ranges = False
    shelf.break_after = [300_000]
    assert fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0).read_bytes() == BODY


@pytest.mark.parametrize("etag", ['"two"', None, 'W/"weak"'])
@pytest.mark.parametrize("length", [len(BODY), len(BODY) // 2, 1000])
def test_starts_again_when_the_file_has_changed(shelf, tmp_path, etag, length):
    shelf.files["/a.bin"] = BODY
    shelf.break_after = [300_000] * 1 + [0] * 4
    with pytest.raises(DataError, match="failed 5 times"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0)
    new = BODY[::-1][:length]
    shelf.files["/a.bin"], shelf.etag = new, etag
    assert fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0).read_bytes() == new


def test_a_complete_part_is_not_fetched_again(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin")
    fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin")
    assert len(shelf.requests) == 1


def test_a_part_of_another_address_is_not_used(shelf, tmp_path):
    shelf.files |= {"/a.bin": BODY, "/b.bin": BODY[::-1]}
    shelf.break_after = [300_000] + [0] * 4
    with pytest.raises(DataError, match="failed 5 times"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "x", wait=0)
    assert fetch(f"{shelf.url}/b.bin", tmp_path / "x", wait=0).read_bytes() == BODY[::-1]


def test_a_part_without_notes_is_not_used(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    (tmp_path / "a.bin.part").write_bytes(b"rubbish")
    assert fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin").read_bytes() == BODY


def test_a_server_that_promises_too_much(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    shelf.extra_length = 10
    with pytest.raises(DataError, match="failed 5 times"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_of_another_size_is_refused(shelf, tmp_path, chunked):
    shelf.files["/a.bin"] = BODY
    shelf.chunked = chunked
    with pytest.raises(DataError, match=r"1,024,000 bytes where 99 are registered"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", size=99)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_say_how_much(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    shelf.chunked = True
    seen = []
    part = fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", progress=lambda *now: seen.append(now))
    assert part.read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)


def test_not_there(shelf, tmp_path):
    with pytest.raises(DataError, match=r"404 Not Found; fetch .* by other means, put it at .*a\.bin, and try again"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin")
    assert len(shelf.requests) == 1


def test_a_server_that_is_busy_is_asked_again(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY
    shelf.status = [503, 429]
    assert fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0).read_bytes() == BODY


def test_a_server_that_stays_busy(shelf, tmp_path):
    shelf.status = [503] * 5
    with pytest.raises(DataError, match=r"failed 5 times .the server answers 503"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", wait=0)


def test_offline_on_purpose(tmp_path, monkeypatch):
    monkeypatch.setenv("TOWNSQUARE_OFFLINE", "1")
    with pytest.raises(DataError, match="TOWNSQUARE_OFFLINE is set"):
        fetch("http://127.0.0.1:9/a.bin", tmp_path / "a.bin")


def test_nobody_listens(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DataError, match=r"cannot be reached .*refused"):
        fetch(f"http://127.0.0.1:{port}/a.bin", tmp_path / "a.bin")


def test_the_name_is_not_known(shelf, tmp_path):
    with pytest.raises(DataError, match=r"cannot be reached .*no network\? Then fetch http://nowhere.invalid/a.bin"):
        fetch("http://nowhere.invalid/a.bin", tmp_path / "a.bin")


def test_the_disk_is_too_small(shelf, tmp_path, monkeypatch):
    shelf.files["/a.bin"] = BODY
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(10))
    with pytest.raises(DiskFull, match="is full; make room and try again"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin")


def test_the_disk_fills_up(shelf, tmp_path):
    shelf.files["/a.bin"] = BODY

    def fill(done, total):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull, match="bytes are kept"):
        fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin", progress=fill)
    assert fetch(f"{shelf.url}/a.bin", tmp_path / "a.bin").read_bytes() == BODY
