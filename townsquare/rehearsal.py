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
from townsquare.build import author_costs
from townsquare.protocols.asking import A, Answer, Ask, AskModel
from townsquare.protocols.scenario import Use
from townsquare.sim.scenarios.campaign import Campaign, Follows
from townsquare.sim.scenarios.feed import FeedScenario
from townsquare.sim.scenarios.moderated_feed import ModeratedFeed
from townsquare.sim.scenarios.moderation import Moderation
from townsquare.sim.scenarios.network import NetworkTown
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.persuasion import Persuasion
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
_STATEMENT = 250
"""Characters of a statement in a debate: the two sentences that it is asked to have."""
_POST = 120
"""Characters of a post on a timeline, and of an answer to one, of which most are none."""
_DEBATES, _CONTROL = 3, 2
"""Debates per arm, and people of the control, in a rehearsal."""


class _Rehearsed(build.Models):
    """Notes what is asked, and answers with something of the right form and a typical length."""

    def __init__(self, scenario: TownScenario, letters: int = _WORDS) -> None:
        super().__init__(scenario, offline=True)
        self.letters = letters
        self.noted: list[tuple[str, Ask[Any], str]] = []

    def ask(self, group: str) -> AskModel:
        async def ask(question: Ask[A]) -> Answer[A]:
            text = json.dumps(typical(question.answer.model_json_schema(), letters=self.letters), separators=(",", ":"))
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
    if isinstance(scenario, Moderation):
        own, whole = scenario.authoring(), whole + author_costs.estimated(scenario)
        groups, scenario = [group for group in groups if group not in own], author_costs.without(scenario)
    if not groups:
        return whole
    if isinstance(scenario, ModeratedFeed):
        for place in scenario.moderating():
            whole += _of_moderator(scenario, place)
        groups = [group for group in groups if group not in scenario.moderating()]
        scenario = _unmoderated(scenario)
    if isinstance(scenario, Shilling):
        return whole + (_of_shills(scenario) if groups else Estimate(0, 0, 0, 0.0))
    if isinstance(scenario, Persuasion):
        return whole + _of_debates(scenario)
    if isinstance(scenario, Campaign):
        for group in groups:
            whole += _of_timeline(scenario, group)
        return whole
    if isinstance(scenario, NetworkTown):
        return whole + _of_panel(scenario)
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


