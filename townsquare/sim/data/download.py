"""Data sets brought to this machine: fetched, checked, unpacked, and left alone when they are there."""

import errno
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from townsquare.protocols import DataError, DiskFull
from townsquare.sim.data import sets
from townsquare.sim.data.archive import unpack
from townsquare.sim.data.conversion import convert, rows_of
from townsquare.sim.data.transfer import Progress, fetch


@dataclass(frozen=True, slots=True)
class Download:
    """What ``get`` did, for whoever tells the user."""

    data_set: sets.DataSet
    folder: Path
    """Where the files lie."""
    fetched: bool
    """False where everything was there already and is what it was."""
    files: tuple[Path, ...]
    """The data set's files, in alphabetical order."""
    sha256: dict[str, str]
    """Checksum of each file as it was fetched, by name."""
    trusted: tuple[str, ...]
    """Those of them that nobody has published a checksum for: it was recorded when they first came."""
    tables: dict[Path, int] = field(default_factory=dict)
    """The tables in our own columns that were made from the files, with their rows."""


def get(
    name: str | sets.DataSet,
    folder: Path | None = None,
    *,
    progress: Progress | None = None,
    accept_terms: bool = False,
    wait: float = 1.0,
) -> Download:
    """Bring a data set to ``folder``/name and say where it is; doing it again changes nothing.

    Args:
        name: a registered name, or a ``DataSet`` of your own.
        folder: where data sets are kept; ``sets.default_folder()`` by default.
        progress: called with (bytes there, bytes there will be or None) while a file comes.
        accept_terms: needed for sets whose terms must be accepted.
        wait: seconds before a broken transfer is taken up again, doubled each time.

    A file that was put into place by hand is checked and taken as if it had been fetched. Raises DataError, in one
    sentence, when the set is unknown or must be got by hand, when there is no network, or when what came is not what
    it should be (it is then removed); DiskFull when the disk is full.
    """
    data_set = sets.find(name) if isinstance(name, str) else name
    if data_set.ships:
        shipped = sets.locate(data_set.name)
        return Download(data_set, shipped, False, tuple(sorted(p for p in shipped.iterdir() if p.is_file())), {}, ())
    home = (folder or sets.default_folder()) / data_set.name
    try:
        if not data_set.files:
            data_set = _brought(data_set, home)
        if data_set.accept and not accept_terms and not (home / sets.RECEIPT).exists():
            raise DataError(
                f"data set {data_set.name!r} comes under terms that you must accept first "
                f"({data_set.licence}: {data_set.terms} {data_set.homepage}); then say --accept-terms."
            )
        home.mkdir(parents=True, exist_ok=True)
        came = [_bring(source, home, progress, wait) for source in data_set.files]
        unpacked = _unpacked(data_set, home)
        made = convert(data_set, home, again=unpacked)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"the disk of {home} is full; make room and try again.") from error
        raise DataError(f"{home} cannot be written: {error.strerror or error}.") from error
    checksums = {source.name: _recorded(home / source.name) for source in data_set.files}
    trusted = tuple(s.name for s in data_set.files if not (s.sha256 or s.md5 or s.md5_url))
    files = tuple(sorted(path for path in (home / sets.UNPACKED).rglob("*") if path.is_file()))
    tables = {home / name: rows for name, rows in rows_of(home).items()}
    return Download(data_set, sets.inner(home), any(came) or unpacked or made, files, checksums, trusted, tables)


def _brought(data_set: sets.DataSet, home: Path) -> sets.DataSet:
    """A set that cannot be fetched, with the one file that the user has put into its folder."""
    layout = data_set.interactions
    if layout is None:
        raise DataError(
            f"data set {data_set.name!r} cannot be fetched for you: {data_set.by_hand} Home: {data_set.homepage}"
        )
    here = sorted({*home.glob(layout.file), *home.glob(f"{layout.file}.gz")})
    if len(here) > 1:
        raise DataError(f"{home} holds {', '.join(path.name for path in here)}; leave one of them there.")
    if not here:
        raise DataError(
            f"data set {data_set.name!r} cannot be fetched for you: {data_set.by_hand} Put it into {home} and say this "
            f"again. Home: {data_set.homepage}"
        )
    return data_set.model_copy(update={"files": (sets.Source(url=here[0].name),)})


