"""Two moderated timelines are compared member by member, with the numbers that a run prints."""

from pathlib import Path
from typing import Any

import pytest

import townsquare as ts
from townsquare.comparison.moderation import moderation_of
from townsquare.dashboard.labels import label_of

TOWN: dict[str, Any] = {
    "members.count": 80, "members.posts": 0.3, "ticks": 5, "recommender.name": "random", "kinds.toxic": 0.15,
}  # fmt: skip


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> tuple[ts.Run, ts.Run]:
    folder = tmp_path_factory.mktemp("arms")
    free, strict = ({"moderator.name": name} for name in ("none", "harm-words"))
    return (
        ts.run("moderation", seed=1, set=TOWN | free, out=folder / "free"),
        ts.run("moderation", seed=1, set=TOWN | strict, out=folder / "strict"),
    )


def rows(*runs: ts.Run, **more: Any) -> dict[str, dict[str, Any]]:
    return {row["measure"]: row for row in ts.compare(*runs, **more).rows() if row["unit"] == "agent"}


def test_the_numbers_are_those_that_a_run_prints(arms: tuple[ts.Run, ts.Run]) -> None:
    found, told = rows(*arms), moderation_of(arms[1])
    assert told is not None
    for one in told.readers:
        after = "" if one["group"] == "all" else f"/{one['group']}"
        row = found[f"harm_of_shown{after}"]
        assert row["n"] == one["readers"]
        assert row["mean_a"] == pytest.approx(one["without"])
        assert row["mean_b"] == pytest.approx(one["harm"])
        assert found[f"harm_of_read{after}"]["mean_b"] == pytest.approx(one["read"])
        if one["unwanted"] is not None:
            assert found[f"unwanted_of_shown{after}"]["mean_b"] == pytest.approx(one["unwanted"])
    assert found["harm_of_shown"]["interval"][1] < 0
    for one in told.authors:
        row = found[f"posts_per_author/{one['kind']}"]
        assert (row["n"], row["mean_a"]) == (one["authors"], pytest.approx(one["without"]))
        assert row["mean_b"] == pytest.approx(one["posts"])


def test_the_first_ticks_can_be_left_out(arms: tuple[ts.Run, ts.Run]) -> None:
    late, measures = rows(*arms, burn_in=3), arms[1].measures()
    mine = measures[(measures["measure"] == "harm_shown") & (measures["tick"] >= 3)]["value"]
    assert late["harm_of_shown"]["mean_b"] == pytest.approx(mine.mean(), abs=1e-6)  # all timelines are full
    posts = arms[0].items()
    posts = posts[(posts["born"] >= 3) & (posts["reply_to"] < 0)]
    kinds = arms[0].agents().set_index("agent")["kind"]
    benign = posts["author"].map(kinds) == "benign"
    assert late["posts_per_author/benign"]["mean_a"] == pytest.approx(benign.sum() / (kinds == "benign").sum() / 2)


def test_groups_of_one_arm_are_left_out(arms: tuple[ts.Run, ts.Run], tmp_path: Path) -> None:
    other = ts.run("moderation", seed=1, set=TOWN | {"moderator.name": "none", "readers.policies": []},
                   out=tmp_path / "other")  # fmt: skip
    found = rows(arms[0], other)
    assert "harm_of_shown/calm" not in found
    assert found["harm_of_shown"]["n"] == 80
    assert found["harm_of_shown/none"]["n"] == rows(*arms)["harm_of_shown/none"]["n"]


@pytest.mark.slow
def test_without_exposures_nothing_is_said_of_what_was_shown(tmp_path: Path) -> None:
    blind = [
        ts.run("moderation", seed=1, out=tmp_path / name,
               set=TOWN | {"ticks": 3, "record.exposures": False, "moderator.name": name})
        for name in ("none", "harm-words")
    ]  # fmt: skip
    found = rows(*blind)
    assert "harm_of_read" in found
    assert not any(name.startswith(("harm_of_shown", "unwanted_of_shown")) for name in found)


@pytest.mark.slow
def test_several_seeds_are_compared_by_their_means(arms: tuple[ts.Run, ts.Run], tmp_path: Path) -> None:
    more = [
        ts.run("moderation", seed=2, set=TOWN | {"moderator.name": name}, out=tmp_path / name)
        for name in ("none", "harm-words")
    ]
    found = {row["measure"]: row for row in ts.compare(arms[0], arms[1], *more).rows()}
    assert found["harm_of_shown/none"]["unit"] == "seed"
    assert found["harm_of_shown/none"]["n"] == 2
    assert found["harm_of_shown/none"]["difference"] < 0


def test_they_have_labels() -> None:
    assert label_of("harm_of_shown/calm").label == f"{label_of('harm_of_shown').label}, calm"
    assert label_of("harm_of_shown").unit
