import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import townsquare as ts
from townsquare.comparison import compare
from townsquare.comparison.readers import per_reader, readers
from townsquare.protocols.errors import InputError, RunFolderError
from townsquare.protocols.events import Events
from townsquare.protocols.recording import RunWriter
from townsquare.protocols.runfolder import FORMAT, RunFolder, RunInfo
from townsquare.protocols.streams import Streams

KEYS = [
    "measure",
    "unit",
    "n",
    "mean_a",
    "mean_b",
    "difference",
    "interval",
    "unpaired_interval",
    "variance_removed",
    "p_value",
]
N_READERS, N_CREATORS, LENGTH = 40, 5, 6


def one_tick(tick, seed, liking, exposures=True):
    """Every reader is shown LENGTH of ten articles, clicks three and, as ``liking`` says, likes some."""
    streams = Streams(seed)
    agents = np.arange(N_READERS)
    draws = streams.uniform("list", tick, agents[:, None], np.arange(10)[None, :])
    shown = np.argsort(draws, axis=1)[:, :LENGTH] + 10 * tick
    clicked = shown[:, :3]
    taste = streams.uniform("taste", 0, agents, 0 * agents)[:, None]
    luck = streams.uniform("like", tick, agents[:, None], clicked) + taste
    liked = luck < 2 * liking
    why = np.where(np.arange(LENGTH) < 4, 1, 3)
    who = np.repeat(agents, LENGTH)
    three = np.repeat(agents, 3)
    parts = [
        Events.of("shown", who, shown.ravel(), rank=np.tile(np.arange(LENGTH), N_READERS), why=np.tile(why, N_READERS)),
        Events.of("click", three, clicked.ravel(), value=luck.ravel(), rank=np.tile(np.arange(3), N_READERS)),
        Events.of("like", three[liked.ravel()], clicked[liked], rank=0),
    ]
    return Events.concat(parts[0 if exposures else 1 :]), liked.mean()


def run_at(path, *, seed=0, liking=0.5, ticks=12, done=None, status="finished", name="town", exposures=True, **more):
    """A small run folder such as the recorder leaves."""
    scenario = {"scenario": name, "seed": seed, "ticks": ticks, "liking": liking, "recommender": {"name": "x"}, **more}
    info = RunInfo(format=FORMAT, townsquare="0", name=name, scenario=scenario, fingerprint="", seed=seed, ticks=ticks)
    n = N_READERS + N_CREATORS
    agents = pa.table(
        {
            "agent": np.arange(n, dtype=np.int32),
            "name": [f"a{i}" for i in range(n)],
            "group": ["users"] * N_READERS + ["creators"] * N_CREATORS,
        }
    )
    with RunWriter.create(path, info, agents) as writer:
        for t in range(ticks if done is None else done):
            events, likes = one_tick(t, seed, liking, exposures)
            ids = np.arange(10 * t, 10 * t + 10, dtype=np.int32)
            items = pa.table(
                {
                    "item": ids,
                    "name": [str(i) for i in ids],
                    "author": (N_READERS + ids % N_CREATORS).astype(np.int32),
                    "born": np.full(10, t, np.int32),
                    "category": np.zeros(10, np.int32),
                    "quality": (ids % 7).astype(np.float32),
                    "vector": pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(20, np.float32)), 2),
                }
            )
            names = ["likes_per_user", f"{name}_gini", "corr"]
            values = [3 * likes, likes / 2, np.nan if t < 2 else likes]
            measures = pd.DataFrame({"tick": np.full(3, t, np.int32), "measure": names, "group": "", "value": values})
            writer.commit(t, events, items, measures, {}, snapshot=None, seconds=0.1, memory=1.0)
        writer.info.status = status
        writer.save_info()
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return run_at(tmp_path_factory.mktemp("runs") / "base")


@pytest.fixture(scope="module")
def more_likes(tmp_path_factory):
    return run_at(tmp_path_factory.mktemp("runs") / "more", liking=0.6)


def by_measure(comparison):
    return {row["measure"]: row for row in comparison.rows()}


def test_rows_have_exactly_the_promised_keys(base, more_likes):
    rows = compare(base, more_likes).rows()
    assert all(list(row) == KEYS for row in rows)
    assert {row["unit"] for row in rows} == {"agent", "tick"}
    json.dumps(rows, allow_nan=False)


