"""Opinions on a network: a model moves them all at once or pair by pair, minds decide for some (ours)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import FloatArray, IntArray
from townsquare.protocols.errors import ContractError, ScenarioError
from townsquare.protocols.events import NO_ANSWER, REASON, Events
from townsquare.protocols.observations import Observations
from townsquare.protocols.opinion_model import Ground, OpinionModel, Pairwise
from townsquare.protocols.registry import make
from townsquare.protocols.slates import Slates
from townsquare.protocols.standpoints import standpoint
from townsquare.protocols.texts import pack, printable, unpack
from townsquare.sim.environments.network_hearing import among_neighbours, in_meetings
from townsquare.sim.environments.network_judge import objections
from townsquare.sim.graphs.graph import Graph
from townsquare.sim.measures.network_view import NetworkView
from townsquare.sim.opinions.pairs import carry_out
from townsquare.sim.opinions.sequence import disjoint
from townsquare.sim.scenarios.network import NetworkTown

EVERY = 50_000
"""Opinions (nodes times dimensions) up to which every move becomes an event."""


class Network:
    """Agents are the nodes, numbered as in the graph; items are what opinions are about (one, or one per dimension),
    and after them the sentences that the panel says, numbered as they are said.

    Within a tick everybody hears what the others thought at its start. Then the model moves all but those who are held
    (the stubborn and the panel), and the panel's minds have their say: an opinion they give takes the place of their
    old one; without a valid answer the old one stays, which is on record as ``no_answer``. The draws of the model
    never hang on what minds do, so that a town with a panel and one without share graph, first opinions, meetings and
    numbers. (In algorithmic bias the luck is shared, and whom it falls on hangs on what everybody thinks.)

    Whom the panel hears: with the schedule ``matching`` the one whom each meets; with ``sweep`` those whom it meets,
    in order (in algorithmic bias as they would be drawn at the start of the tick); in models that move all at once
    neighbours at random. Who meets nobody is not asked.

    A move becomes an ``opinion`` event (item: the dimension; value: the new opinion; ref: whom it met with
    ``matching``); with a panel's mind behind it why is "after". In a network of more than 50,000 opinions, or with
    ``record.exposures`` off, moves by the model are written only at the ticks of ``record.snapshots`` and the last:
    one event for each whose opinion is another than the one last written.
    """

    shows: ClassVar[type] = NetworkView

    def __init__(self, scenario: NetworkTown, graph: Graph, ground: Ground, panel: IntArray) -> None:
        """``panel``: node numbers, ascending, all of them held. Builds every model that the scenario will need."""
        self.scenario, self.graph, self.ground, self.panel = scenario, graph, ground, panel
        self.opinions: FloatArray = np.array(ground.start, np.float64)
        self.written = np.round(self.opinions, 5).astype(np.float32)
        """What the log says that everybody thinks."""
        self.view: NetworkView | None = None
        self.sayings: dict[int, str] = {}
        """What each of the panel said last; "" where it said nothing."""
        self.said: list[tuple[int, str]] = []
        """What was said in this tick: who, and what."""
        self.first_said = self.topics
        """The item number of the first of them."""
        self._models: dict[str, OpinionModel] = {}
        self._sparse = not scenario.record.exposures or self.opinions.size > EVERY
        self._asked: IntArray = np.zeros(0, np.int32)
        self._heard: IntArray = np.zeros((0, 0), np.int32)
        self._pairs: IntArray | None = None
        self._observed = False
        for tick in sorted({0, *(change.tick for change in scenario.changes)}):
            self.model(tick)

    @property
    def topics(self) -> int:
        """How many opinions each node has."""
        return 1 if self.opinions.ndim == 1 else int(self.opinions.shape[1])

    def model(self, tick: int) -> OpinionModel:
        """What moves opinions in ``tick``."""
        use = self.scenario.at(tick).model
        key = use.model_dump_json()
        if key not in self._models:
            made = make("opinion", use.name, use.settings(), self.ground)
            if not isinstance(made, OpinionModel):
                raise ScenarioError(f"opinion {use.name!r} does not have the method of an opinion model: step.")
            if getattr(made, "dimensions", 1) != self.topics:
                raise ScenarioError(
                    f"model: {use.name!r} takes over at tick {tick}, and has another number of opinions."
                )
            self._models[key] = made
        return self._models[key]

    # ---- observe -----------------------------------------------------------------------------------------------

    def supply(self, tick: int) -> Sequence[Observations]:
        """Nobody puts anything into a network."""
        self._observed = False
        self._asked = np.zeros(0, np.int32)
        return []

    def observe(self, tick: int, slates: Slates) -> Sequence[Observations]:
        """What the panel sees: ``items`` are the nodes it hears, and an item's text what that node says.

        Traits: ``opinion``, one's own. Features: ``opinion``, theirs.
        """
        self._observed = True
        model, directed = self.model(tick), self.ground.directed
        self._pairs = None
        if isinstance(model, Pairwise) and self.scenario.schedule == "matching":
            self._pairs = disjoint(model.meetings(self.opinions, tick), len(self.graph))
        if not len(self.panel):
            return []
        most = self.scenario.panel.neighbours
        if isinstance(model, Pairwise):
            pairs = model.meetings(self.opinions, tick) if self._pairs is None else self._pairs
            self._asked, self._heard = in_meetings(pairs, self.panel, most, directed)
        else:
            streams = self.ground.streams
            self._asked, self._heard = among_neighbours(self.ground.weights, self.panel, most, tick, streams)
        if not len(self._asked):
            return []
        theirs = np.where(self._heard >= 0, self.opinions[np.maximum(self._heard, 0)], 0.0)
        traits = {"opinion": self.opinions[self._asked]}
        return [
            Observations(
                tick, "panel", "opine", self._asked, 1, self._heard, traits, {"opinion": theirs}, text=self.words
            )
        ]

    def words(self, node: int) -> str:
        """What a node says: its own last sentence, or where it stands."""
        return self.sayings.get(node) or f"I am {standpoint(float(self.opinions[node]))} it."

    # ---- apply -------------------------------------------------------------------------------------------------

    def apply(self, tick: int, actions: Sequence[Actions]) -> Events:
        """The model moves those who are not held, then the panel's answers take effect."""
        if not self._observed:
            return Events.concat([])
        before: FloatArray = self.opinions
        self.opinions = self._moved(tick, before)
        self.first_said += len(self.said)
        self.said = []
        answers = self._answered(Actions.concat(actions))
        last = tick == self.scenario.ticks - 1
        kept = last or tick % self.scenario.record.snapshots == 0
        moves = self._written(tick) if kept or not self._sparse else Events.concat([])
        self.view = NetworkView(
            tick, kept, self.ground.weights, self.opinions, before, self.ground.streams.seed, self.panel
        )
        return Events.concat([*answers, moves])

    def _moved(self, tick: int, before: FloatArray) -> FloatArray:
        model = self.model(tick)
        if self._pairs is not None and isinstance(model, Pairwise):
            after = before.copy()
            carry_out(model, self.ground, after, self._pairs)
        else:
            after = np.asarray(model.step(before, tick), np.float64)
        name = type(model).__name__
        if after.shape != before.shape or not ((after >= -1e-9) & (after <= 1 + 1e-9)).all():
            raise ContractError(f"opinion model {name} gave opinions that are not {before.shape} numbers in [0, 1].")
        if not np.array_equal(after[self.ground.held], before[self.ground.held]):
            raise ContractError(f"opinion model {name} moved nodes that are held.")
        return np.clip(after, 0.0, 1.0)

    def _answered(self, actions: Actions) -> list[Events]:
        """What became of each answer, and what was said with it; ``self.opinions`` changes."""
        if not len(actions):
            return []
        silent = np.isin(actions.agent, self._asked) & np.isin(actions.value, [REASON[why] for why in NO_ANSWER])
        silent &= actions.kind == ACTION["no_answer"]
        nothing = Events.of(
            "no_answer",
            actions.agent[silent],
            np.full(int(silent.sum()), -1),
            why=actions.value[silent].astype(np.int8),
        )
        actions = actions.where(~silent)
        reason = objections(actions, self._asked)
        refused = actions.where(reason > 0)
        bad = Events.of("refused", refused.agent, refused.item, why=reason[reason > 0])
        good = actions.where(reason == 0)
        self.opinions[good.agent] = good.value
        self.written[good.agent] = np.round(good.value, 5)
        heard = dict(zip(self._asked.tolist(), self._heard[:, :1].ravel().tolist(), strict=True))
        by = np.array([heard[agent] for agent in good.agent.tolist()], np.int32)
        taken = Events.of("opinion", good.agent, good.item, value=good.value, ref=by, why="after")
        for agent, text in zip(good.agent.tolist(), good.text.tolist(), strict=True):
            words = printable(str(text)).strip()
            self.sayings[agent] = words
            if words:
                self.said.append((agent, words))
        who = np.array([agent for agent, _ in self.said], np.int32)
        return [nothing, bad, taken, Events.of("say", who, self.first_said + np.arange(len(who)))]

    def _written(self, tick: int) -> Events:
        """One event per opinion that is another than the one last written, by node, then by dimension."""
        now = np.round(self.opinions, 5).astype(np.float32)
        other = now != self.written
        self.written = now
        nodes, dimension = np.nonzero(other.reshape(len(other), -1))
        met = np.full(len(self.graph), -1, np.int32)
        if self._pairs is not None and not self._sparse:
            met[self._pairs[:, 0]] = self._pairs[:, 1]
            if not self.ground.directed:
                met[self._pairs[:, 1]] = self._pairs[:, 0]
        return Events.of("opinion", nodes, dimension, value=self.opinions[other], ref=met[nodes])

    # ---- state -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Mapping[str, NDArray[Any]]:
        """Nothing lies anywhere; opinions stand in the log."""
        return {}

    def state(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything needed to go on."""
        speakers = sorted(self.sayings)
        texts, ends = pack([self.sayings[node] for node in speakers])
        return {
            "opinions": self.opinions,
            "written": self.written,
            "said": np.array(self.first_said + len(self.said)),
            "speakers": np.array(speakers, np.int32),
            "sayings.texts": texts,
            "sayings.ends": ends,
        }

    def load(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up where ``state`` was taken."""
        self.opinions = np.array(state["opinions"], np.float64)
        self.written = np.array(state["written"], np.float32)
        self.first_said, self.said = int(state["said"]), []
        words = unpack(state["sayings.texts"], state["sayings.ends"])
        self.sayings = dict(zip(state["speakers"].tolist(), words, strict=True))