def _bring(source: sets.Source, home: Path, progress: Progress | None, wait: float) -> bool:
    """See to it that the file is there and is the right one; whether it had to be fetched."""
    target = home / source.name
    if target.exists():
        try:
            _verify(target, source, _recorded(target))
        except DataError as error:
            raise DataError(f"{str(error).removesuffix('.')}; delete it and try again.") from error
        return False
    came = fetch(source.url, target, size=source.bytes, progress=progress, wait=wait)
    try:
        # a file that its publisher changes from time to time may differ from the one fetched before
        _verify(came, source, "" if source.md5_url else _recorded(target), _published(source, home, wait))
    except DataError:
        _remove(came)
        raise
    _record(target, _digest(came, "sha256"))
    os.replace(came, target)
    _remove(came)
    return True


def _verify(path: Path, source: sets.Source, recorded: str, md5: str | None = None) -> None:
    """DataError unless the file has the size and the checksums it should have; records its sha256 if nobody did."""
    if source.bytes is not None and path.stat().st_size != source.bytes:
        raise DataError(f"{path} has {path.stat().st_size:,} bytes where {source.bytes:,} are expected.")
    wanted = {("sha256", source.sha256), ("md5", source.md5), ("md5", md5), ("sha256", recorded)}
    for kind, expected in sorted((k, e) for k, e in wanted if e):
        found = _digest(path, kind)
        if found != expected:
            whose = "recorded when it first came" if expected == recorded else "published"
            raise DataError(f"{path} from {source.url} has the {kind} {found}, but {expected} was {whose}.")
    if not recorded and path.name == source.name:
        _record(path, _digest(path, "sha256"))


def _published(source: sets.Source, home: Path, wait: float) -> str | None:
    """The md5 that the publisher keeps beside the file."""
    if source.md5_url is None:
        return None
    came = fetch(source.md5_url, home / f"{source.name}.md5", wait=wait)
    found = re.search(r"\b[0-9a-fA-F]{32}\b", came.read_text("utf-8", errors="replace"))
    _remove(came)
    if found is None:
        raise DataError(f"{source.md5_url} holds no md5.")
    return found[0].lower()


def _unpacked(data_set: sets.DataSet, home: Path) -> bool:
    """See to it that the files are unpacked; whether that had to be done."""
    receipt, files = home / sets.RECEIPT, home / sets.UNPACKED
    # what the user brought may be another file than last time
    brought = [source.name.removesuffix(".gz") for source in data_set.files if data_set.by_hand]
    if receipt.exists() and _intact(files, receipt) and all((files / name).exists() for name in brought):
        return False
    receipt.unlink(missing_ok=True)
    staging = home / f"{sets.UNPACKED}.part"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        for source in data_set.files:
            # two archives may hold files of the same name
            inside = staging / source.name.split(".")[0] if len(data_set.files) > 1 else staging
            inside.mkdir(parents=True, exist_ok=True)
            if not unpack(home / source.name, inside):
                shutil.copyfile(home / source.name, inside / source.name)
    except DataError:
        # what cannot be unpacked safely is not kept, or the next call would find it in place
        for source in data_set.files:
            (home / source.name).unlink(missing_ok=True)
            _record_of(home / source.name).unlink(missing_ok=True)
        shutil.rmtree(staging, ignore_errors=True)
        raise
    sizes = {p.relative_to(staging).as_posix(): p.stat().st_size for p in sorted(staging.rglob("*")) if p.is_file()}
    shutil.rmtree(files, ignore_errors=True)
    os.replace(staging, files)
    _write(receipt, json.dumps(sizes, indent=1) + "\n")
    return True


def _intact(files: Path, receipt: Path) -> bool:
    try:
        sizes = json.loads(receipt.read_text("utf-8"))
        return all((files / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()


def _record_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _recorded(path: Path) -> str:
    """The sha256 written down for a file, "" where there is none."""
    try:
        return _record_of(path).read_text("utf-8").split()[0]
    except (OSError, IndexError):
        return ""


def _record(path: Path, digest: str) -> None:
    # as sha256sum writes it, so that sha256sum -c can check it
    _write(_record_of(path), f"{digest}  {path.name}\n")


def _write(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".part")
    new.write_text(text, "utf-8")
    os.replace(new, path)


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.with_name(part.name + ".json").unlink(missing_ok=True)
