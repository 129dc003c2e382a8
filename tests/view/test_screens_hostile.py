"""A run folder is something that anybody may have written: its texts are shown, and are never markup or a script."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import townsquare as ts
from tests.view.towns import HOSTILE, TEAM, marked, page, panel, told

LONG = HOSTILE + "x" * 100_000
RUN = "<b>run</b> [a](javascript:b) ![c](d)"
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("runs", {"fork": RUN}),
    ("overview", {"run": RUN, "figure": "Quality"}),
    ("agent", {"run": RUN, "agent": 40, "tick": 3}),
    ("agent", {"run": RUN, "agent": 47, "tick": 2}),
    ("compare", {"run": [RUN, "team"]}),
    ("conversations", {"run": "team"}),
    ("conversations", {"run": "trial"}),
    ("feed", {"run": RUN, "agent": 3, "tick": 3}),
    ("why", {"run": RUN, "agent": 3, "tick": 3}),
    ("network", {"run": RUN}),
    ("square", {"run": RUN}),
    ("moderation", {"run": RUN}),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs with hostile words wherever a run folder has words."""
    root = tmp_path_factory.mktemp("runs")
    panel(root / RUN)
    ts.run("team", set=TEAM, out=root / "team")
    ts.run("persuasion", set={"debates": 1, "control": 1}, out=root / "trial")
    for name in (RUN, "team", "trial"):
        for path in [*(root / name).glob("items/*.parquet"), *(root / name).glob("conversations/*.parquet")]:
            _spoilt(path, "text")
        _spoilt(root / name / "agents.parquet", "name", keep=True)
        path = root / name / "run.json"
        info = json.loads(path.read_text())
        path.write_text(json.dumps({**info, "categories": [LONG], "status": f"stopped: {LONG}"}))
    measures = root / RUN / "measures.parquet"
    table = pq.read_table(measures).to_pandas()
    more = table[table["measure"] == "likes_per_user"].assign(measure=f"{HOSTILE}")
    pq.write_table(pa.Table.from_pandas(pd.concat([table, more]), preserve_index=False), measures)
    return root


def _spoilt(path: Path, column: str, *, keep: bool = False) -> None:
    table = pq.read_table(path)
    words = [LONG + (str(old) if keep else "") for old in table[column].to_pylist()]
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, pa.array(words, pa.string())), path)


@pytest.mark.parametrize(("name", "address"), PAGES)
def test_no_page_makes_markup_of_a_text(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str, address: dict[str, Any]
) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(root))
    opened = page(name, **address)
    assert not opened.exception
    markup = re.sub(r"\\.", "", marked(opened))  # an escaped sign is none
    for sign in ("<script", "<img", "![pixel](", "[click](", ":red[", "<b>", "[a](", "![c]("):
        assert sign not in markup, sign
    assert not any(one.allow_html for one in opened.markdown)
    for sign in ("\u202e", "\x1b"):
        assert sign not in told(opened)
        for table in opened.dataframe:
            assert not any(sign in str(cell) for cell in table.value.to_numpy().ravel()), sign
    assert max(map(len, told(opened).splitlines()), default=0) < 60_000


BROKEN = {
    "empty": {},
    "foreign": {"notes.txt": b"nothing to see"},
    "torn": {"run.json": b'{"format": 1, "na'},
    "newer": {"run.json": b'{"format": 99}'},
    "not-words": {"run.json": b"\xff\xfe\x00"},
}


@pytest.mark.parametrize("name", sorted({name for name, _ in PAGES}))
def test_broken_folders_are_sentences_on_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    for folder, files in BROKEN.items():
        (tmp_path / folder).mkdir()
        for file, content in files.items():
            (tmp_path / folder / file).write_bytes(content)
    for folder in ("", *BROKEN, "../..", "/etc"):
        opened = page(name, run=folder)
        assert not opened.exception, folder
        assert opened.info or opened.warning or opened.error


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "run"
    ts.run("news", set={"users.count": 20, "creators.count": 3, "ticks": 2, "slate.length": 8, "clicks": 2}, out=path)
    return path


@pytest.mark.parametrize(
    "gone", ["agents.parquet", "events/000001.parquet", "items/000000.parquet", "measures.parquet"]
)
def test_half_of_a_run_is_a_sentence_too(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    for arm in ("half", "other"):
        shutil.copytree(whole, tmp_path / arm)
        (tmp_path / arm / gone).unlink()
    for name in ("runs", "overview", "agent", "conversations", "feed", "why", "network", "square", "moderation"):
        assert not page(name, run="half", tick=1).exception, name
    assert not page("compare", run=["half", "other"]).exception


@pytest.mark.parametrize("table", ["agents", "measures", "events/000001", "items/000001"])
def test_tables_of_somebody_else_are_a_sentence(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    shutil.copytree(whole, tmp_path / "run")
    pq.write_table(pa.table({"agent": ["one", "two"], "words": ["a", "b"]}), tmp_path / "run" / f"{table}.parquet")
    for name in ("overview", "agent", "conversations", "feed", "why", "network", "square", "moderation"):
        opened = page(name, run="run", tick=1)
        assert not opened.exception, name
        assert any("was not written by townsquare" in one.value for one in opened.error), name
    shutil.copytree(whole, tmp_path / "whole")
    assert any("was not written by townsquare" in one.value for one in page("compare", run=["run", "whole"]).error)
