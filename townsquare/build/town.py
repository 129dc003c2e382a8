"""From a scenario to a town: the only place that knows concrete classes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa

from townsquare.agents.chat.cassette import Shelf
from townsquare.agents.roles.account_judge import AccountJudge
from townsquare.build import news
from townsquare.build.groups import People
from townsquare.build.models import Models
from townsquare.build.parts import Parts, Viewed
from townsquare.build.remotes import Remotes, needing
from townsquare.protocols.defence import Defence
from townsquare.protocols.errors import InputError, ScenarioError
from townsquare.protocols.recommender import Recommender, Stateful
from townsquare.protocols.registry import find, known, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Remembers, Town
from townsquare.protocols.workers import Workers
from townsquare.sim import engine
from townsquare.sim.defences.lorec import LoRec
from townsquare.sim.measures.view import TickView
from townsquare.sim.scenarios.campaign import Campaign
from townsquare.sim.scenarios.feed import FeedScenario
from townsquare.sim.scenarios.moderation import Moderation
from townsquare.sim.scenarios.network import NetworkTown
from townsquare.sim.scenarios.news import News
from townsquare.sim.scenarios.persuasion import Persuasion
from townsquare.sim.scenarios.shilling import Shilling
from townsquare.sim.scenarios.town import TownScenario

if TYPE_CHECKING:
    from townsquare.build.team import TeamModerator


@dataclass(slots=True)
class Built:
    """A town ready to run, with what its run folder has to know about it."""

    town: Town
    environment: Viewed
    agents: pa.Table
    items: Callable[[int], pa.Table]
    """What was new in a tick, as the run folder keeps it."""
    categories: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    """sha256 of every file the town was built from."""
    measures: Sequence[Callable[[Any], dict[str, float]]] = ()
    """All registered measures, looked up once."""
    models: Models | None = None
    """What its minds ask; None where nobody asks a language model."""
    people: Mapping[str, People] = field(default_factory=dict)
    """By group, those whom a language model stands for."""
    remotes: Remotes | None = None
    """The agents elsewhere that it asks; None where it asks none."""
    team: "TeamModerator | None" = None
    """Those who check what is disputed; None where nobody does."""
    titles: tuple[str, ...] | None = None
    """What items are called, for a defence that reads; None where items come and go."""
    verdicts: Callable[[int], pa.Table | None] | None = None
    """What was said of posts in a tick, with its grounds; None where nothing is kept of it."""
    retuned: Callable[[int], None] | None = None
    """Puts in place what else changes by a tick."""

    async def connect(self, run: str) -> None:
        """Reach the agents elsewhere, if any are asked. Raises InputError when they are not there."""
        if self.remotes is not None:
            await self.remotes.connect(run, self.town.minds)
            if self.team is not None and self.remotes.line is not None:
                self.team.checkers.connect(self.remotes.line)

    def open_models(
        self, folder: Path, run: str, *, shelves: Sequence[Shelf] = (), settled: int = 0, replay: bool = False
    ) -> None:
        """Give the models the cassette of a run folder, if there are any models (``Models.open``)."""
        if self.models is not None:
            self.models.open(folder, run, shelves=shelves, settled=settled, replay=replay)

    def check_memories(self) -> None:
        """Raise InputError when a store that was to be filled holds memories of another run."""
        for group, people in self.people.items():
            if people.memory is not None and len(people.memory):
                raise InputError(
                    f"the store of {group} (panel.memory) holds {len(people.memory):,} memories already, and a run "
                    "begins with none: name another path."
                )

    def forget(self) -> None:
        """Begin with no memories at all, whatever a durable store holds."""
        for people in self.people.values():
            if people.memory is not None:
                people.memory.forget_from(0)

    async def close(self) -> None:
        """Let go of what the models hold, and of the broker."""
        if self.remotes is not None:
            await self.remotes.close()
        if self.team is not None:
            await self.team.close()
        if self.models is not None:
            await self.models.close()


def build(
    scenario: TownScenario,
    workers: int = 1,
    *,
    model: object | None = None,
    offline: bool = False,
    models: Models | None = None,
) -> Built:
    """Names to objects. Everything that can be wrong with a scenario is found here, before anything is written.

    ``model`` is a language model of the user's own, where the scenario names one; ``offline``: none will be asked.
    ``models`` stand in for those that the scenario names.
    """
    if models is None and (scenario.asking() or needing(scenario) or at_a_terminal(scenario)):
        models = Models(scenario, model, offline=offline)
    remotes = Remotes(scenario, models.recorded) if models is not None and needing(scenario) else None
    streams = Streams(scenario.seed)
    parts = _parts(scenario, streams, models, Workers(workers))
    first = scenario.at(0)
    town = Town(parts.environment, parts.minds, moderator=parts.moderator)
    if remotes is not None:
        for place, part in parts.moderators:
            remotes.serve(part, place)
    if isinstance(first, FeedScenario):
        town.recommender = recommender(first, streams, remotes)
    built = Built(
        town,
        parts.environment,
        parts.agents,
        parts.items,
        parts.categories,
        parts.data,
        _measures(type(parts.environment)),
        models,
        parts.people,
        remotes,
        parts.team,
        parts.titles,
        parts.verdicts,
        parts.retuned,
    )
    town.defence = _defence(first, built)
    return built


def _parts(scenario: TownScenario, streams: Streams, models: Models | None, workers: Workers) -> Parts:
    if isinstance(scenario, News):
        return news.parts_of(scenario, streams, models, workers)
    if isinstance(scenario, Shilling):
        from townsquare.build import shop  # a news town does without

        return shop.parts_of(scenario, streams, models)
    if isinstance(scenario, Moderation):
        from townsquare.build import moderation  # a campaign too, so it comes first

        return moderation.parts_of(scenario, streams, models, workers)
    if isinstance(scenario, Campaign):
        from townsquare.build import campaign

        return campaign.parts_of(scenario, streams, models, workers)
    if isinstance(scenario, Persuasion):
        from townsquare.build import debate

        return debate.parts_of(scenario, streams, models)
    if isinstance(scenario, NetworkTown):
        from townsquare.build import network

        return network.parts_of(scenario, streams, models)
    raise ScenarioError(f"scenario {scenario.scenario!r} has no environment to run in.")


def at_a_terminal(scenario: TownScenario) -> bool:
    """Whether somebody of the town is a person, whose answers are on record as those of models are."""
    return any(group.count and group.mind == "person" for group in scenario.populations().values())


def _measures(environment: type) -> list[Callable[[Any], dict[str, float]]]:
    """The registered measures that look at what this environment shows: the type of their argument says so."""
    wanted = getattr(environment, "shows", TickView)
    found = [find("measure", name) for name in known("measure")]
    return [each for each in found if _looks_at(each) is wanted]


def _looks_at(measure: Callable[[Any], dict[str, float]]) -> object:
    """The type of a measure's argument; a news town's where it does not say."""
    hints = {name: kind for name, kind in get_type_hints(measure).items() if name != "return"}
    return next(iter(hints.values()), TickView)


def _defence(scenario: TownScenario, built: Built) -> Defence | None:
    """The defence that a scenario names; None where it names none, so that nothing is weighed."""
    if not isinstance(scenario, FeedScenario):
        return None
    streams = Streams(scenario.seed)
    name = scenario.defence.name
    if name == "none":
        return None
    made = make("defence", name, scenario.defence.settings(), streams)
    if not isinstance(made, Defence):
        raise ScenarioError(f"defence {name!r} does not have the method of one: weigh.")
    if isinstance(made, LoRec):
        made.titles = built.titles
        if made.config.model and built.models is not None:
            made.views = AccountJudge(built.models.ask("defence"), built.titles)
    return made


def recommender(scenario: FeedScenario, streams: Streams, remotes: Remotes | None = None) -> Recommender:
    """The recommender that a scenario names, not yet fitted; ``remotes`` connect one that is elsewhere."""
    name = scenario.recommender.name
    made = make("recommender", name, scenario.recommender.settings(), streams)
    if not isinstance(made, Recommender):
        where = f"{type(made).__module__}.{type(made).__qualname__}"
        raise ScenarioError(
            f"recommender {name!r} ({where}) does not have the methods of a recommender: fit, update, recommend."
        )
    if remotes is not None:
        remotes.serve(made)
    return made


def fitted_at(scenario: FeedScenario, tick: int) -> int:
    """The tick at or before ``tick`` at whose start the recommender last learnt from scratch: every ``retrain``
    ticks, and when another recommender, or defence, takes over.
    """
    last = tick - tick % scenario.retrain
    for change in scenario.changes:
        replaced = any(path.partition(".")[0] in ("recommender", "defence") for path in change.set)
        if replaced and last < change.tick <= tick:
            last = change.tick
    return last


def retune(built: Built, scenario: TownScenario, tick: int) -> None:
    """What the run loop does before each tick: swap recommender and defence where the scenario says so."""
    town = built.town
    if built.retuned is not None:
        built.retuned(tick)
    if not isinstance(scenario, FeedScenario):
        return
    if tick and scenario.at(tick).recommender != scenario.at(tick - 1).recommender:
        town.recommender = recommender(scenario.at(tick), Streams(scenario.seed), built.remotes)
    if tick and scenario.at(tick).defence != scenario.at(tick - 1).defence:
        town.defence = _defence(scenario.at(tick), built)
    town.learns = fitted_at(scenario, tick) == tick


async def restore(built: Built, scenario: TownScenario, tick: int, state: Mapping[str, Any]) -> None:
    """Put a fresh town where a checkpoint was taken, so that ``tick`` is the next to run."""
    town = built.town
    built.environment.load({k: v for k, v in state.items() if not k.startswith(("recommender.", "mind.", "run."))})
    for group, mind in town.minds.items():
        if isinstance(mind, Remembers):
            mind.load(_part(state, f"mind.{group}."))
    if not isinstance(scenario, FeedScenario):
        return
    town.recommender = recommender(scenario.at(max(tick - 1, 0)), Streams(scenario.seed), built.remotes)
    last = fitted_at(scenario, max(tick - 1, 0))
    town.defence = _defence(scenario.at(last), built)
    if isinstance(town.recommender, Stateful) or fitted_at(scenario, tick) != tick:
        await engine.learn(last, town)
    if isinstance(town.recommender, Stateful):
        town.recommender.load(_part(state, "recommender."))


def _part(state: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): array for name, array in state.items() if name.startswith(prefix)}


def state_of(built: Built) -> dict[str, Any]:
    """Everything a checkpoint holds."""
    state = dict(built.environment.state())
    learner: object = built.town.recommender
    if isinstance(learner, Stateful):
        state |= {f"recommender.{name}": array for name, array in learner.state().items()}
    for group, mind in built.town.minds.items():
        if isinstance(mind, Remembers):
            state |= {f"mind.{group}.{name}": array for name, array in mind.state().items()}
    return state


def measure(built: Built, tick: int) -> pd.DataFrame:
    """All registered measures of one tick, tidy: tick, measure, group, value."""
    view = built.environment.view
    values: dict[str, float] = {}
    for of in built.measures:
        values |= of(view)
    return pd.DataFrame(
        {
            "tick": np.full(len(values), tick, np.int32),
            "measure": list(values),
            "group": "",
            "value": np.array(list(values.values()), np.float64),
        }
    )
