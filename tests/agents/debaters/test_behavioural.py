"""The debater by rules: one mind, three tasks."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import townsquare as ts
from tests.agents.debaters.seats import ANN, OPENING, PENNY, rows
from townsquare.agents.debaters.behavioural import BehaviouralDebater
from townsquare.agents.minds.wire_form import frame_of, observations, rows_of
from townsquare.agents.personas import Persona
from townsquare.protocols import Streams
from townsquare.protocols.actions import KIND, Actions
from townsquare.protocols.debate import against
from townsquare.protocols.errors import ContractError

TOPIC = [("topic", PENNY)]
SAID = [("topic", PENNY), *[("own", "Pennies shine."), ("opponent", "Nickels clank.")] * 3]


def debater(seed: int = 0, **settings: float) -> BehaviouralDebater:
    return BehaviouralDebater(BehaviouralDebater.Config(**settings), Streams(seed), lambda agent: Persona())


def values(actions: Actions, kind: str) -> list[float]:
    return actions.value[actions.kind == KIND[kind]].tolist()


async def test_screening_gives_both_ratings_on_their_scales() -> None:
    done = await debater().decide(rows("screen", 1, *[TOPIC] * 300))
    for kind in ("opinion", "rate"):
        found = values(done, kind)
        assert len(found) == 300
        assert set(found) == {1, 2, 3, 4, 5}
    assert set(done.item.tolist()) == set(range(300))


async def test_a_statement_answers_what_it_should() -> None:
    lying = [("topic", PENNY), ("own", "Pennies shine."), ("opponent", "Nickels clank.")]
    done = await debater().decide(rows("argue", OPENING + 1, lying))
    assert done.item.tolist() == [2]
    assert "Nickels clank" in done.text[0]
    assert (await debater().decide(rows("argue", OPENING, TOPIC))).item.tolist() == [-1]


async def test_no_profile_no_difference_but_with_one_there_is() -> None:
    """Nothing but the told profile sets the personalised turns apart: same seats, same luck."""
    plain = await debater().decide(rows("argue", OPENING, *[TOPIC] * 200))
    told = await debater().decide(rows("argue", OPENING, *[[*TOPIC, ("profile", ANN)]] * 200))
    assert 20 < sum(a != b for a, b in zip(plain.text, told.text, strict=True)) < 200
    empty = await debater().decide(rows("argue", OPENING, *[[*TOPIC, ("profile", "gender: other")]] * 200))
    assert plain.text.tolist() == empty.text.tolist()


async def test_settling_starts_from_the_rating_that_was_given() -> None:
    mind = debater(susceptibility=0.0, conviction=0.0, wavering=0.0)
    for before in range(1, 6):
        done = await mind.decide(rows("settle", 5, SAID, before=before))
        assert values(done, "opinion") == [before]
        assert len(values(done, "guess")) == 1
    first = values(await mind.decide(rows("screen", 1, *[TOPIC] * 40)), "opinion")
    again = values(await mind.decide(rows("settle", 5, *[SAID] * 40)), "opinion")
    assert again == first, "where it is not told its rating it knows it"


async def test_who_debates_with_nobody_stays_and_guesses_nothing() -> None:
    done = await debater(susceptibility=1.0).decide(rows("settle", 5, TOPIC, side=0, before=4))
    assert (values(done, "opinion"), values(done, "guess")) == ([4], [])


async def test_susceptibility_moves_people_beyond_what_people_do() -> None:
    before = np.tile(np.arange(1, 6), 40)
    shifts = []
    for susceptibility in (0.0, 0.2, 0.5, 1.0):
        seen = rows("settle", 5, *[SAID] * len(before), side=-1)
        seen.traits["before"][:] = before  # type: ignore[index]
        done = await debater(susceptibility=susceptibility).decide(seen)
        shifts.append(np.mean(np.array(values(done, "opinion")) - before))
    assert shifts == sorted(shifts)
    assert -0.5 < shifts[0] < -0.1
    assert -0.22 < shifts[1] < 0.14, "the range of people in the trial"
    assert shifts[3] > 0.8


async def test_another_task_is_refused() -> None:
    with pytest.raises(ContractError, match=r"screen, argue, settle, and was asked to 'code'"):
        await debater().decide(rows("code", 5, TOPIC))


def shifts(run: ts.Run) -> pd.Series:
    """Mean move towards the opponent, by arm."""
    events, agents = run.events(), run.agents().set_index("agent")
    side = events[events["kind"] == "assign"].set_index("agent")["value"].astype(int)
    said = events[(events["kind"] == "opinion") & events["agent"].isin(side.index)]
    turned = [against(int(value), side[agent]) for agent, value in zip(said["agent"], said["value"], strict=True)]
    moved = said.assign(value=turned).pivot_table(index="agent", columns="tick", values="value")
    return (moved[5] - moved[1]).groupby(agents["arm"]).mean()


def test_a_trial_in_which_minds_decide(tmp_path: Path) -> None:
    """By default within what people did in the trial (-0.22 to +0.14); far beyond it where people are made to yield."""
    small = {"debates": 60, "control": 20, "people.update": "own"}
    plain = ts.run("persuasion", set=small, out=tmp_path / "a")
    moved = shifts(plain)
    assert moved.between(-0.22, 0.14).all()
    events = plain.events()
    assert (events["kind"] == "say").sum() == 60 * 4 * 2 * 3
    assert not events["kind"].isin(["refused", "no_answer"]).any()
    control = set(plain.agents().query("arm == 'no-debate'")["agent"])
    drift = events[(events["kind"] == "opinion") & events["agent"].isin(control)]
    assert (drift.groupby("agent")["value"].agg(np.ptp) == 0).all()
    easy = ts.run("persuasion", set={**small, "people.susceptibility": 1.0}, out=tmp_path / "b")
    assert (shifts(easy) > 0.8).all()
    assert plain.replay() is None


async def test_elsewhere_it_says_what_it_says_at_home() -> None:
    """Through the JSON of a `decide` task, as an agent on a broker gets it."""
    for task, tick, lying in (
        ("screen", 1, TOPIC),
        ("argue", OPENING, [*TOPIC, ("profile", ANN)]),
        ("settle", 5, SAID),
    ):
        seen = rows(task, tick, *[lying] * 5, before=2)
        wire = json.loads(json.dumps({**frame_of(seen, 0), "rows": rows_of(seen)}))
        mind = BehaviouralDebater(BehaviouralDebater.Config(), Streams(0))
        home, away = await mind.decide(seen), await mind.decide(observations(wire))
        assert home.text.tolist() == away.text.tolist()
        assert home.value.tolist() == away.value.tolist()
        assert home.item.tolist() == away.item.tolist()
