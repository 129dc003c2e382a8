"""What an agent saw: places, reasons, verdicts, deeds, and the ticks beside."""

from pathlib import Path

import pytest

from tests.view.towns import HOSTILE, marked, page, told
from townsquare.runs import open_run


def test_places_in_order_with_why_and_what_was_done(root: Path) -> None:
    run = open_run(root / "news")
    events = run.events(ticks=range(2, 3))
    mine = events[events["agent"] == 5]
    opened = page("feed", run="news", agent=5, tick=2)
    assert not opened.exception
    assert opened.subheader[0].value == "What reader\\-5 \\(users\\) saw at tick 2"
    texts = [one.value for one in opened.text]
    assert [text for text in texts if text.isdigit()] == [str(place) for place in range(1, 11)]
    liked = (mine["kind"] == "like").sum()
    assert sum("liked it (worth" in text for text in texts) == liked
    assert sum("Did: opened it" in text for text in texts) == (mine["kind"] == "click").sum()
    assert sum(text.startswith("Why: ") for text in texts) == 10


def test_the_score_of_what_the_recommender_chose_and_of_nothing_else(root: Path) -> None:
    run = open_run(root / "news")
    events = run.events(ticks=range(3, 4), kinds=["shown"])
    mine = events[events["agent"] == 5].sort_values("rank")
    opened = page("feed", run="news", agent=5, tick=3)
    whys = [one.value.split("\n") for one in opened.text if one.value.startswith("Why: ")]
    for lines, row in zip(whys, mine.to_dict("records"), strict=True):
        scored = [line for line in lines if line.startswith("Score: ")]
        assert scored == ([f"Score: {row['value']:.6g}"] if row["why"] == "match" else [])
    assert mine.loc[mine["why"] == "match", "value"].nunique() > 1
    assert "It can be compared within this list only" in told(opened)
    team = open_run(root / "team").events(kinds=["shown"])
    row = team[team["why"] == "match"].iloc[0]
    unscored = told(page("feed", run="team", agent=int(row["agent"]), tick=int(row["tick"])))
    assert "record.scores=true" in unscored
    assert "Score: " not in unscored


def test_the_tick_before_and_the_one_after() -> None:
    opened = page("feed", run="news", agent=5, tick=2)
    opened.button[0].click().run()
    assert opened.query_params["tick"] == "1"
    assert opened.sidebar.slider(key="tick-chosen").value == 1
    opened.button[0].click().run()
    assert opened.button[0].disabled
    assert not opened.button[1].disabled


def test_a_name_instead_of_a_number() -> None:
    opened = page("feed", run="news")
    opened.sidebar.text_input(key="agent-typed").set_value("reader-7").run()
    assert opened.query_params["agent"] == "7"
    opened.sidebar.text_input(key="agent-typed").set_value("nobody").run()
    assert "There is no agent" in told(opened)


def test_verdicts_and_what_was_kept_from_everybody(root: Path) -> None:
    run = open_run(root / "team")
    verdicts = run.events(kinds=["verdict"])
    shown = run.events(kinds=["shown"])
    let = verdicts[verdicts["why"] == "show"]
    row = next(
        one for one in shown.to_dict("records")
        if ((let["item"] == one["item"]) & (let["tick"] <= one["tick"])).any()
    )  # fmt: skip
    opened = page("feed", run="team", agent=int(row["agent"]), tick=int(row["tick"]))
    assert "moderator, tick" in told(opened)
    removed = verdicts[(verdicts["why"] == "remove") & (verdicts["tick"] <= 2)]
    last = page("feed", run="team", agent=0, tick=2)
    assert any(one.label.endswith(f": {len(removed)} items") for one in last.expander)


def test_those_who_read_nothing(root: Path) -> None:
    opened = page("feed", run="news", agent=42, tick=1)
    assert not opened.exception
    assert "Nothing was put before this agent" in told(opened)
    assert "wrote t1-c2-0" in told(opened)
    assert "Nothing was put before" in told(page("feed", run="network", agent=0))


def test_exposures_that_were_not_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import townsquare as ts
    from tests.view.towns import NEWS

    ts.run("news", seed=1, set={**NEWS, "ticks": 1, "record.exposures": False}, out=tmp_path / "blind")
    monkeypatch.setenv("TOWNSQUARE_VIEW_ROOT", str(tmp_path))
    assert "was not recorded in this run" in told(page("feed", run="blind"))


@pytest.mark.parametrize("address", [{"agent": "99999"}, {"tick": "-4"}, {"agent": "x", "tick": "y"}, {"run": "../.."}])
def test_an_address_that_leads_nowhere(address: dict[str, str]) -> None:
    assert not page("feed", **{"run": "news", **address}).exception


def test_what_a_hostile_run_holds_is_never_markup(root: Path) -> None:
    run = open_run(root / "hostile")
    who = int(run.events(kinds=["shown"])["agent"].iloc[0])
    opened = page("feed", run="hostile", agent=who, tick=2)
    assert not opened.exception
    assert HOSTILE[:8] not in marked(opened)
    assert HOSTILE[:8] in told(opened)
    assert max(len(one.value) for one in opened.text) < 3_000


def test_what_a_readers_policy_kept_from_it(root: Path) -> None:
    run = open_run(root / "moderation")
    agents, kept = run.agents(), run.verdicts()
    calm, free = (int(agents.loc[agents["policy"] == name, "agent"].iloc[0]) for name in ("calm", "none"))
    hidden = kept[(kept["by"] == "reader: calm") & (kept["action"] == "remove")]
    labels = [one.label for one in page("feed", run="moderation", agent=calm, tick=4).expander]
    assert any("by its policy, calm" in one and f"{len(hidden)} items" in one for one in labels)
    labels = [one.label for one in page("feed", run="moderation", agent=free, tick=4).expander]
    assert "by its policy" not in "".join(labels)