def _of_panel(scenario: NetworkTown) -> Estimate:
    """A dozen of the panel, in a smaller network of the same kind; whoever meets nobody in a tick is not asked."""
    few = min(_PEOPLE, scenario.panel.count)
    graph, ticks = scenario.graph, min(_TICKS, scenario.ticks)
    if graph.kind not in ("file", "karate"):
        nodes = max(few, min(graph.nodes, _CROWD))
        graph = graph.model_copy(update={"nodes": nodes, "degree": min(graph.degree, (nodes - 1) // 2 * 2 or 1)})
    panel = scenario.panel.model_copy(update={"count": few})
    small = {"graph": graph, "ticks": ticks, "changes": (), "panel": panel}
    rehearsed = _Rehearsed(scenario.model_copy(update=small))
    asyncio.run(_rehearse(rehearsed))
    asks, texts = [question for _, question, _ in rehearsed.noted], [text for *_, text in rehearsed.noted]
    calls = round(len(asks) / few / ticks * scenario.panel.count * scenario.ticks)
    return estimate(asks, texts, calls, model=scenario.model_of("panel"), prices=rehearsed.prices)


def _of_debates(scenario: Persuasion) -> Estimate:
    """A few debates of each arm in full, each standing for as many as there will be."""
    debates, control = min(_DEBATES, scenario.debates), min(_CONTROL, scenario.control)
    small: dict[str, Any] = {"debates": debates, "control": control, "changes": (), "questionnaires": ()}
    small["judges"] = scenario.judges.model_copy(update={"count": min(1, scenario.judges.count)})
    for group in ("people", "opponents"):
        of = getattr(scenario, group)
        small[group] = of.model_copy(update={"mind": "behavioural" if of.mind in ("remote", "person") else of.mind})
    rehearsed = _Rehearsed(scenario.model_copy(update=small), _STATEMENT)
    asyncio.run(_rehearse(rehearsed))
    people = rehearsed.scenario.populations()["people"].count
    times = {
        "people": scenario.debates / debates,
        "control": scenario.control / max(1, control),
        "opponents": scenario.debates / debates,
        "judges": scenario.debates / debates * scenario.judges.count,
    }
    noted: dict[tuple[str, str, str], list[tuple[Ask[Any], str]]] = {}
    for group, question, text in rehearsed.noted:
        waits = group == "people" and question.agent >= people - control
        noted.setdefault((group, "control" if waits else group, question.purpose), []).append((question, text))
    whole = Estimate(0, 0, 0, 0.0)
    for (group, whose, _), rows in noted.items():
        asks, texts = [question for question, _ in rows], [text for _, text in rows]
        calls, model = round(len(asks) * times[whose]), scenario.model_of(group)
        whole += estimate(asks, texts, calls, model=model, prices=rehearsed.prices)
    return whole


def _of_timeline(scenario: Campaign, group: str) -> Estimate:
    """A few accounts of the group among scripted ones, on a smaller timeline; harm as scripted members do it."""
    small: dict[str, Any] = {"ticks": min(_TICKS, scenario.ticks), "changes": (), "questionnaires": ()}
    small |= {"graph": Follows(kind="complete"), "moderator": Use(name="none"), "recommender": Use(name="random")}
    for name in scenario.groups:
        of = getattr(scenario, name)
        scripted: dict[str, Any] = {"count": min(of.count, _PEOPLE if name == group else _CROWD)}
        if name != group:
            scripted |= {"mind": "behavioural"} | ({"update": "bounded"} if name == "members" else {})
        small[name] = of.model_copy(update=scripted)
    few = min(scenario.persuaders.audience, small["members"].count)
    small["persuaders"] = small["persuaders"].model_copy(update={"start": 0, "audience": few})
    rehearsed = _Rehearsed(scenario.model_copy(update=small), _POST)
    asyncio.run(_rehearse(rehearsed))
    of, harm = scenario.members, scenario.members.hostile * scenario.members.count
    harmful = harm * (of.posts + of.replies * of.attention * scenario.timeline.length / 2)
    turns = {
        "browse": of.count * scenario.ticks,
        "post": of.count * of.posts * scenario.ticks,
        "persuade": scenario.persuaders.count * scenario.persuaders.posts
        * max(0, scenario.ticks - scenario.persuaders.start),
        "counter": min(scenario.bots.count * scenario.bots.replies, harmful) * max(0, scenario.ticks - 1),
    }  # fmt: skip
    whole, model = Estimate(0, 0, 0, 0.0), scenario.model_of(group)
    noted = [(question, text) for _, question, text in rehearsed.noted]
    for purpose in dict.fromkeys(question.purpose for question, _ in noted):
        last = max(question.tick for question, _ in noted if question.purpose == purpose)
        rows = [(q, text) for q, text in noted if q.purpose == purpose and q.tick == last]
        asks, texts = [question for question, _ in rows], [text for _, text in rows]
        whole += estimate(asks, texts, round(turns[purpose]), model=model, prices=rehearsed.prices)
    mine = [one for one in scenario.questionnaires if one.group == group]
    answers = sum(of.count * len(one.questions) * len(one.ticks) for one in mine)
    asks, short = [question for question, _ in noted[:1]] * bool(answers), ["yes, and in a sentence of usual length."]
    return whole + estimate(asks, short[: len(asks)], answers, model=model, prices=rehearsed.prices)


def _unmoderated(scenario: ModeratedFeed, kept: str = "") -> ModeratedFeed:
    """The same town with a moderator at one place at most."""
    nobody, uses = Use(name="none"), scenario.uses()
    channel = scenario.moderator if kept == "moderator" else nobody
    if channel.name == "human-queue":  # nothing made up is put before people
        channel = Use.model_validate({**channel.model_dump(), "path": ""})
    made = scenario.model_copy(update={"moderator": channel})
    if not isinstance(made, Moderation):
        return made
    advice, tells = (uses[place] if place == kept else nobody for place in ("author.advice", "readers.moderator"))
    return made.model_copy(
        update={
            "author": made.author.model_copy(update={"advice": advice}),
            "readers": made.readers.model_copy(update={"moderator": tells}),
        }
    )


def _of_moderator(scenario: ModeratedFeed, place: str) -> Estimate:
    """Every post as a smaller town with this moderator alone has them; equal posts are asked about once in a tick.

    What persuaders and shills post is reckoned, each post as a question of its own.
    """
    first = scenario.first_asking(place)
    scenario, left = scenario.at(first), scenario.ticks - first
    ticks = min(_TICKS, scenario.ticks)
    count: int = scenario.populations()["customers" if isinstance(scenario, Shilling) else "members"].count
    few, more = min(count, _CROWD), 0.0
    small: dict[str, Any] = {"ticks": ticks, "changes": (), "questionnaires": (), "recommender": Use(name="random")}
    if isinstance(scenario, Shilling):
        shills = scenario.shills
        small["customers"] = scenario.customers.model_copy(update={"count": few})
        small |= {"shills": shills.model_copy(update={"count": 0}), "watch": ()}
        if shills.attack.name == "agent-shill":  # the others write nothing
            more = shills.count * min(
                shills.fillers + shills.n_targets, shills.pace * max(0, scenario.ticks - shills.start)
            )
    elif isinstance(scenario, Campaign):
        scripted = {"count": few, "mind": "behavioural", "update": "bounded", "personas": None}
        small |= {"graph": Follows(kind="complete"), "members": scenario.members.model_copy(update=scripted)}
        small["persuaders"] = scenario.persuaders.model_copy(update={"count": 0, "audience": 0})
        small["bots"] = scenario.bots.model_copy(update={"count": 0})
        if place != "author.advice":
            start = max(first, scenario.persuaders.start)
            more = scenario.persuaders.count * scenario.persuaders.posts * max(0, scenario.ticks - start)
    rehearsed = _Rehearsed(_unmoderated(scenario, place).model_copy(update=small), _POST)
    asyncio.run(_rehearse(rehearsed))
    asks, texts = [question for _, question, _ in rehearsed.noted], [text for *_, text in rehearsed.noted]
    calls = round(len(asks) * count / few * left / ticks + more)
    return estimate(asks, texts, calls, model=scenario.model_of(place), prices=rehearsed.prices)


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


def typical(schema: Mapping[str, Any], whole: Mapping[str, Any] | None = None, *, letters: int = _WORDS) -> Any:
    """A value of a schema with as many entries in a list as it may have (10 at most) and texts of 600 characters."""
    whole = whole or schema
    if "$ref" in schema:
        return typical(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, letters=letters)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return typical(schema["anyOf"][0], whole, letters=letters)
    kind = schema.get("type")
    if kind == "object":
        return {name: typical(inner, whole, letters=letters) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [typical(schema["items"], whole, letters=letters)] * min(10, schema.get("maxItems", 3))
    if kind == "string":
        return ("word " * letters)[: min(letters, schema.get("maxLength", letters))].strip()
    if kind in ("integer", "number"):
        return schema.get("maximum", schema.get("minimum", 1))
    return kind == "boolean" or None
