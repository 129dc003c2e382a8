"""What the town square shows, held against the run."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.view.visiting import at_work
from townsquare.dashboard import topics
from townsquare.dashboard.topics import ARTICLE
from townsquare.protocols.errors import RunFolderError
from townsquare.runs import Run, open_run
from townsquare.view import square_queries


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    return town_runs


@pytest.fixture
def news(root: Path) -> Run:
    return open_run(root / "news")


def test_every_reader_at_every_kept_tick(news: Run) -> None:
    made = square_queries.positions(news)
    assert made is not None
    assert made.frames == (0, 1, 2, 3)
    assert made.kept == 4
    assert made.users == (40, 40)
    readers = made.points[(made.points["tick"] == 2) & (made.points["what"] != ARTICLE)]
    assert readers["who"].tolist() == list(range(40))
    loop = news.snapshot(2)["in_loop"]
    assert [what == "user in the loop" for what in readers["what"]] == loop.tolist()
    row = made.counts[made.counts["tick"] == 2].iloc[0]
    assert row["in the loop"] == loop.sum()
    assert row["articles"] == len(news.snapshot(2)["items"])
    articles = made.points[(made.points["tick"] == 2) & (made.points["what"] == ARTICLE)]
    assert set(articles["who"]) <= set(news.snapshot(2)["items"].tolist())


def test_a_few_who_wander_off_do_not_press_the_others_into_a_corner(news: Run) -> None:
    made = square_queries.positions(news)
    assert made is not None
    points = made.points.copy()
    points.loc[points.index[0], "x"] = 1e6
    frame = square_queries.window(points)
    assert frame[1] < 1e3
    framed, moved = square_queries.framed(points, frame)
    assert framed["x"].max() == frame[1]
    assert moved >= 1
    assert square_queries.window(points.head(0)) == (-1.0, 1.0, -1.0, 1.0)


def test_trails_are_ways_in_order(news: Run) -> None:
    made = square_queries.positions(news)
    assert made is not None
    trails = square_queries.trails(made.points, made.frames, 2, ticks=2, most=5)
    assert trails["who"].nunique() == 5
    assert trails["tick"].tolist() == [1, 2] * 5


@pytest.mark.parametrize("name", ["campaign", "network"])
def test_opinions_are_those_of_the_events(root: Path, name: str) -> None:
    run = open_run(root / name)
    agents = run.agents()
    assert square_queries.has_opinions(run, agents)
    before = square_queries.thought(run, agents, -1)
    assert np.array_equal(before, agents["opinion"].to_numpy(float), equal_nan=True)
    events = run.events(kinds=["opinion"])
    last = events[events["tick"] <= 2].groupby("agent")["value"].last()
    after = square_queries.thought(run, agents, 2)
    assert np.allclose(after[last.index], last.to_numpy())
    still = np.setdiff1d(np.arange(len(agents)), last.index)
    assert np.array_equal(after[still], before[still], equal_nan=True)
    made = square_queries.opinions(run, agents)
    assert made.holders == 60
    assert made.shares.groupby("tick")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert sorted(made.shares["tick"].unique()) == [-1, 0, 1, 2, 3]
    line = made.lines[(made.lines["tick"] == 2) & (made.lines["agent"] == made.lines["agent"].iloc[0])]
    assert line["opinion"].iloc[0] == pytest.approx(after[made.lines["agent"].iloc[0]])


def test_of_many_ticks_some_are_drawn_and_the_newest_among_them(root: Path) -> None:
    run = open_run(root / "campaign")
    made = square_queries.opinions(run, run.agents())
    cells, lines, step = square_queries.thinned(made)
    assert (step, len(cells), len(lines)) == (1, len(made.shares), len(made.lines))
    assert (cells["end"] - cells["start"]).unique().tolist() == [1.0]
    cells, lines, step = square_queries.thinned(made, 3)  # of five: -1, 0, 1, 2, 3
    assert step == 2
    assert cells["tick"].unique().tolist() == lines["tick"].unique().tolist() == [-1, 1, 3]
    assert cells[cells["tick"] == 3][["start", "end"]].iloc[0].tolist() == [1.5, 3.5]


def test_a_run_that_goes_on_is_read_on_and_one_that_was_taken_back_anew(root: Path, tmp_path: Path) -> None:
    with at_work(root / "campaign", tmp_path / "live") as write:
        for ticks in (1, 3, 2, 4):
            write(ticks)
            run = open_run(tmp_path / "live")
            made = square_queries.opinions(run, run.agents())
            assert made.shares["tick"].max() == ticks - 1
    whole = open_run(root / "campaign")
    fresh = square_queries.opinions(whole, whole.agents())
    pd.testing.assert_frame_equal(made.shares, fresh.shares)
    pd.testing.assert_frame_equal(made.lines, fresh.lines)


def test_the_plane_is_that_of_the_report(news: Run) -> None:
    made = square_queries.positions(news)
    assert made is not None
    report = topics.project({tick: news.snapshot(tick) for tick in news.snapshot_ticks()})
    assert made.explained == pytest.approx(report.explained)
    mine, theirs = (of[of["what"] != ARTICLE][["x", "y"]].to_numpy() for of in (made.points, report.points))
    assert mine == pytest.approx(theirs, abs=0.0021)


def test_a_window_is_held_while_it_serves() -> None:
    first = (0.0, 10.0, 0.0, 10.0)
    assert square_queries.held(None, first) == first
    assert square_queries.held(first, (1.0, 9.0, 1.0, 9.0)) == first
    assert square_queries.held(first, (1.0, 11.0, 1.0, 9.0)) == pytest.approx((0.0, 12.0, 0.2, 9.8))
    assert square_queries.held(first, (4.0, 6.0, 4.0, 6.0)) == pytest.approx((3.8, 6.2, 3.8, 6.2))


def test_towns_without_places_or_opinions(root: Path) -> None:
    shop = open_run(root / "shop")
    assert square_queries.positions(shop) is None
    assert not square_queries.has_opinions(shop, shop.agents())


def test_a_torn_snapshot_is_a_sentence(tmp_path: Path) -> None:
    import shutil

    import townsquare as ts
    from tests.view.towns import NEWS

    run = ts.run("news", seed=3, set=NEWS, out=tmp_path / "news")
    (tmp_path / "news" / "snapshots" / "000000.npz").write_bytes(b"PK no more")
    with pytest.raises(RunFolderError, match="torn"):
        square_queries.positions(run)
    shutil.rmtree(tmp_path / "news" / "snapshots")
    assert square_queries.positions(run) is None
