"""A network of opinions: what is seen, what becomes of answers, what is written down."""

import numpy as np
import pytest

from townsquare.build.network import parts_of
from townsquare.protocols.actions import Actions
from townsquare.protocols.errors import ContractError, ScenarioError
from townsquare.protocols.events import KIND, REASON
from townsquare.protocols.registry import register
from townsquare.protocols.scenario import load
from townsquare.protocols.slates import Slates
from townsquare.protocols.streams import Streams
from townsquare.sim.measures.network_view import NetworkView
from townsquare.sim.opinions.sequence import disjoint

MATCHING = {"schedule": "matching", "graph.kind": "karate", "model.epsilon": 1.5, "chat.model": "openai:none"}


class Silent:
    """The models of a scenario, of whom nothing is asked here: answers are given by hand."""

    def ask(self, group):
        return None


def made(**values):
    scenario = load("network", {"ticks": 6, **{path.replace("__", "."): value for path, value in values.items()}})
    return parts_of(scenario, Streams(scenario.seed), Silent()).environment


def matched(**values):
    return made(**(MATCHING | {"panel.count": 5} | values))


def tick(of, t=0, *actions):
    """One tick; what was seen, and what happened."""
    assert of.supply(t) == []
    assert not len(of.apply(t, []))
    seen = of.observe(t, Slates.nothing())
    return seen, of.apply(t, list(actions))


def say(agents, values, texts=None, item=0):
    agents = np.array(agents)
    return Actions.of("opinion", agents, np.full(len(agents), item), value=np.array(values, float), text=texts)


def test_a_tick_is_one_step_of_the_model():
    of = made(**{"graph.kind": "karate"})
    start = of.opinions.copy()
    _, events = tick(of)
    assert np.array_equal(of.opinions, of.model(0).step(start, 0))
    moved = np.flatnonzero(np.abs(of.opinions - start) > 1e-5)
    assert events.agent.tolist() == moved.tolist()
    assert set(events.kind) == {KIND["opinion"]}
    assert events.value == pytest.approx(of.opinions[moved], abs=1e-5)
    view = of.view
    assert isinstance(view, NetworkView)
    assert view.last
    assert np.array_equal(view.before, start)


def test_in_a_matching_nobody_meets_twice_and_events_say_whom():
    of = made(**{"graph.kind": "karate", "schedule": "matching", "model.epsilon": 2})
    start, model = of.opinions.copy(), of.model(0)
    _, events = tick(of)
    pairs = disjoint(model.meetings(start, 0), 34)
    met = {a: b for pair in pairs.tolist() for a, b in (pair, pair[::-1])}
    assert len(met) == 2 * len(pairs)
    assert {int(a): int(b) for a, b in zip(events.agent, events.ref, strict=True)} == met
    assert all(of.opinions[a] == pytest.approx((start[a] + start[b]) / 2) for a, b in met.items())


def test_the_panel_sees_whom_it_meets_and_its_answer_counts():
    of = matched()
    start = of.opinions.copy()
    of.supply(0)
    of.apply(0, [])
    (seen,) = of.observe(0, Slates.nothing())
    pairs = disjoint(of.model(0).meetings(start, 0), 34)
    met = {a: b for pair in pairs.tolist() for a, b in (pair, pair[::-1])}
    assert seen.agents.tolist() == [node for node in of.panel.tolist() if node in met]
    assert seen.items[:, 0].tolist() == [met[node] for node in seen.agents.tolist()]
    assert (seen.items[:, 1:] == -1).all()
    assert np.array_equal(seen.traits["opinion"], start[seen.agents])
    assert np.array_equal(seen.features["opinion"][:, 0], start[seen.items[:, 0]])
    assert (seen.task, seen.group) == ("opine", "panel")
    assert seen.row(0).texts[0].startswith("I am ")
    who = seen.agents
    events = of.apply(0, [say(who, np.full(len(who), 0.25), ["because"] + [""] * (len(who) - 1))])
    assert (of.opinions[who] == 0.25).all()
    after = events.where(events.why == REASON["after"])
    assert after.agent.tolist() == who.tolist()
    assert after.ref.tolist() == seen.items[:, 0].tolist()
    said = events.only("say")
    assert (said.agent.tolist(), said.item.tolist()) == ([int(who[0])], [1])
    assert of.said == [(int(who[0]), "because")]
    assert of.words(int(who[0])) == "because"
    assert of.words(int(who[1])) == "I am against it."


