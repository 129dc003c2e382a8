"""Counterspeech in a whole town (moderation dossier 6(e)): bots, bystanders, the guard, measures and the sweep."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import townsquare as ts
from townsquare.agents.counterspeech.strategy import MOVES
from townsquare.protocols.counterspeech import CELLS, LABEL, Bystanders
from townsquare.protocols.settings import Settings
from townsquare.runs import open_run
from townsquare.sim.measures.thread_table import thread_rows
from townsquare.sim.moderators.harm_words import harm
from townsquare.sim.scenarios.campaign import Bots

TOWN = {
    "ticks": 10,
    "members.count": 200,
    "members.hostile": 0.15,
    "members.posts": 0.1,
    "persuaders.count": 0,
    "retrain": 3,
    "recommender.name": "bpr",
    "recommender.epochs": 3,
}
ASKING = {"members.count": 100, "ticks": 6, "members.hostile": 0.3, "bots.count": 2, "bots.mind": "llm"}


def town(place: Path, *, seed: int = 0, model: Any = None, **settings: Any) -> ts.Run:
    dotted = {name.replace("__", "."): value for name, value in settings.items()}
    return ts.run("campaign", seed=seed, set=TOWN | dotted, out=place, model=model)


def posts(run: ts.Run) -> pd.DataFrame:
    """All posts with the group of their author, and that of what they answer."""
    items = run.items().set_index("item", drop=False)
    group = run.agents().set_index("agent")["group"]
    items["group"] = items["author"].map(group).fillna("")
    above = items["reply_to"].where(items["reply_to"] >= 0, 0)
    items["above"], items["above_harm"] = items["group"].loc[above].to_numpy(), items["harm"].loc[above].to_numpy()
    items["above_author"] = items["author"].loc[above].to_numpy()
    return items


def bystanders(run: ts.Run) -> list[tuple[int, int, str]]:
    """Who answered a harmful post of somebody else, when, and with what words: no item ids, which bots shift."""
    found = posts(run)
    below = found[(found["group"] == "members") & (found["reply_to"] >= 0) & (found["above_harm"] >= 0.6)]
    below = below[below["author"] != below["above_author"]]
    return sorted(zip(below["author"].tolist(), below["born"].tolist(), below["text"].tolist(), strict=True))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return town(tmp_path_factory.mktemp("quiet") / "run")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> ts.Run:
    return town(tmp_path_factory.mktemp("answered") / "run", bots__count=2)


# ---- the trigger and the loop guard --------------------------------------------------------------------------------


def test_two_bots_answer_each_harmful_comment_once_and_never_a_bot(answered: ts.Run) -> None:
    found = posts(answered)
    replies = found[found["group"] == "bots"]
    assert len(replies) > 20
    assert (replies["above_harm"] >= 0.6).all()
    assert (replies["above"] == "members").all()
    assert not found["counter"].loc[replies["reply_to"]].any()
    assert Counter(replies["reply_to"]).most_common(1)[0][1] == 1
    assert replies["author"].nunique() == 2
    assert (found.loc[found["above"] == "bots", "reply_to"] < 0).all()


def test_bots_leave_what_users_have_spoken_up_against(answered: ts.Run) -> None:
    found = posts(answered)
    users = found[(found["group"] == "members") & found["counter"]]
    bots = found[found["group"] == "bots"].set_index("reply_to")
    first = users.groupby("reply_to")["born"].min()
    both = first.index.intersection(bots.index)
    assert (bots["born"].loc[both] <= first.loc[both]).all()
    assert len(first) > len(both)  # some were left to the users


def test_replies_are_labelled_harmless_and_differ(answered: ts.Run) -> None:
    said = posts(answered).query("group == 'bots'")["text"].tolist()
    assert all(text.startswith(LABEL) for text in said)
    assert harm(said).max() < 0.5
    assert len(set(said)) == len(said)


# ---- bystanders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recommender", ["bpr", "random"])
def test_with_zero_coefficients_bots_change_no_bystander(recommender: str, tmp_path: Path) -> None:
    """The same people write the same words under the same posts, whether there are bots or not."""
    of = {"recommender__name": recommender} | ({"recommender__epochs": 3} if recommender == "bpr" else {})
    without = town(tmp_path / "a", seed=4, **of) if recommender == "bpr" else _random(tmp_path / "a")
    with_bots = (
        town(tmp_path / "b", seed=4, bots__count=2, **of) if recommender == "bpr" else _random(tmp_path / "b", 2)
    )
    assert (posts(with_bots)["group"] == "bots").sum() > 10
    one, other = bystanders(without), bystanders(with_bots)
    assert len(one) > 20
    assert one == other


def _random(place: Path, bots: int = 0) -> ts.Run:
    settings = {k: v for k, v in TOWN.items() if not k.startswith("recommender")}
    return ts.run("campaign", seed=4, set=settings | {"recommender.name": "random", "bots.count": bots}, out=place)


def test_a_bot_that_takes_the_responsibility_substitutes_and_one_that_shows_the_norm_guides(tmp_path: Path) -> None:
    """By seed, paired: fewer bystanders speak up with b3, more with b2; the coefficients alone do nothing."""
    counts: dict[str, list[int]] = {}
    for seed in range(2):
        for name, bots, more in (
            ("b3, no bot", 0, {"members__bystanders__b3": 3.0}),
            ("b3, bot", 1, {"members__bystanders__b3": 3.0}),
            ("b2, no bot", 0, {"members__bystanders__b2": 3.0}),
            ("b2, bot", 1, {"members__bystanders__b2": 3.0}),
        ):
            run = town(tmp_path / f"{name}-{seed}", seed=seed, bots__count=bots, **more)
            counts.setdefault(name, []).append(len(bystanders(run)))
    substituted = [b - a for a, b in zip(counts["b3, no bot"], counts["b3, bot"], strict=True)]
    guided = [b - a for a, b in zip(counts["b2, no bot"], counts["b2, bot"], strict=True)]
    assert sum(substituted) < 0
    assert max(substituted) <= 0
    assert sum(guided) > 0
    assert min(guided) >= 0


def test_a_poor_bot_provokes_or_discourages(tmp_path: Path) -> None:
    base = len(bystanders(town(tmp_path / "good", bots__count=1, members__bystanders__b4=4.0)))
    poor = {"bots__count": 1, "bots__quality": 0.0}
    assert len(bystanders(town(tmp_path / "poor", members__bystanders__b4=4.0, **poor))) > base
    assert len(bystanders(town(tmp_path / "worse", members__bystanders__b4=-4.0, **poor))) < base


# ---- a language model as a bot -------------------------------------------------------------------------------------


class Model:
    """Answers the prompts of bots with what it is told to say, and keeps them. Not a language model."""

    def __init__(self, say: str) -> None:
        self.say, self.heard = say, list[str]()

    def __call__(self, request: Any) -> str:
        self.heard.append("".join(message.text for message in request.messages))
        return self.say


def test_a_model_replies_with_one_strategy_a_prompt(tmp_path: Path) -> None:
    model = Model(json.dumps({"reply": "Would you say that to a face?"}))
    run = town(tmp_path / "run", model=model, **_under(ASKING | {"bots.policy.by": "random"}))
    said = posts(run).query("group == 'bots'")
    assert len(said) == len(model.heard) > 5
    assert set(said["text"]) == {f"{LABEL}Would you say that to a face?"}
    cells = [[cell for cell in CELLS if f"{cell[0]} appeal, {cell[1]} tone" in prompt] for prompt in model.heard]
    moves = [[move for move, words in MOVES.items() if words in prompt] for prompt in model.heard]
    assert {len(found) for found in (*cells, *moves)} == {1}
    assert len({found[0] for found in cells}) > 1
    rows = _rows(run)
    assert rows["replies_constant"]["value"] == 1.0  # one reply over and over is found out
    assert rows["reply_repeats"]["value"] == 1.0


def test_a_model_that_insults_is_never_heard_and_the_refusals_are_counted(tmp_path: Path) -> None:
    model = Model(json.dumps({"reply": "You are the idiot here."}))
    run = town(tmp_path / "run", model=model, **_under(ASKING))
    assert not (posts(run)["group"] == "bots").any()
    withheld = run.measures().query("measure == 'replies_withheld'")["value"].sum()
    assert withheld == len(model.heard) > 5
    events = run.events(kinds=["refused"])
    assert set(events["why"]) == {"not allowed"}
    assert len(events) == withheld == _rows(run)["replies_withheld"]["value"]


def test_a_model_that_babbles_gives_no_answer_and_nothing_else(tmp_path: Path) -> None:
    run = town(tmp_path / "run", model=Model("I would rather not."), **_under(ASKING | {"chat.failures": 1.0}))
    assert not (posts(run)["group"] == "bots").any()
    silent = run.events(kinds=["no_answer"])
    assert len(silent) > 5
    assert set(silent["why"]) == {"invalid"}


def test_comments_are_bare_words_in_a_prompt(tmp_path: Path) -> None:
    """What a bot is shown is what was said: no name, and no likes."""
    model = Model(json.dumps({"reply": "You?"}))
    run = town(tmp_path / "run", model=model, **_under(ASKING))
    written = set(posts(run)["text"])
    quoted = [re.search(r"<comment-\w+>\n(.*)\n</comment", prompt) for prompt in model.heard]
    assert {json.loads(found[1]) for found in quoted if found} <= written


SEVEN = [f"{n}" for n in range(1, 8)]
SURVEY = {
    "group": "members",
    "ticks": [2],
    "questions": [
        {"id": name, "text": f"How {name} is the bot, from 1 to 7?", "scale": "choice", "options": SEVEN}
        for name in ("norm", "credible", "persuasive")
    ],
}


def asked_for(request: Any) -> str:
    """Members post harm and read nothing; the bot replies; members find the bot a 6."""
    wanted = json.loads(request.schema)["properties"]
    answers = {"reads": [], "text": "You are all idiots.", "reply": "Would you say so?", "answer": 6}
    answers |= {"opinion": 50, "moved_by": 0}
    return json.dumps({name: answers[name] for name in wanted})


def test_members_with_a_mind_are_asked_what_they_make_of_the_bot(tmp_path: Path) -> None:
    settings = ASKING | {
        "members.count": 20,
        "graph.degree": 4,
        "members.mind": "llm",
        "members.posts": 0.5,
        "questionnaires": [SURVEY],
    }
    run = town(tmp_path / "run", model=asked_for, **_under(settings | {"ticks": 3}))
    rows = _rows(run)
    for name in ("norm", "credible", "persuasive"):
        row = rows[f"survey_{name}"]
        assert (row["value"], row["n"], row["unit"]) == (6.0, 20, "member asked")
    assert rows["bot_replies"]["value"] > 0


# ---- the page -------------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "counterspeech.md").read_text("utf-8")


def settings(model: type[Settings], before: str) -> Iterator[tuple[str, str, str]]:
    """Every path below ``before`` with its default and what it means."""
    for name, field in model.model_fields.items():
        value = getattr(model(), name)
        if isinstance(value, Settings):
            yield from settings(type(value), f"{before}{name}.")
        else:
            told = value if isinstance(value, str) else json.dumps(value)
            yield f"`{before}{name}`", told, str(field.description)


def test_every_setting_is_told() -> None:
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines()]
    told = [row for row in cells if re.match(r"`(bots|members)\.", row[0])]
    assert told == [*settings(Bots, "bots."), *settings(Bystanders, "members.bystanders.")]


def test_every_measure_and_every_cell_is_told(answered: ts.Run) -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.split("## What is measured")[1].split("## What each")[0]))
    assert set(_rows(answered)) - told == {"replies_constant"}
    for (appeal, tone), moves in CELLS.items():
        assert f"| {appeal} | {tone} | {', '.join(moves)} |" in PAGE


def test_its_survey_is_one_that_can_be_put(tmp_path: Path) -> None:
    """The scenario of the page, with a scripted model in the members' place."""
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "asked.toml").write_text(block, "utf-8")
    run = ts.run(tmp_path / "asked.toml", model=asked_for, out=tmp_path / "run")
    assert _rows(run)["survey_credible"]["value"] == 6.0


