"""The page Moderation: queue, verdicts with reasons, precision, and readers' own rules."""

import json
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.view.towns import HOSTILE, marked, page, told
from townsquare.runs import open_run
from townsquare.view import policies


def test_a_team_and_what_it_concluded(root: Path) -> None:
    run = open_run(root / "team")
    opened = page("moderation", run="team")
    assert not opened.exception
    facts = {one.label: one.value for one in opened.metric}
    assert facts["Verdicts"] == str(len(run.events(kinds=["verdict"])))
    measures = run.measures()
    precision = measures[(measures["measure"] == "removal_precision") & (measures["tick"] == 4)]["value"].iloc[0]
    assert facts["Acted on rightly"] == f"{precision:.0%}"
    verdicts = next(one.value for one in opened.dataframe if "because" in one.value)
    assert verdicts["because"].str.match("false|true").all()
    assert "Authors of this town cannot appeal" in told(opened)


def test_an_earlier_tick_and_a_verdict_of_the_address(root: Path) -> None:
    run = open_run(root / "team")
    events = run.events(kinds=["verdict"])
    item = int(events["item"].iloc[0])
    opened = page("moderation", run="team", tick=int(events["tick"].iloc[0]), item=item)
    assert f"Item {item}," in told(opened)
    assert opened.metric[0].value == str((events["tick"] <= events["tick"].iloc[0]).sum())


def test_a_moderator_that_gives_no_reasons_has_none() -> None:
    opened = page("moderation", run="campaign")
    assert not opened.exception
    verdicts = next(one.value for one in opened.dataframe if "action" in one.value)
    assert "because" not in verdicts or not verdicts["because"].any()
    assert set(verdicts["who"]) == {"near-duplicates"}
    assert {one.label: one.value for one in opened.metric}["Acted on rightly"] == "–"


def test_grounds_of_a_verdict_and_the_words_it_rests_on(root: Path) -> None:
    run = open_run(root / "moderation")
    kept = run.verdicts()
    removed = kept[(kept["by"] == "channel") & (kept["action"] == "remove")].iloc[0]
    opened = page("moderation", run="moderation", item=int(removed["item"]))
    assert not opened.exception
    shown = told(opened)
    assert f"channel (panel): remove, score {removed['score']:.1f}, toxic" in shown
    assert f"Because {removed['rationale']}" in shown
    for one in json.loads(removed["evidence"]):
        assert f"• {one}" in shown
    text = run.items().set_index("item")["text"][removed["item"]]
    start, end = json.loads(removed["spans"])[0]
    html = "".join(str(one.proto.body) for one in opened.get("html"))
    assert re.search(f"<mark[^>]*>{re.escape(text[start:end])}</mark>", html)
    facts = {one.label: one.value for one in opened.metric}
    assert facts["Verdicts"] == str(len(kept))
    appeals = run.events(kinds=["dispute"])
    assert facts["Appeals granted"].endswith(f" of {len(appeals)}")
    table = next(one.value for one in opened.dataframe if "outcome" in one.value)
    assert sorted(table["item"]) == sorted(appeals["item"])
    assert f"Tick {removed['tick']}: its author appealed" in shown


def test_filters_by_place_action_category_and_author_stand_in_the_address(root: Path) -> None:
    kept = open_run(root / "moderation").verdicts()
    opened = page("moderation", run="moderation", by="reader: calm", category="toxic")
    table = next(one.value for one in opened.dataframe if "action" in one.value)
    mine = kept[(kept["by"] == "reader: calm") & (kept["category"] == "toxic")]
    assert table["item"].tolist() == mine["item"].tolist()[::-1]
    author = int(mine["agent"].iloc[0])
    opened.text_input(key="verdicts-author").set_value(f"member-{author}").run()
    table = next(one.value for one in opened.dataframe if "action" in one.value)
    assert table["item"].tolist() == mine[mine["agent"] == author]["item"].tolist()[::-1]
    opened.multiselect(key="verdicts-action").set_value(["show"]).run()
    assert "No verdict is of this kind." in told(opened)
    assert opened.query_params["author"] == f"member-{author}"
    assert opened.query_params["action"] == "show"
    again = page("moderation", run="moderation", author=str(author), action="warn")
    table = next(one.value for one in again.dataframe if "action" in one.value)
    assert len(table) == ((kept["agent"] == author) & (kept["action"] == "warn")).sum()