def test_who_does_not_answer_stays_and_is_on_record():
    of = matched()
    start = of.opinions.copy()
    of.supply(0)
    of.apply(0, [])
    (seen,) = of.observe(0, Slates.nothing())
    silent = Actions.of("no_answer", seen.agents[:1], np.array([-1]), value=REASON["invalid"])
    events = of.apply(0, [silent])
    assert np.array_equal(of.opinions[of.panel], start[of.panel])
    gone = events.only("no_answer")
    assert (gone.agent.tolist(), gone.why.tolist()) == ([int(seen.agents[0])], [REASON["invalid"]])


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), 62.0])
def test_an_opinion_outside_zero_and_one_is_refused(value):
    of = matched()
    start = of.opinions.copy()
    who = tick(of)[0][0].agents[:1]
    of = matched()
    _, events = tick(of, 0, say(who, [value]))
    assert events.only("refused").why.tolist() == [REASON["not allowed"]]
    assert of.opinions[who] == start[who]


def test_only_who_was_asked_may_answer_once_and_on_the_topic():
    asked = tick(matched())[0][0].agents
    stranger = next(node for node in range(34) if node not in asked)
    answers = [say([stranger], [0.1]), say(asked[:1], [0.1], item=3), say(asked[:1], [0.2]), say(asked[:1], [0.3])]
    answers.append(Actions.of("no_answer", np.array([stranger]), np.array([-1]), value=REASON["invalid"]))
    of = matched()
    _, events = tick(of, 0, *answers)
    assert [int(why) for why in events.only("refused").why] == [
        REASON["not allowed"], REASON["unknown item"], REASON["twice"], REASON["not allowed"],
    ]  # fmt: skip
    assert of.opinions[asked[0]] == 0.2


def test_the_panel_leaves_the_rest_as_it_is():
    """Graph, first opinions, draws and meetings of both arms are the same, and so is all that no answer has touched."""
    with_panel, without = matched(), matched(**{"panel.count": 0})
    assert (with_panel.graph.weights != without.graph.weights).nnz == 0
    assert np.array_equal(with_panel.opinions, without.opinions)
    touched = set(with_panel.panel.tolist())
    for t in range(3):
        _seen, _ = tick(with_panel, t)
        tick(without, t)
        pairs = disjoint(without.model(t).meetings(without.view.before, t), 34)
        assert np.array_equal(pairs, disjoint(with_panel.model(t).meetings(with_panel.view.before, t), 34))
        touched |= {b for pair in pairs.tolist() for a, b in (pair, pair[::-1]) if a in touched}
        rest = [node for node in range(34) if node not in touched]
        assert np.array_equal(with_panel.opinions[rest], without.opinions[rest])
    assert 0 < len(touched) < 34


def test_in_a_sweep_the_panel_hears_whom_it_meets_in_order():
    of = made(**{"graph.kind": "karate", "panel.count": 8, "panel.neighbours": 2, "chat.model": "openai:none"})
    draws = of.model(0).meetings(of.opinions, 0)
    (seen,), _ = tick(of)
    for node, heard in zip(seen.agents.tolist(), seen.items.tolist(), strict=True):
        met = [int(b if a == node else a) for a, b in draws.tolist() if node in (a, b)]
        wanted = list(dict.fromkeys(met))[:2]
        assert heard == wanted + [-1] * (2 - len(wanted))


