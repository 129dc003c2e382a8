"""Verdicts with their grounds, held against what the run folder keeps."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import townsquare as ts
from townsquare.runs import open_run
from townsquare.view import grounds
from townsquare.view import moderation_queries as asked


@pytest.fixture(scope="module")
def run(town_runs: Path) -> ts.Run:
    return open_run(town_runs / "moderation")


def test_every_verdict_that_is_kept_and_the_words_it_rests_on(run: ts.Run) -> None:
    kept, said = run.verdicts(), grounds.said(run, run.ticks())
    assert len(said) == len(kept)
    for column in ("tick", "item", "agent", "by", "action", "category"):
        assert said[column].tolist() == kept[column].tolist(), column
    told = [one for tick, of in said.groupby("tick") for one in grounds.words(run, int(str(tick)), of["row"].tolist())]
    assert [why for why, _, _ in told] == kept["rationale"].tolist()
    assert [[list(span) for span in spans] for _, spans, _ in told] == [json.loads(text) for text in kept["spans"]]
    assert [texts for _, _, texts in told] == [json.loads(text) for text in kept["evidence"]]
    assert {"author", "channel", "appeal", "reader: calm"} <= set(said["by"])


def test_places_and_names(run: ts.Run) -> None:
    assert grounds.place_of("reader: calm") == "reader, policy calm"
    assert grounds.place_of("appeal") == "reviewer, of appeals"
    assert [grounds.who(run, by, 4) for by in ("author", "channel", "appeal", "reader: calm")] == [
        "draft-advisor",
        "panel",
        "the simulated reviewer",
        "calm",
    ]


def test_a_run_that_keeps_no_grounds_has_its_events(town_runs: Path) -> None:
    run = open_run(town_runs / "team")
    said = grounds.said(run, run.ticks())
    events = run.events(kinds=["verdict"])
    assert said["item"].tolist() == events["item"].tolist()
    assert said["action"].tolist() == events["why"].astype(str).tolist()
    authors = run.items().set_index("item")["author"]
    assert said["agent"].tolist() == authors.reindex(said["item"]).tolist()
    assert (said["row"] == -1).all()
    assert grounds.who(run, "channel", 0) == "a group of agents"
    assert grounds.said(open_run(town_runs / "news"), range(2)).empty


def test_appeals_and_what_waits(run: ts.Run) -> None:
    appeals, waiting = asked.appeals(run, run.ticks()), asked.queue(run, 4)
    kept = run.verdicts()
    disputes = run.events(kinds=["dispute"])
    assert appeals["item"].tolist() == disputes["item"].tolist()
    assert appeals["agent"].tolist() == disputes["agent"].tolist()
    decided = kept[kept["by"] == "appeal"].set_index("item")
    for row in appeals.to_dict("records"):
        if row["item"] in decided.index:
            action = decided["action"].loc[row["item"]]
            assert row["outcome"] == ("granted" if action == "show" else "upheld")
            assert row["decided"] == decided["tick"].loc[row["item"]]
        else:
            assert row["outcome"] == "waits"
    assert {"granted", "upheld", "waits"} == set(appeals["outcome"])
    measures = run.measures().set_index(["measure", "tick"])["value"]
    assert len(waiting) == measures["review_waiting", 4]
    assert set(waiting["waits"]) == {"held for review", "its author appealed"}
    assert (waiting["disputes"] == 0).all()
    assert asked.queue(run, 0)["waits"].tolist() == ["its author appealed"] * int(measures["review_waiting", 0])


def test_what_is_held_again_counts_once_and_strange_grounds_are_passed_over(run: ts.Run, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(run.path, copy)
    table = pq.read_table(copy / "verdicts" / "000000.parquet")
    one = table.slice(0, 3).to_pylist()
    strange = ['[[1, 2], [3], "x", [true, 4], [5, 6.5]]', "no JSON", '{"a": 1}']
    rows = [{**row, "item": 0, "by": "channel", "action": "hold", "spans": text, "evidence": text}
            for row, text in zip(one, strange, strict=True)]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, table.schema), copy / "verdicts" / "000000.parquet")
    again = open_run(copy)
    assert len(grounds.said(again, range(1))) == 1
    assert [spans for _, spans, _ in grounds.words(again, 0, [0, 1, 2])] == [[(1, 2)], [], []]
    assert [texts for _, _, texts in grounds.words(again, 0, [0, 1, 2])] == [["x"], [], []]
