"""A debate trial, stage by stage."""

import numpy as np
import pytest

from tests.debaters import plain, through, ticked, told, trial
from townsquare.protocols import Actions, Observations
from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.debate import ARMS, CLUSTERS, FIELDS, STAGES
from townsquare.protocols.events import KIND, REASON, Events
from townsquare.protocols.slates import Slates
from townsquare.sim.environments.debate import Debate
from townsquare.sim.measures.debate import debate as measured


def rows(events: Events, kind: str) -> Events:
    return events.only(kind)


def values(debate: Debate, tick: int, agent: int, value: float, kind: str = "opinion"):
    """A deed in which one agent gives another value."""

    def deed(seen: Observations) -> Actions:
        done = plain(seen)
        mine = (done.agent == agent) & (done.kind == ACTION[kind])
        return Actions(done.agent, done.kind, done.item, np.where(mine, value, done.value), done.vector, done.text)

    return ticked(debate, tick, deed)[0]


def silent(*agents: int, why: str = "failed"):
    """A deed in which some agents' minds give no answer."""

    def deed(seen: Observations) -> Actions:
        done = plain(seen)
        quiet = np.array([agent for agent in agents if agent in seen.agents], np.int32)
        missing = Actions.of("no_answer", quiet, np.full(len(quiet), -1), value=float(REASON[why]))
        return Actions.concat([done.where(~np.isin(done.agent, quiet)), missing])

    return deed


# ---- the stage machine (dossier 5, 8) ------------------------------------------------------------------------------


def test_stages_come_in_order_and_everybody_does_what_is_due():
    debate = trial()
    seen = [[(cohort.group, cohort.task) for cohort in cohorts] for _, cohorts in through(debate)]
    turn = [("people", "argue"), ("opponents", "argue")]
    assert STAGES == ("survey", "screening", "opening", "rebuttal", "conclusion", "post")
    assert seen == [[], [("people", "screen")], turn, turn, turn, [("people", "settle")]]


def test_the_side_is_drawn_after_the_rating():
    debate = trial()
    ticked(debate, 0)
    events, (screen,) = ticked(debate, 1)
    assert "side" not in screen.traits
    last_rating = np.flatnonzero(events.kind == KIND["opinion"]).max()
    assert np.flatnonzero(events.kind == KIND["assign"]).min() > last_rating
    assert (rows(events, "opinion").why == REASON["before"]).all()


def test_both_sides_are_opposite_and_the_control_has_none():
    debate = trial()
    assigned = rows(through(debate, 2)[1][0], "assign")
    side = dict(zip(assigned.agent.tolist(), assigned.value.tolist(), strict=True))
    assert len(side) == 24
    assert all(side[agent] == -side[int(other)] for agent, other in zip(assigned.agent, assigned.ref, strict=True))
    assert (debate.sides[18:20] == 0).all()


def test_an_opening_hears_nobody_a_rebuttal_the_opening_a_conclusion_the_rebuttal():
    debate = trial()
    seen = [cohorts for _, cohorts in through(debate)]
    for cohort in (0, 1):
        opening, rebuttal, conclusion = (seen[tick][cohort] for tick in (2, 3, 4))
        for row, agent in enumerate(opening.agents.tolist()):
            other = int(debate.design.partner[agent])
            assert told(opening, row)["opponent"] == told(opening, row)["own"] == []
            assert told(rebuttal, row)["opponent"] == [f"stage 2 by {other}"]
            assert told(rebuttal, row)["own"] == [f"stage 2 by {agent}"]
            assert told(conclusion, row)["opponent"] == [f"stage 2 by {other}", f"stage 3 by {other}"]
            assert told(conclusion, row)["own"] == [f"stage 2 by {agent}", f"stage 3 by {agent}"]


def test_neither_sees_what_the_other_writes_in_the_same_tick():
    debate = trial()
    for events, cohorts in through(debate):
        new = set(rows(events, "say").item.tolist())
        for seen in cohorts:
            assert not new & set(seen.items.ravel().tolist())


def test_who_settles_sees_the_whole_debate_and_the_control_its_topic():
    debate = trial()
    (settle,) = through(debate)[5][1]
    first, control = told(settle, 0), told(settle, 19)
    assert [len(first[role]) for role in ("topic", "own", "opponent")] == [1, 3, 3]
    assert [len(control[role]) for role in ("topic", "own", "opponent")] == [1, 0, 0]
    assert settle.traits["side"][19] == 0
    assert settle.traits["before"].tolist() == debate.before.tolist()


