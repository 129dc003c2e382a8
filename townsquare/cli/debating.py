"""``townsquare debate``: take a seat in the debate trial."""

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np

from townsquare import build, runs
from townsquare.agents.debaters.person import seat, typed
from townsquare.agents.joining.terminal import PersonLeft, Terminal
from townsquare.build.debate import DEMOGRAPHICS
from townsquare.cli import printing
from townsquare.protocols.debate import AGREEMENT, ARMS, FIELDS, OPPONENTS, SIDES, STAGES, TURNS, against
from townsquare.protocols.errors import InputError
from townsquare.sim.data.topics import find_topic, topics
from townsquare.sim.environments.debate_transcript import WROTE_NOTHING
from townsquare.sim.trials.kernel import HumanKernel

_AI, _TOLD = "human-ai", "human-ai-personalised"
_WORDS = ("", "strongly disagree", "rather disagree", "neither", "rather agree", "strongly agree")
_BY_RULES = "behavioural"


def debate(arguments: argparse.Namespace) -> int:
    """One debate, of which one side is whoever sits here; exit code 130 when they leave, and a resume goes on."""
    return asyncio.run(_debate(arguments))


async def _debate(arguments: argparse.Namespace) -> int:
    topic, values = _topic(arguments.topic, own=arguments.own)
    mind = arguments.against or ("llm" if arguments.model else _BY_RULES)
    if arguments.model and not mind.startswith("llm"):
        raise InputError(f"--model names a language model, and --against {mind} asks none; use --against llm.")
    arm = _TOLD if arguments.personalised else _AI
    values |= {
        "debates": 1,
        "arms": [arm],
        "control": 0,
        "side": arguments.side or "drawn",
        "people.mind": "person",
        "people.update": "own",
        "people.personas": [{}],
        "opponents.mind": mind,
    }
    options = {"chat.model": arguments.model, "budget.usd": arguments.budget, "remote.broker": arguments.broker}
    values |= {path: value for path, value in options.items() if value is not None}
    async with runs.closing(build.build(runs.resolve("persuasion", arguments.seed, values))):
        pass  # whatever is wrong is said before anybody is asked anything
    terminal = seat()
    terminal.show(f"A debate: {topic}", "Five stages: screening, opening, rebuttal, conclusion, and a last rating.")
    if arguments.personalised:
        values["people.personas"] = [{"demographics": await _profile(terminal)}]
    scenario = runs.resolve("persuasion", arguments.seed, values)
    arguments.folder_in_use = runs.free_folder(scenario, arguments.out)
    done = await runs.arun(scenario, out=arguments.folder_in_use)
    _transcript(done, terminal)
    _tell(done, arm, mind, arguments.model or "")
    return 0


def _topic(given: str, *, own: bool) -> tuple[str, dict[str, Any]]:
    """The wording, and the settings that choose it: a number, a part of a wording, or with ``own`` any text."""
    if own:
        if not given.strip():
            raise InputError("--topic is empty; give the topic in words.")
        text = " ".join(given.split())
        return text, {"own_topics": [text]}
    known = topics()
    if given.strip().lstrip("-").isdigit():
        number = int(given)
        if not 1 <= number <= len(known):
            raise InputError(f"--topic takes 1 to {len(known)} (got {number}); `townsquare list topics` has all.")
        text = known[number - 1].text
    else:
        try:
            text = find_topic(given).text
        except InputError as error:
            raise InputError(f"--topic: {error} A topic of your own takes --own.") from error
    return text, {"topics": [text]}


async def _profile(terminal: Terminal) -> dict[str, Any]:
    """The six fields, each one of the trial's words or left out."""
    terminal.show("", "Your opponent will be told what you answer now, and it is kept in the run folder; Enter skips.")
    found: dict[str, Any] = {}
    try:
        for field in FIELDS:
            words = await _choice(terminal, field, tuple(DEMOGRAPHICS[field]), several=field == "ethnicity")
            if words:
                found[field] = words if field == "ethnicity" else words[0]
    except PersonLeft as error:
        raise InputError("nothing more was typed, so there is no debate.") from error
    return found


async def _choice(terminal: Terminal, field: str, words: Sequence[str], *, several: bool) -> list[str]:
    """Some of ``words``, by number or as they are; asked again until they are."""
    listed = "  ".join(f"{number} {word}" for number, word in enumerate(words, start=1))
    name = field.replace("_", " ")
    by_word = {str(number): word for number, word in enumerate(words, start=1)} | {word: word for word in words}
    while True:
        prompt = f"Your {name} ({'one or more' if several else 'one'} of  {listed}): "
        given = (await typed(terminal, prompt)).casefold().replace(",", " ").split()
        if all(word in by_word for word in given) and (several or len(given) <= 1):
            return list(dict.fromkeys(by_word[word] for word in given))
        terminal.show(f"Please give {'numbers' if several else 'one number'} from 1 to {len(words)}, or nothing.")


def _transcript(done: runs.Run, terminal: Terminal) -> None:
    """Who said what, turn by turn; without what a terminal would act upon."""
    events, items = done.events(kinds=["say"]), done.items()
    texts = dict(zip(items["item"].tolist(), items["text"].tolist(), strict=True))
    said = dict(zip(zip(events["tick"], events["agent"], strict=True), events["item"].map(texts), strict=True))
    terminal.show("", "Transcript")
    for tick, turn in enumerate(TURNS, start=STAGES.index(TURNS[0])):
        terminal.show(f"{turn}:")
        for agent, name in enumerate(("you", "opponent")):  # the one person comes first in agents.parquet
            terminal.show(f"  {name}: {said.get((tick, agent), WROTE_NOTHING)}")


def _tell(done: runs.Run, arm: str, mind: str, model: str) -> None:
    """What changed, beside what people did."""
    events = done.events()
    mine = events[events["agent"] == 0]
    before, after = (int(mine[mine["why"] == why]["value"].iloc[0]) for why in ("before", "after"))
    side = int(mine[mine["kind"] == "assign"]["value"].iloc[0])
    guess = mine[mine["kind"] == "guess"]["value"]
    printing.pairs("What changed", _changed(before, after, side, arm))
    by_rules = mind in (_BY_RULES, f"{_BY_RULES}-debater")
    opponent = "rules and a bank of arguments, no language model" if by_rules else model or f"the mind {mind}"
    printing.pairs(
        "",
        {
            "you took it for": {"human": "a human", "ai": "an AI"}[OPPONENTS[int(guess.iloc[0])]],
            "it was": opponent,
            "run folder": str(done.path),
        },
    )


def _changed(before: int, after: int, side: int, arm: str) -> dict[str, str]:
    """Ratings, and the mean of people who began where this one did (the published model), on the same scale."""
    low, high = AGREEMENT
    start = against(before, side)
    chances = HumanKernel().probabilities(np.array([start]), np.array([ARMS.index(arm)]))[0]
    people = float(chances @ np.arange(low, high + 1))
    agreed = people if side < 0 else low + high - people
    moved = against(after, side) - start
    name = {value: name for name, value in SIDES.items()}[side]
    told = "an AI that knew who they were" if arm == _TOLD else "an AI"
    return {
        "your side": name,
        "agreement before": f"{before} ({_WORDS[before]})",
        "agreement after": f"{after} ({_WORDS[after]})",
        "towards your opponent": f"{moved:+d}",
        "people in the trial": f"{agreed:.2f} on average, {people - start:+.2f} towards their opponent",
        "who are those": f"people with your first rating and side against {told} (model of Salvi et al. 2024)",
    }