@pytest.mark.parametrize("run", ["news", "shop", "network"])
def test_a_town_without_moderators_says_so(run: str) -> None:
    opened = page("moderation", run=run)
    assert not opened.exception
    assert "moderat" in told(opened)
    assert "No reader of this run has written rules of their own" in told(opened)


def test_a_reader_blocks_something_and_takes_it_back(root: Path) -> None:
    opened = page("moderation", run="network", reader="7")
    assert "This reader blocks nothing" in told(opened)
    opened.text_input[1].set_value("boasting")
    opened.text_input[2].set_value("praises itself")
    next(one for one in opened.button if one.label == "Block").click().run()
    assert not opened.exception
    assert not opened.error
    assert "block boasting: praises itself" in told(opened)
    kept = json.loads((root / "network" / "policies" / "7.json").read_text())
    assert [delta["op"] for delta in kept["deltas"]] == ["block"]
    next(one for one in opened.button if one.label == "Undo").click().run()
    assert "[taken back]" in told(opened)
    kept = json.loads((root / "network" / "policies" / "7.json").read_text())
    assert [delta["undone"] for delta in kept["deltas"]] == [True]
    assert any(one.label == "Redo" for one in opened.button)


def test_what_was_changed_elsewhere_meanwhile_is_looked_at_first(root: Path) -> None:
    opened = page("moderation", run="network", reader="8")
    other = policies.read(open_run(root / "network"), "8")
    other.rules.block("theirs", "so")  # type: ignore[union-attr]
    policies.save(open_run(root / "network"), other)
    opened.text_input[1].set_value("mine")
    opened.text_input[2].set_value("so")
    next(one for one in opened.button if one.label == "Block").click().run()
    assert any("changed elsewhere" in one.value for one in opened.error)
    kept = json.loads((root / "network" / "policies" / "8.json").read_text())
    assert [delta["target"] for delta in kept["deltas"]] == ["theirs"]


def test_a_dashboard_that_only_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_READ_ONLY", "1")
    opened = page("moderation", run="network", reader="9")
    assert not opened.exception
    assert "rules cannot be changed here" in told(opened)
    assert not [one for one in opened.button if one.label in ("Block", "Undo", "Redo")]


def test_hostile_grounds_are_never_markup(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(root / "moderation", tmp_path / "bad")
    _written(tmp_path / "bad" / "items", text=HOSTILE + "x" * 100_000, name=HOSTILE)
    spans = json.dumps([[n, n + 3] for n in range(0, 100, 5)] + [[0, 10**9]])
    _written(tmp_path / "bad" / "verdicts", action=HOSTILE, category=HOSTILE, rationale=HOSTILE, spans=spans,
             evidence=json.dumps([HOSTILE] * 1_000))  # fmt: skip
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    opened = page("moderation", run="bad")
    assert not opened.exception
    assert not opened.error
    assert HOSTILE[:8] not in marked(opened)
    html = "".join(str(one.proto.body) for one in opened.get("html"))
    assert "&lt;script&gt;" in html
    assert HOSTILE[:8] not in html
    assert len(told(opened)) < 200_000


def test_verdicts_that_are_torn_or_somebody_elses_are_a_sentence(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    for name in ("torn", "foreign"):
        shutil.copytree(root / "moderation", tmp_path / name)
    (tmp_path / "torn" / "verdicts" / "000002.parquet").write_bytes(b"PAR1 and no more")
    opened = page("moderation", run="torn")
    assert not opened.exception
    assert "the run folder is torn" in "".join(one.value for one in opened.error)
    pq.write_table(pa.table({"item": [1], "text": ["a"]}), tmp_path / "foreign" / "verdicts" / "000004.parquet")
    opened = page("moderation", run="foreign")
    assert not opened.exception
    assert "was not written by townsquare" in "".join(one.value for one in opened.error)


def _written(folder: Path, **columns: str) -> None:
    """Every row of every segment says the same."""
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        for column, text in columns.items():
            place = table.column_names.index(column)
            table = table.set_column(place, column, pa.array([text] * len(table), table.schema.field(place).type))
        pq.write_table(table, path)


def test_what_a_hostile_run_holds_is_never_markup(root: Path) -> None:
    one = policies.read(open_run(root / "hostile"), "somebody")
    one.rules.block(HOSTILE, HOSTILE, [HOSTILE])  # type: ignore[union-attr]
    policies.save(open_run(root / "hostile"), one)
    opened = page("moderation", run="hostile", reader="somebody")
    assert not opened.exception
    assert HOSTILE[:8] not in marked(opened)
    assert HOSTILE[:8] in told(opened)