def test_what_is_said_answers_what_was_said():
    debate = trial()
    events = [happened for happened, _ in through(debate)]
    opening, rebuttal, conclusion = (rows(events[tick], "say") for tick in (2, 3, 4))
    assert (opening.ref == -1).all()
    author = dict(zip(opening.item.tolist(), opening.agent.tolist(), strict=True))
    assert [author[int(item)] for item in rebuttal.ref] == debate.design.partner[rebuttal.agent].tolist()
    assert set(conclusion.ref.tolist()) == set(rebuttal.item.tolist())


# ---- who is told what (dossier 6) ----------------------------------------------------------------------------------


def test_a_profile_lies_before_those_who_are_told_and_nobody_else():
    debate = trial()
    design = debate.design
    for _, cohorts in through(debate):
        for seen in cohorts:
            for row, agent in enumerate(seen.agents.tolist()):
                texts = seen.row(row).texts
                if seen.task == "argue" and design.told[agent]:
                    other = int(design.partner[agent])
                    assert told(seen, row)["profile"] == ["\n".join(f"{f}: {f} of {other}" for f in FIELDS)]
                    texts = [text for text in texts if text not in told(seen, row)["profile"]]
                else:
                    assert told(seen, row)["profile"] == []
                assert not any(f"{field} of" in text for text in texts for field in FIELDS)


def test_the_one_whose_data_are_told_is_the_one_who_counts():
    design = trial().design
    for arm, name in enumerate(ARMS):
        here = design.debaters[design.arm[design.debaters] == arm]
        if "personalised" in name:
            assert design.counted[here].sum() == design.told[here].sum() == 3
            assert (design.told[design.partner[here]] == design.counted[here]).all()
        else:
            assert not design.told[here].any()
    assert [int(design.counted[design.arm == arm].sum()) for arm in range(5)] == [6, 3, 3, 3, 0]


# ---- opinions (dossier 4, 10) --------------------------------------------------------------------------------------


def test_the_published_table_decides_unless_the_mind_does():
    drawn = rows(through(trial())[5][0], "opinion")
    own = rows(through(trial(people={"update": "own"}))[5][0], "opinion")
    assert [int((drawn.why == REASON[why]).sum()) for why in ("drawn", "after")] == [18, 2]
    assert [int((own.why == REASON[why]).sum()) for why in ("drawn", "after")] == [0, 20]


def test_a_plain_mind_that_stays_put_leaves_the_control_where_it_was():
    debate = trial(control=300)
    through(debate)
    control = slice(debate.design.n_people - 300, None)
    assert (debate.after[control] == debate.before[control]).all()


def test_with_the_published_table_people_move_away_from_other_people():
    debate = trial(debates=600, arms=["human-human"], control=0)
    through(debate)
    assert debate.view is not None
    moved = debate.view.after - debate.view.before
    assert -0.35 < moved.mean() < -0.1  # -.212 from everywhere alike (derived)
    table = debate.kernel(np.full(1000, 5), np.zeros(1000, int), np.linspace(0.0005, 0.9995, 1000))
    assert table.mean() == pytest.approx(3.891, abs=0.01)


def test_the_other_person_of_a_personalised_debate_is_one_of_human_human():
    debate = trial(debates=40, arms=["human-human", "human-human-personalised"], control=0)
    through(debate)
    second = debate.design.partner[debate.design.counted & (debate.design.arm == 2)]
    human = debate.design.partner[debate.design.leads & (debate.design.arm == 0)]
    assert (debate.after[second] == debate.after[human]).all()


def test_outcomes_are_read_on_the_opponents_side():
    debate = trial()
    through(debate, 1)
    events = values(debate, 1, 0, 4.0)
    assert debate.view is not None
    assert debate.view.before[0] == (2 if rows(events, "assign").value[0] > 0 else 4)


