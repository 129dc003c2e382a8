"""What language models would be asked: a town's first ticks with made-up answers, to estimate what a run will cost."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from townsquare import build
from townsquare.agents.chat.estimate import Estimate, estimate
from townsquare.agents.chat.prices import Prices
from townsquare.agents.prompts.judge_account import judge_account
from townsquare.agents.roles.account_judge import LINES, Opinion
from townsquare.protocols.asking import A, Answer, Ask, AskModel
from townsquare.protocols.scenario import Use
from townsquare.sim.scenarios.feed import FeedScenario
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.shilling import Shilling
from townsquare.sim.scenarios.team import Team
from townsquare.sim.scenarios.town import TownScenario
from townsquare.ticking import one_tick

_TICKS = 4
"""Ticks rehearsed; the prompts of the last count, when memories and articles are there."""
_PEOPLE, _CROWD = 12, 200
"""Agents of each asked group, and behavioural readers, in a rehearsal."""
_WORDS = 600
"""Characters of a text that nobody bounds more tightly."""


class _Rehearsed(build.Models):
    """Notes what is asked, and answers with something of the right form and a typical length."""

    def __init__(self, scenario: TownScenario) -> None:
        super().__init__(scenario, offline=True)
        self.noted: list[tuple[str, Ask[Any], str]] = []

    def ask(self, group: str) -> AskModel:
        async def ask(question: Ask[A]) -> Answer[A]:
            text = json.dumps(typical(question.answer.model_json_schema()), separators=(",", ":"))
            self.noted.append((group, question, text))
            return Answer("answered", question.answer.model_validate_json(text))

        return ask


def estimated(scenario: TownScenario) -> Estimate | None:
    """Calls, tokens and USD of a whole run; None where nobody asks a language model.

    Prompts are those of a smaller town's first four ticks, the fourth standing for all later ones; answers are as long
    as the form allows for lists and 600 characters for texts. Repairs are not counted, and questionnaires as if they
    showed a list.
    """
    groups = scenario.asking()
    if not groups:
        return None
    whole = Estimate(0, 0, 0, 0.0)
    if isinstance(scenario, FeedScenario) and "defence" in groups:
        whole += _of_defence(scenario)
        groups = [group for group in groups if group != "defence"]
        scenario = scenario.model_copy(update={"defence": Use(name="none")})
    if not groups:
        return whole
    if isinstance(scenario, Shilling):
        return whole + _of_shills(scenario)
    assert isinstance(scenario, News)
    small: dict[str, Any] = {"ticks": min(_TICKS, scenario.ticks), "interruptions": (), "changes": ()}
    small["questionnaires"] = ()
    for group in ("users", "panel", "creators", "writers"):
        of = getattr(scenario, group)
        most = _PEOPLE if group in groups else _CROWD
        mind = "behavioural" if of.mind == "remote" else of.mind  # agents elsewhere are not asked
        small[group] = of.model_copy(update={"count": min(of.count, most), "mind": mind})
    if scenario.recommender.name == "remote":
        small["recommender"] = Use(name="random")
    if isinstance(scenario, Team):
        small["team"] = scenario.team.model_copy(update={"disputes": 1})  # a smaller town disputes less
    rehearsed = _Rehearsed(scenario.model_copy(update=small))
    asyncio.run(_rehearse(rehearsed))
    for group in groups:
        noted = [(question, text) for g, question, text in rehearsed.noted if g == group]
        of = _of_team if group == "team" else _of_group
        whole += of(scenario, group, noted, rehearsed.prices)
    return whole


def _of_defence(scenario: FeedScenario) -> Estimate:
    """Every account, each time the recommender learns, with as many ratings as a prompt shows: more than will be."""
    accounts = sum(group.count for group in scenario.populations().values())
    learns = -(-scenario.ticks // scenario.retrain)
    lines = [f"5: {'word ' * 6}"] * LINES
    ask = Ask("judge", 0, 0, judge_account(lines), Opinion)
    text = json.dumps(typical(Opinion.model_json_schema()))
    return estimate([ask], [text], accounts * learns, model=scenario.model_of("defence"), prices=Prices.load())


def _of_shills(scenario: Shilling) -> Estimate:
    """Two accounts are written in full, and stand for all of them."""
    few = min(2, scenario.shills.count)
    shills = scenario.shills.model_copy(update={"count": few, "start": 0})
    quiet = {"shills": shills, "ticks": 1, "changes": (), "watch": ()}
    rehearsed = _Rehearsed(scenario.model_copy(update=quiet))
    asyncio.run(_rehearse(rehearsed))
    whole, model = Estimate(0, 0, 0, 0.0), scenario.model_of("shills")
    for purpose in dict.fromkeys(question.purpose for _, question, _ in rehearsed.noted):
        asks = [question for _, question, _ in rehearsed.noted if question.purpose == purpose]
        texts = [text for _, question, text in rehearsed.noted if question.purpose == purpose]
        calls = round(len(asks) * scenario.shills.count / few)
        whole += estimate(asks, texts, calls, model=model, prices=rehearsed.prices)
    return whole


def _of_team(scenario: News, group: str, noted: Sequence[tuple[Ask[Any], str]], prices: Prices) -> Estimate:
    """As many articles checked as may be, from the second tick on."""
    assert isinstance(scenario, Team)
    team, whole = scenario.team, Estimate(0, 0, 0, 0.0)
    for purpose, each in (("note", team.readers), ("judge", 1)):
        asks = [question for question, _ in noted if question.purpose == purpose]
        texts = [text for question, text in noted if question.purpose == purpose]
        calls = team.posts * each * (scenario.ticks - 1) if asks else 0
        whole += estimate(asks, texts, calls, model=team.model or scenario.chat.model, prices=prices)
    return whole


def _of_group(scenario: News, group: str, noted: Sequence[tuple[Ask[Any], str]], prices: Prices) -> Estimate:
    """Every rehearsed tick stands for itself, the last one for all that follow too."""
    of = getattr(scenario, group)
    model = getattr(of, "model", "") or scenario.chat.model
    last = max(question.tick for question, _ in noted)
    whole = Estimate(0, 0, 0, 0.0)
    for tick in range(last + 1):
        asks = [question for question, _ in noted if question.tick == tick]
        texts = [text for question, text in noted if question.tick == tick]
        calls = of.count * (of.articles if asks[0].purpose == "create" else 1)
        times = scenario.ticks - last if tick == last else 1
        whole += estimate(asks, texts, calls * times, model=model, prices=prices)
    mine = [one for one in scenario.questionnaires if one.group == group]
    answers = sum(of.count * len(one.questions) * len(one.ticks) for one in mine)
    short = ["yes, and in a sentence of usual length."] * answers  # a questionnaire shows no list
    return whole + estimate([q for q, _ in noted[:1]] * bool(answers), short[:1], answers, model=model, prices=prices)


async def _rehearse(models: _Rehearsed) -> None:
    built = build.build(models.scenario, models=models)
    for tick in range(models.scenario.ticks):
        await one_tick(built, models.scenario, tick)
    await built.close()


def typical(schema: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> Any:
    """A value of a schema with as many entries in a list as it may have (10 at most) and texts of 600 characters."""
    whole = whole or schema
    if "$ref" in schema:
        return typical(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return typical(schema["anyOf"][0], whole)
    kind = schema.get("type")
    if kind == "object":
        return {name: typical(inner, whole) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [typical(schema["items"], whole)] * min(10, schema.get("maxItems", 3))
    if kind == "string":
        return ("word " * _WORDS)[: min(_WORDS, schema.get("maxLength", _WORDS))].strip()
    if kind in ("integer", "number"):
        return schema.get("maximum", schema.get("minimum", 1))
    return kind == "boolean" or None