def test_readers_are_paired(base, more_likes):
    row = by_measure(compare(base, more_likes))["likes_per_user"]
    assert (row["unit"], row["n"]) == ("agent", N_READERS)
    counts = []
    for path in (base, more_likes):
        likes = RunFolder(path).events(kinds=["like"])
        counts.append(np.bincount(likes["agent"], minlength=N_READERS) / 12)
    assert row["mean_a"] == pytest.approx(counts[0].mean())
    assert row["difference"] == pytest.approx((counts[1] - counts[0]).mean())
    assert row["interval"][0] > 0
    assert row["p_value"] < 0.05
    assert row["variance_removed"] > 0.5
    assert np.diff(row["interval"]) < 0.6 * np.diff(row["unpaired_interval"])


def test_what_readers_got_is_summed_as_the_events_say(base):
    run = RunFolder(base)
    values = per_reader(run, run.ticks())
    events = run.events().merge(run.items()[["item", "author", "quality"]], on="item")
    of_one = events[events["agent"] == 7]
    clicks, shown = of_one[of_one["kind"] == "click"], of_one[of_one["kind"] == "shown"]
    likes = of_one[of_one["kind"] == "like"]
    assert list(readers(run)) == list(range(N_READERS))
    expected = {
        "likes_per_user": len(likes) / 12,
        "clicks_per_user": 3,
        "likes_per_click": len(likes) / 36,
        "rank_of_clicks": clicks["rank"].mean(),
        "utility_of_clicks": clicks["value"].mean(),
        "quality_of_likes": likes["quality"].mean(),
        "quality_of_clicks": clicks["quality"].mean(),
        "quality_of_shown": shown["quality"].mean(),
        "creators_read": clicks["author"].nunique(),
        "shown_from_match": (shown["why"] == "match").mean(),
        "shown_from_cold_start": (shown["why"] == "cold_start").mean(),
    }
    assert {name: pytest.approx(column[7], rel=1e-5) for name, column in values.items()} == expected


def test_measures_of_the_town_are_paired_by_tick(base, more_likes):
    comparison = compare(base, more_likes)
    row = by_measure(comparison)["town_gini"]
    assert (row["unit"], row["n"]) == ("tick", 12)
    assert row["interval"][0] > 0
    assert by_measure(comparison)["corr"]["n"] == 10, "ticks without a value are left out"
    assert any("this pair of runs only" in note for note in comparison.notes)
    assert [row["measure"] for row in comparison.rows()].count("likes_per_user") == 1


def test_table_and_json_say_the_same(base, more_likes):
    comparison = compare(base, more_likes)
    table = comparison.table()
    assert len(table) == len(comparison.rows())
    assert {"low", "high", "unpaired_low", "unpaired_high"} <= set(table.columns)
    told = json.loads(comparison.to_json())
    assert told["rows"] == comparison.rows()
    assert told["arms"][1]["label"] == "liking=0.6"


def test_the_same_comparison_twice_is_the_same(base, more_likes):
    assert compare(base, more_likes).to_json() == compare(base, more_likes).to_json()


def test_burn_in_leaves_ticks_out(base, more_likes):
    assert by_measure(compare(base, more_likes, burn_in=4))["town_gini"]["n"] == 8
    with pytest.raises(InputError, match=r"burn_in: 0 to 11.*got 12"):
        compare(base, more_likes, burn_in=12)


def test_several_pairs_are_compared_by_seed(tmp_path):
    ones = [run_at(tmp_path / f"a{s}", seed=s) for s in range(4)]
    others = [run_at(tmp_path / f"b{s}", seed=s, liking=0.6) for s in range(4)]
    comparison = compare(*ones, *others)
    rows = by_measure(comparison)
    assert {row["unit"] for row in rows.values()} == {"seed"}
    assert rows["town_gini"]["n"] == 4
    assert {"town_gini", "town_gini@end", "likes_per_user", "likes_per_user@end", "creators_read"} <= set(rows)
    low, high = rows["likes_per_user"]["interval"]
    assert 0 < low < rows["likes_per_user"]["difference"] < high
    assert any("no p-value can fall below 0.125" in note for note in comparison.notes)


def test_seeds_without_a_partner_are_left_out(tmp_path):
    runs = [run_at(tmp_path / f"a{s}", seed=s) for s in (0, 1, 2)]
    runs += [run_at(tmp_path / f"b{s}", seed=s, liking=0.6) for s in (1, 2, 5)]
    comparison = compare(*runs)
    assert by_measure(comparison)["town_gini"]["n"] == 2
    assert "seeds without a partner are left out: 0, 5." in comparison.notes