# ---- measures ------------------------------------------------------------------------------------------------------


def _under(settings: dict[str, Any]) -> dict[str, Any]:
    return {name.replace(".", "__"): value for name, value in settings.items()}


def _rows(run: ts.Run) -> dict[str, dict[str, Any]]:
    ticks = ((tick, run.tick_events(tick)) for tick in run.ticks())
    return {row["measure"]: row for row in thread_rows(run.items(), run.agents(), ticks, run.answers())}


def test_the_table_of_a_run_is_what_its_measures_came_to(answered: ts.Run) -> None:
    found, last = _rows(answered), answered.measures().query("tick == 9").set_index("measure")["value"]
    for name in ("harmful_posts", "bystander_replies", "counterspeech_share", "bot_replies", "hate_recurrence"):
        assert found[name]["value"] == pytest.approx(last[name], abs=1e-6), name
    for name in ("likes_on_hate", "likes_on_counterspeech"):
        assert found[name]["value"] == pytest.approx(last[name], abs=1e-6), name
    for name in ("bystander_replies", "counterspeech_share", "hate_recurrence", "norm"):
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"], name
        assert found[name]["n"] > 10, name
    assert found["replies_constant"]["value"] == 0.0


def test_arms_are_compared_with_intervals(quiet: ts.Run, answered: ts.Run) -> None:
    rows = {(row["measure"], row["unit"]): row for row in ts.compare(quiet, answered).rows()}
    norm = rows["norm", "tick"]
    assert norm["difference"] > 0
    assert norm["interval"][0] > 0
    assert rows["bystander_replies", "tick"]["difference"] == 0
    assert rows["hate_recurrence", "tick"]["difference"] == 0


@pytest.mark.slow
def test_the_built_in_sweep_says_what_each_idea_would_mean(tmp_path: Path) -> None:
    done = ts.sweep(
        "counterspeech", out=tmp_path / "sweep", set={"members.count": 200, "ticks": 12}, seeds="0..2", jobs=2
    )
    assert not done.failures
    rows = {(row["arm"], row["measure"]): row for row in done.rows if row["unit"] == "seed"}
    assert rows["bot", "bystander_replies"]["difference"] == 0
    assert rows["substitute", "bystander_replies"]["difference"] < 0
    guide, alone = (rows[arm, "bystander_replies"]["difference"] for arm in ("guide", "guide, no bot"))
    assert guide > alone >= 0
    for arm in ("no bot", "bot", "substitute", "guide", "guide, no bot"):
        for name in ("counterspeech_share", "hate_recurrence", "norm"):
            low, high = rows[arm, name]["interval"]
            assert low <= rows[arm, name]["mean"] <= high
    assert open_run(done.runs[0]["run_folder"]).info.status == "finished"