def test_where_all_move_at_once_neighbours_are_drawn_anew_each_tick():
    of = made(**{"graph.kind": "karate", "panel.count": 34, "panel.neighbours": 3, "chat.model": "openai:none",
                 "model.name": "degroot"})  # fmt: skip
    (first,), _ = tick(of, 0)
    (second,), _ = tick(of, 1)
    assert len(first.agents) == 34
    for seen in (first, second):
        for node, heard in zip(seen.agents.tolist(), seen.items.tolist(), strict=True):
            there = [other for other in heard if other >= 0]
            around = of.graph.weights[[node]].indices.tolist()
            assert len(set(there)) == len(there) == min(3, len(around))
            assert set(there) <= set(around)
    assert not np.array_equal(first.items, second.items)


@pytest.mark.parametrize("model", ["deffuant", "degroot", "hegselmann-krause", "friedkin-johnsen", "algorithmic-bias",
                                   "repulsion", "values"])  # fmt: skip
def test_state_and_load_go_on_as_if_nothing_had_been(model):
    values = {"graph.kind": "karate", "model.name": model, "stubborn.share": 0.1}
    whole = made(**values)
    digests = [tick(whole, t)[1].digest() for t in range(6)]
    begun, taken = made(**values), made(**values)
    for t in range(3):
        tick(begun, t)
    taken.load({name: array.copy() for name, array in begun.state().items()})
    assert [tick(taken, t)[1].digest() for t in range(3, 6)] == digests[3:]


def test_what_the_panel_said_outlives_a_checkpoint():
    first = matched()
    who = tick(first)[0][0].agents
    begun, taken = matched(), matched()
    tick(begun, 0, say(who[:2], [0.5, 0.5], ["why not", "☃"]))
    taken.load(begun.state())
    assert taken.sayings == begun.sayings
    assert taken.first_said == 3


def test_a_large_network_writes_only_at_snapshots(monkeypatch):
    monkeypatch.setattr("townsquare.sim.environments.network.EVERY", 10)
    values = {"graph.kind": "karate", "record.snapshots": 3, "ticks": 6, "model.epsilon": 1}
    of, start, written = made(**values), None, []
    start = of.opinions.copy()
    for t in range(6):
        _, events = tick(of, t)
        written.append(len(events))
        for agent, value in zip(events.agent.tolist(), events.value.tolist(), strict=True):
            start[agent] = value
        assert of.view.last == (t in (0, 3, 5))
        if of.view.last:
            assert start == pytest.approx(of.opinions, abs=1e-5)
    assert [n > 0 for n in written] == [True, False, False, True, False, True]
    monkeypatch.undo()
    quiet = made(**values, **{"record.exposures": False})
    assert [len(tick(quiet, t)[1]) > 0 for t in range(3)] == [True, False, False]


def test_ten_opinions_are_ten_items():
    of = made(**{"graph.kind": "karate", "model.name": "values"})
    _, events = tick(of)
    assert of.topics == 10
    assert set(events.item) == set(range(10))
    assert events.value == pytest.approx(of.opinions[events.agent, events.item], abs=1e-5)


def test_the_model_may_change_at_a_tick():
    changed = made(changes=[{"tick": 2, "set": {"model.name": "degroot"}}], graph__kind="karate")
    plain = made(graph__kind="karate")
    for t in range(3):
        tick(changed, t)
        tick(plain, t)
        assert np.array_equal(changed.opinions, plain.opinions) == (t < 2)
    with pytest.raises(ScenarioError, match="another number of opinions"):
        made(changes=[{"tick": 2, "set": {"model.name": "values"}}])


class Wild:
    """A plug-in that breaks what it promised."""

    def __init__(self, config, ground):
        self.ground = ground

    def step(self, opinions, tick):
        return opinions + 2 if tick == 0 else 1 - opinions


def test_a_plug_in_is_held_to_its_word():
    register("opinion", "wild")(Wild)
    of = made(**{"graph.kind": "karate", "model.name": "wild", "stubborn.nodes": ["3"]})
    with pytest.raises(ContractError, match=r"Wild gave opinions that are not \(34,\) numbers"):
        tick(of, 0)
    of = made(**{"graph.kind": "karate", "model.name": "wild", "stubborn.nodes": ["3"]})
    with pytest.raises(ContractError, match="Wild moved nodes that are held"):
        tick(of, 1)