@pytest.mark.parametrize("liking", [0.5, 0.6])
def test_runs_with_other_seeds_are_not_paired(tmp_path, base, liking):
    comparison = compare(base, run_at(tmp_path / "b", seed=1, liking=liking))
    row = by_measure(comparison)["likes_per_user"]
    assert row["interval"] is row["p_value"] is row["variance_removed"] is None
    assert row["unpaired_interval"][0] < row["difference"] < row["unpaired_interval"][1]
    assert any("no seed in common" in note for note in comparison.notes)


def test_several_arms_are_compared_with_the_first(tmp_path, base, more_likes):
    third = run_at(tmp_path / "c", recommender={"name": "random"})
    rows = compare(base, more_likes, third).rows()
    assert list(rows[0]) == ["arm", *KEYS]
    assert {row["arm"] for row in rows} == {"liking=0.6", "recommender.name=random"}


def test_runs_of_one_scenario_and_seed_do_not_differ(tmp_path, base):
    rows = compare(base, run_at(tmp_path / "again")).rows()
    assert {row["difference"] for row in rows} == {0}
    assert {tuple(row["interval"]) for row in rows} == {(0, 0)}


def test_unfinished_runs_are_compared_as_far_as_they_go(tmp_path, base):
    comparison = compare(base, run_at(tmp_path / "b", liking=0.6, done=9, status="interrupted"))
    assert by_measure(comparison)["town_gini"]["n"] == 9
    assert any("is not finished (interrupted): 9 of 12 ticks" in note for note in comparison.notes)
    assert any("the first 9 count" in note for note in comparison.notes)


def test_without_exposures_nothing_is_said_about_what_was_shown(tmp_path, base):
    comparison = compare(base, run_at(tmp_path / "b", liking=0.6, exposures=False))
    assert not [row for row in comparison.rows() if "shown" in row["measure"]]
    assert any("recorded no exposures" in note for note in comparison.notes)


def test_a_town_that_shows_nobody_anything_is_not_asked_what_it_showed(tmp_path):
    sizes = {"graph.nodes": 20, "graph.degree": 4, "ticks": 2}
    runs = [ts.run("network", set={**sizes, "model.epsilon": e}, out=tmp_path / str(e)) for e in (0.2, 0.9)]
    comparison = ts.compare(*runs)
    assert not any("exposures" in note for note in comparison.notes)
    measures = by_measure(comparison)
    assert "opinion_moved" in measures
    assert not {"likes_per_user", "clicks_per_user", "creators_read"} & measures.keys()


def test_a_run_alone_is_no_comparison(base):
    with pytest.raises(InputError, match=r"two runs or more \(got 1\)"):
        compare(base)


def test_a_run_is_not_compared_with_itself(base):
    with pytest.raises(InputError, match="given twice"):
        compare(base, base.parent / "." / base.name)


def test_two_runs_of_one_arm_need_two_seeds(tmp_path, base, more_likes):
    with pytest.raises(InputError, match="same arm with the same seed"):
        compare(base, more_likes, run_at(tmp_path / "again"))


def test_scenarios_without_a_measure_in_common(tmp_path, base):
    with pytest.raises(RunFolderError, match="there is no run folder"):
        compare(base, tmp_path / "nowhere")
    other = run_at(tmp_path / "b", name="village")
    assert by_measure(compare(base, other))["corr"]["n"] == 10
    frame = RunFolder(other).measures().assign(measure="only_here")
    frame.to_parquet(other / "measures.parquet")
    with pytest.raises(InputError, match="scenarios 'town' and 'village' have no measure in common"):
        compare(base, other)


def test_nothing_finished_is_nothing_to_compare(tmp_path, base):
    with pytest.raises(InputError, match="no finished tick"):
        compare(base, run_at(tmp_path / "b", done=0, status="running"))


@pytest.mark.parametrize("level", [0, 1, 95])
def test_level_is_a_share(base, more_likes, level):
    with pytest.raises(InputError, match=r"level: a number between 0 and 1"):
        compare(base, more_likes, level=level)


@pytest.mark.slow
def test_a_real_pair(tmp_path: Path):
    small = ["--set", "users.count=200", "--set", "creators.count=20", "--set", "ticks=12", "--seed", "3", "--json"]
    for name in ("bpr", "random"):
        command = [sys.executable, "-m", "townsquare", "run", "news", "--set", f"recommender.name={name}", *small]
        subprocess.run([*command, "--out", str(tmp_path / name)], check=True, capture_output=True)
    rows = by_measure(compare(tmp_path / "bpr", tmp_path / "random"))
    assert rows["likes_per_user"]["unit"] == "agent"
    assert rows["likes_per_user"]["variance_removed"] > 0.3
    assert rows["like_gini_articles"]["difference"] < 0
