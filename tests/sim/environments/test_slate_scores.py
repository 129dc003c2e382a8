"""Scores on record are those that the recommender gave, in every town that has one, and change nothing else."""

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import townsquare as ts
from townsquare import build
from townsquare.protocols import ContractError, Events, InputError, ScenarioError, Slates
from townsquare.protocols.events import KIND, REASON
from townsquare.protocols.scenario import load
from townsquare.runs import open_run
from townsquare.sim import engine
from townsquare.sim.environments.slate_scores import SlateScores

# ---- by hand -------------------------------------------------------------------------------------------------------

MATCH, FILL = REASON["match"], REASON["fill"]


def noted(wanted: bool = True) -> SlateScores:
    """Agent 1 got items 5 and 9, agent 4 item 5; blocks in the order in which threads happened to end."""
    scores = SlateScores(wanted)
    scores.note(np.array([4]), Slates(np.array([[5, -1]]), np.array([[0.25, -np.inf]])), "recommender x")
    scores.note(np.array([1]), Slates(np.array([[5, 9]]), np.array([[2.0, -1.1234567]])), "recommender x")
    return scores


def test_scores_are_found_by_agent_and_item_and_only_where_the_recommender_chose() -> None:
    agents, items = np.array([1, 1, 4, 1]), np.array([9, 5, 5, 5])
    found = noted().of(agents, items, np.array([MATCH, MATCH, MATCH, FILL]))
    assert found.tolist() == [-1.12346, 2.0, 0.25, 0.0]
    assert noted(wanted=False).of(agents, items, np.full(4, MATCH)).tolist() == [0.0] * 4
    assert noted().of(agents[:0], items[:0], items[:0]).tolist() == []


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        (np.zeros((1, 3)), r"gave scores of type float64 and shape \(1, 3\), not numbers of shape \(1, 2\)"),
        (np.array([["a", "b"]]), "gave scores of type <U1"),
        (np.array([[1.0, np.nan]]), "gave an item a score that is not finite"),
    ],
)
def test_scores_that_cannot_be_written_down_are_a_sentence_where_they_are_wanted(scores: Any, says: str) -> None:
    slates = Slates(np.array([[3, 4]]), scores)
    with pytest.raises(ContractError, match=f"^recommender x {says}"):
        SlateScores(wanted=True).note(np.array([0]), slates, "recommender x")
    SlateScores(wanted=False).note(np.array([0]), slates, "recommender x")


# ---- in towns ------------------------------------------------------------------------------------------------------

NEWS = {"users.count": 40, "creators.count": 5, "ticks": 4, "slate.length": 10, "slate.hot": 0.2, "clicks": 3}
MEMBERS = {"members.count": 40, "members.posts": 0.3, "ticks": 4}
TOWNS: dict[str, dict[str, Any]] = {
    "news": {**NEWS, "recommender.name": "ease"},
    "team": {**NEWS, "recommender.name": "bpr", "recommender.epochs": 2},
    "campaign": {**MEMBERS, "recommender.name": "popular", "persuaders.count": 2},
    "moderation": {**MEMBERS, "recommender.name": "recent", "moderator.name": "panel",
                   "moderator.action": "demote", "kinds.toxic": 0.3},
    "shilling": {"customers.count": 30, "shop.items": 40, "shills.count": 2, "ticks": 3, "recommender.name": "ease"},
}  # fmt: skip


@cache
def lived(name: str, scores: bool) -> tuple[list[Events], list[dict[tuple[int, int], float]]]:
    """Per tick its events, and by (agent, item) the score that the recommender itself gave in that tick."""
    scenario: Any = load(name, TOWNS[name] | ({"record.scores": True} if scores else {}))
    built = build.build(scenario)
    recommender: Any = built.town.recommender
    answer, given = recommender.recommend, []

    def heard(agents: Any, *args: Any, **kwargs: Any) -> Slates:
        slates: Slates = answer(agents, *args, **kwargs)
        for row, place in np.argwhere(slates.items >= 0):
            given[-1][int(agents[row]), int(slates.items[row, place])] = float(slates.scores[row, place])
        return slates

    async def live() -> list[Events]:
        events = []
        for t in range(scenario.ticks):
            build.retune(built, scenario, t)
            given.append({})
            events.append(await engine.tick(t, built.town))
        return events

    recommender.recommend = heard
    return asyncio.run(live()), given


@pytest.mark.parametrize("name", list(TOWNS))
def test_what_is_on_record_is_what_the_recommender_gave(name: str) -> None:
    events, given = lived(name, scores=True)
    chosen = rising = 0
    for made, scores in zip(events, given, strict=True):
        shown = made.only("shown")
        match = shown.why == MATCH
        pairs = list(zip(shown.agent[match].tolist(), shown.item[match].tolist(), strict=True))
        assert shown.value[match] == pytest.approx([scores[pair] for pair in pairs], abs=6e-6)
        assert not shown.value[~match].any()
        chosen += int((shown.value[match] != 0).sum())
        order = np.lexsort((shown.rank[match], shown.agent[match]))
        agent, value = shown.agent[match][order], shown.value[match][order]
        rising += int((np.diff(value)[np.diff(agent) == 0] > 0).sum())
    assert chosen > 20
    assert (rising > 0) == (name == "moderation")  # where what is demoted goes last, whatever its score


@pytest.mark.parametrize("name", list(TOWNS))
def test_by_default_there_is_none_and_all_else_is_the_same(name: str) -> None:
    plain, _ = lived(name, scores=False)
    scored, _ = lived(name, scores=True)
    for without, made in zip(plain, scored, strict=True):
        assert not without.only("shown").value.any()
        bare = replace(made, value=np.where(made.kind == KIND["shown"], np.float32(0), made.value))
        assert bare.digest() == without.digest()


# ---- in runs -------------------------------------------------------------------------------------------------------


def test_a_run_that_is_taken_up_or_forked_has_the_same_scores(tmp_path: Path) -> None:
    town = TOWNS["news"] | {"users.count": 20, "recommender.name": "popular", "record.scores": True}
    whole = ts.run("news", seed=2, set=town, out=tmp_path / "whole", workers=2)

    def stop(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ts.run("news", seed=2, set=town, out=tmp_path / "cut", progress=stop)
    assert open_run(tmp_path / "cut").resume().info.digest == whole.info.digest
    assert whole.fork(3, out=tmp_path / "fork").info.digest == whole.info.digest
    for wanted in (True, False):
        with pytest.raises((InputError, ScenarioError), match=r"'record\.scores' is laid down when the town is built"):
            whole.fork(2, {"record.scores": wanted}, out=tmp_path / "otherwise")


def test_scores_without_rows_to_stand_in() -> None:
    with pytest.raises(ScenarioError, match=r"^record: scores are written into the rows .* need exposures = true\.$"):
        load("news", {"record.scores": True, "record.exposures": False})
