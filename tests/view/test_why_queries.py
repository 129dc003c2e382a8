"""What could be known when a list was made, held against all likes of the run."""

from pathlib import Path

import pytest

from townsquare.runs import open_run
from townsquare.view import why_queries


@pytest.fixture(scope="module")
def root(town_runs: Path) -> Path:
    return town_runs


def test_likes_before_the_list_was_made(root: Path) -> None:
    run = open_run(root / "news")
    likes = run.events(kinds=["like"])
    shown = run.events(kinds=["shown"])
    liked_early = set(likes.loc[likes["tick"] < 3, "item"])
    row = next(r for r in shown[shown["tick"] == 3].to_dict("records") if r["item"] in liked_early)
    agent, item = int(row["agent"]), int(row["item"])
    found = why_queries.known(run, agent, item, 3)
    assert found.ticks == range(3)
    before = likes[likes["tick"] < 3]
    assert found.likes == (before["item"] == item).sum()
    mine = set(before.loc[before["agent"] == agent, "item"])
    shared = {
        one for one in set(before.loc[before["item"] == item, "agent"])
        if one != agent and mine & set(before.loc[before["agent"] == one, "item"])
    }  # fmt: skip
    assert found.likers == len(shared)
    about = run.items().set_index("item")
    author = about["author"][item]
    assert set(found.same_author) == {one for one in mine if about["author"][one] == author}
    assert set(found.same_category) == {one for one in mine if about["category"][one] == about["category"][item]}


def test_the_place_of_an_item_by_score(root: Path) -> None:
    run = open_run(root / "news")
    rows = run.events(ticks=range(3, 4))
    chosen = rows[(rows["kind"] == "shown") & (rows["why"] == "match")]
    agent = int(chosen.groupby("agent")["value"].nunique().idxmax())
    mine, rows = chosen[chosen["agent"] == agent].sort_values("rank"), rows[rows["agent"] == agent]
    told = [why_queries.by_score(run, rows, item) for item in mine["item"]]
    first, last = mine.iloc[0]["value"], mine.iloc[-1]["value"]
    assert first > last
    assert told[0].startswith(f"score {first:.6g}, number 1 of the {len(mine)} it chose")
    assert told[-1].startswith(
        f"score {last:.6g}, number {1 + (mine['value'] > last).sum()} of the {len(mine)} it chose"
    )
    tied = mine["value"].map(mine["value"].value_counts()) > 1
    assert [one.endswith(", tied") for one in told] == tied.tolist()
    other = rows.loc[(rows["kind"] == "shown") & (rows["why"] != "match"), "item"].iloc[0]
    assert why_queries.by_score(run, rows, other) == ""
    team = open_run(root / "team")
    shown = team.events(kinds=["shown"])
    row = shown[shown["why"] == "match"].iloc[0]
    assert why_queries.by_score(team, shown[shown["agent"] == row["agent"]], row["item"]) == ""


def test_what_rests_on_an_item(root: Path) -> None:
    run = open_run(root / "news")
    posts = run.events(kinds=["post"])
    item = int(posts.loc[posts["ref"] >= 0, "ref"].mode()[0])
    assert why_queries.inspired(run, item)["item"].tolist() == posts.loc[posts["ref"] == item, "item"].tolist()


def test_the_setting_that_closes_a_way(root: Path) -> None:
    news, campaign = open_run(root / "news"), open_run(root / "campaign")
    assert why_queries.closing(news, "match")[:2] == ("recommender.name", "random")  # type: ignore[index]
    assert why_queries.closing(news, "cold_start")[:2] == ("slate.cold_start", 0.0)  # type: ignore[index]
    assert why_queries.closing(news, "hot") is None  # there are no such places
    assert why_queries.closing(campaign, "followed")[:2] == ("timeline.followed", 0.0)  # type: ignore[index]
    assert why_queries.closing(campaign, "cold_start") is None
    assert why_queries.closing(news, "fill") is None


def test_what_is_withheld_already_stays_so(root: Path, tmp_path: Path) -> None:
    fork = open_run(root / "news").fork(3, {"withheld": [{"item": 5, "agent": 1}]}, out=tmp_path / "fork")
    alone, nobody, closed = why_queries.otherwise(fork, 2, 9, 3, "match")
    assert alone.settings == {"withheld": [{"item": 5, "agent": 1}, {"item": 9, "agent": 2}]}
    assert nobody.settings == {"withheld": [{"item": 5, "agent": 1}, {"item": 9}]}
    assert closed.settings == {"recommender.name": "random"}
    assert why_queries.otherwise(fork, 2, 9, 2, None)[0].settings == {"withheld": [{"item": 9}]}
    assert len(why_queries.otherwise(fork, 2, 9, 2, "fill")) == 2


def test_a_town_without_lists_has_nothing_to_withhold(root: Path) -> None:
    assert why_queries.otherwise(open_run(root / "network"), 0, 0, 0, None) == []