# ---- what is not taken ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 6, 2.5, np.nan, np.inf, -1])
def test_a_rating_off_the_scale_is_refused_and_never_read_as_no_change(value):
    debate = trial(people={"update": "own"})
    ticked(debate, 0)
    events = values(debate, 1, 0, value)
    refused = rows(events, "refused")
    assert refused.agent.tolist() == [0]
    assert refused.why.tolist() == [REASON["not allowed"]]
    for tick in (2, 3, 4):
        ticked(debate, tick)
    _, (settle,) = ticked(debate, 5)
    assert 0 not in settle.agents
    assert debate.after[0] == 0
    found = measured(debate.view)
    assert found["people_left_out"] == 1


def test_a_rating_off_the_scale_afterwards_leaves_nothing_after():
    debate = trial(people={"update": "own"})
    through(debate, 5)
    events = values(debate, 5, 1, 7.0)
    assert rows(events, "refused").agent.tolist() == [1]
    assert debate.after[1] == 0
    assert measured(debate.view)["refused"] == 1


def test_the_second_of_two_ratings_is_refused_and_so_is_another_topic():
    debate = trial()
    ticked(debate, 0)

    def twice(seen: Observations) -> Actions:
        other = (seen.items[:1, 0] + 1) % 30
        more = Actions.of("opinion", seen.agents[:1], seen.items[:1, 0], value=1.0)
        return Actions.concat([plain(seen), more, Actions.of("rate", seen.agents[:1], other, value=1.0)])

    events, _ = ticked(debate, 1, twice)
    assert rows(events, "refused").why.tolist() == [REASON["twice"], REASON["not shown"]]


def test_nobody_acts_out_of_turn():
    debate = trial()
    ticked(debate, 0)
    strangers = np.array([18, 999, -1, 21])  # the control, nobody, nobody, an opponent

    def deed(seen: Observations) -> Actions:
        more = Actions.of("say", strangers, np.full(4, -1), text=["I"] * 4)
        return Actions.concat([plain(seen), more, Actions.of("opinion", strangers[3:], np.array([0]), value=3.0)])

    events, _ = ticked(debate, 1, deed)
    assert (rows(events, "refused").why == REASON["not allowed"]).all()
    assert len(rows(events, "refused")) == 5


@pytest.mark.parametrize("kind", [-1, 0, 2, 99])
def test_what_nobody_can_do_is_refused(kind):
    debate = trial()
    ticked(debate, 0)

    def deed(seen: Observations) -> Actions:
        done = plain(seen)
        return Actions(done.agent, np.full(len(done), kind, np.int8), done.item, done.value, done.vector, done.text)

    events, _ = ticked(debate, 1, deed)
    assert (rows(events, "refused").why == REASON["not allowed"]).all()
    assert len(rows(events, "refused")) == 40
    assert (debate.before == 0).all()


def test_a_guess_takes_an_opponent():
    debate = trial()
    through(debate, 5)

    def deed(seen: Observations) -> Actions:
        return Actions.of("guess", seen.agents, np.full(len(seen), -1), value=0.0)

    events, _ = ticked(debate, 5, deed)
    assert rows(events, "refused").agent.tolist() == [18, 19]
    assert (debate.guess[:18] == 0).all()


# ---- silence -------------------------------------------------------------------------------------------------------


def test_who_wrote_nothing_is_said_so_to_the_other_side():
    debate = trial()
    through(debate, 2)
    events, _ = ticked(debate, 2, silent(0))
    assert rows(events, "no_answer").agent.tolist() == [0]
    found = measured(debate.view)
    assert (found["statements_missing"], found["no_answers"]) == (1, 1)
    events, (people, _) = ticked(debate, 3)
    assert told(people, 1)["opponent"] == ["(wrote nothing)"]
    assert told(people, 0)["own"] == ["(wrote nothing)"]
    assert rows(events, "say").ref[1] == -1
    assert measured(debate.view)["statements_missing"] == 0


@pytest.mark.parametrize("text", ["", "  \n", "a" * 8001, None, 7])
def test_no_words_and_too_many_are_no_statement(text):
    debate = trial()
    through(debate, 2)

    def deed(seen: Observations) -> Actions:
        done = plain(seen)
        done.text[done.agent == 0] = text
        return done

    events, _ = ticked(debate, 2, deed)
    assert rows(events, "refused").agent.tolist() == [0]
    assert measured(debate.view)["statements_missing"] == 1


def test_who_gave_no_rating_debates_on_and_is_left_out():
    debate = trial()
    ticked(debate, 0)
    ticked(debate, 1, silent(0, why="declined"))
    assert debate.sides[0] != 0
    for tick in (2, 3, 4):
        _, (people, _) = ticked(debate, tick)
        assert 0 in people.agents
    events, (settle,) = ticked(debate, 5)
    assert 0 not in settle.agents
    assert 0 not in rows(events, "opinion").agent
    assert measured(debate.view)["people_left_out"] == 1


# ---- chance --------------------------------------------------------------------------------------------------------


def test_sides_are_balanced():
    debate = trial(debates=1000, arms=["human-ai"], control=0)
    through(debate, 2)
    assert (debate.sides[:1000] == 1).mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("side", "value"), [("pro", 1), ("con", -1)])
def test_a_side_can_be_laid_down(side, value):
    debate = trial(side=side)
    through(debate, 2)
    assert (debate.sides[debate.design.leads] == value).all()


def test_the_same_person_has_the_same_luck_in_every_arm():
    debate = trial(debates=60)
    through(debate)
    design = debate.design
    first = [np.flatnonzero(design.leads & (design.arm == arm)) for arm in range(4)]
    for column in (design.topic, design.seat, debate.before, debate.sides):
        assert all((column[rows] == column[first[0]]).all() for rows in first)
    towards = debate.view.after
    assert (towards[first[3]] >= towards[first[0]]).all()
    assert (towards[first[3]] > towards[first[0]]).any()


def test_unpaired_arms_have_people_of_their_own():
    debate = trial(debates=60, paired=False)
    through(debate)
    people = np.flatnonzero(debate.design.arm[: debate.design.n_people] >= 0)
    assert len(np.unique(debate.design.seat[people])) == len(people)


# ---- judges, state -------------------------------------------------------------------------------------------------


def test_judges_code_every_statement():
    debate = trial(judges={"count": 2})
    events, (_, code) = through(debate)[5]
    assert code.task == "code"
    assert code.items.shape == (2 * 24, 3)
    assert len(rows(events, "code")) == 2 * 72 * 10
    assert set(rows(events, "code").rank.tolist()) == set(range(10))
    found = measured(debate.view)
    assert found["rhetoric_logical_reasoning_people_human_ai"] == 0
    assert found["rhetoric_authority_opponents_human_ai"] == 3


def test_a_code_off_the_scale_and_one_of_nothing_are_refused():
    debate = trial(judges={"count": 1})
    through(debate, 4)
    ticked(debate, 4, silent(0))
    missing = int(debate.transcript.item(np.array([0]), 2)[0])

    def deed(seen: Observations) -> Actions:
        if seen.task != "code":
            return plain(seen)
        items = np.array([missing, seen.items[1, 0], seen.items[1, 1], 0])
        vector = np.full((4, 10), [[1.0], [4.0], [np.nan], [1.0]])
        return Actions.of("code", np.full(4, seen.agents[0]), items, vector=vector)

    events, (_, code) = ticked(debate, 5, deed)
    assert missing not in code.items
    why = [REASON[name] for name in ("not shown", "not allowed", "not allowed", "not shown")]
    assert rows(events, "refused").why.tolist() == why
    assert np.isnan(measured(debate.view)["rhetoric_evidence_people_human_ai"])


@pytest.mark.parametrize("tick", range(1, 6))
def test_it_goes_on_from_its_state(tick):
    debate, other = trial(judges={"count": 1}), trial(judges={"count": 1})
    whole = [events.digest() for events, _ in through(debate)]
    half = trial(judges={"count": 1})
    through(half, tick)
    other.load({name: column.copy() for name, column in half.state().items()})
    rest = [ticked(other, at)[0].digest() for at in range(tick, 6)]
    assert rest == whole[tick:]
    assert measured(other.view) == pytest.approx(measured(debate.view), nan_ok=True)


def test_an_arm_alone_is_the_arm_among_others():
    alone, all_four = trial(arms=["human-ai-personalised"], control=0), trial()
    through(alone)
    through(all_four)
    mine = np.flatnonzero(all_four.design.leads & (all_four.design.arm == 3))
    assert (alone.after[:3] == all_four.after[mine]).all()


def test_nothing_happens_in_the_survey():
    debate = trial()
    assert debate.observe(0, Slates.nothing()) == []
    assert len(debate.apply(0, [])) == 0
    assert debate.view is not None
    assert all(topic.cluster in CLUSTERS for topic in debate.topics)
