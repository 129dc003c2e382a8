"""Episodes: what is written, and what comes back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agents.minds.askers import embedder, happened, store
from townsquare.agents.minds.remembering import Remembering, episode, headline
from townsquare.memory.limits import count
from townsquare.protocols import Events
from townsquare.protocols.memory import Scope

WORDS = {1: "Tram late again | It was late. | sport, 3 likes", 2: "New bridge", 3: "Rent rises", 4: "Snow", 5: "Sun"}


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Tram late | a story | sport, by creator-3, new, 0 likes", "Tram late"),
        ("sport, by creator-3, 2 ticks old, 5 likes", "sport, by creator-3"),
        ("54, mayor, resigns", "54, mayor, resigns"),
        ("one two three four five six seven eight", "one two three four five six seven eight"),
        ("one two three four five six seven eight nine", "one two three four five six seven eight…"),
        ("x" * 70, "x" * 60 + "…"),
        ("", ""),
    ],
)
def test_headlines(text: str, short: str) -> None:
    assert headline(text) == short


@pytest.mark.parametrize(
    ("liked", "opened", "said"),
    [
        ([], [], ""),
        (["A"], [], "I liked 'A'."),
        ([], ["A"], "I opened 'A'."),
        (["A", "B"], ["C"], "I liked 'A' and 'B'. I opened 1 more."),
        (["A"], ["B", "C", "D", "E", "F"], "I liked 'A'. I opened 'B' and 4 more."),
        (["A", "B", "C", "D"], [], "I liked 'A', 'B' and 2 more."),
        ([], ["A", "B", "C"], "I opened 'A', 'B' and 1 more."),
    ],
)
def test_episodes(liked: list[str], opened: list[str], said: str) -> None:
    assert episode(liked, opened) == said


@given(st.lists(st.text(max_size=300), max_size=12), st.lists(st.text(max_size=300), max_size=12))
def test_an_episode_fits_into_any_store(liked: list[str], opened: list[str]) -> None:
    assert count(episode(liked, opened)) <= 40


def test_one_episode_per_agent_that_opened_something() -> None:
    held = store()
    mind = Remembering(held, embedder())
    events = Events.concat([happened(7, [1, 2], [2]), happened(8, [3]), happened(9, [], refused=[4]), happened(1, [5])])
    mind.remember(6, events, {7: {1: WORDS[1], 2: WORDS[2]}, 8: {3: WORDS[3]}, 9: {4: WORDS[4]}})
    found = {(entry.scope.owner, entry.tick, entry.text, entry.item) for entry in held.entries()}
    assert found == {
        (7, 6, "I liked 'New bridge'. I opened 'Tram late again'.", 2),
        (8, 6, "I opened 'Rent rises'.", 3),
    }
    liked, opened = (held.current(Scope(agent)) for agent in (7, 8))
    assert liked is not None
    assert opened is not None
    assert liked.importance > opened.importance
    assert liked.vector is not None


def test_nothing_is_remembered_of_what_was_refused_or_never_meant() -> None:
    held = store()
    Remembering(held, embedder()).remember(6, happened(7, [1], refused=[2]), {7: {2: WORDS[2]}})
    assert len(held) == 0


def lived(held: object) -> Remembering:
    mind = Remembering(held, embedder(), recall=2)  # type: ignore[arg-type]
    for tick, item in enumerate((1, 2, 3, 4)):
        mind.remember(tick, happened(7, [item]), {7: {item: WORDS[item]}})
    return mind


def test_what_comes_back_is_about_what_lies_ahead_oldest_first() -> None:
    mind = lived(store())
    (told,) = mind.recall(np.array([7]), 4, [("Tram late again", "New bridge")])
    assert told == ("4 rounds ago: I opened 'Tram late again'.", "3 rounds ago: I opened 'New bridge'.")
    (told,) = mind.recall(np.array([7]), 4, [("snow",)], [(3,)])
    assert told == ("2 rounds ago: I opened 'Rent rises'.", "1 round ago: I opened 'Snow'.")


def test_nothing_comes_from_the_future_or_from_others() -> None:
    mind = lived(store())
    (then, other) = mind.recall(np.array([7, 8]), 1, [("snow",), ("snow",)])
    assert then == ("1 round ago: I opened 'Tram late again'.",)
    assert other == ()


def test_without_an_embedder_the_newest_come_back() -> None:
    held = store()
    mind = Remembering(held, None, recall=2)
    for tick, item in enumerate((1, 2, 3)):
        mind.remember(tick, happened(7, [item]), {7: {item: WORDS[item]}})
    (told,) = mind.recall(np.array([7]), 3, [("tram",)])
    assert told == ("2 rounds ago: I opened 'New bridge'.", "1 round ago: I opened 'Rent rises'.")
    assert held.log(Scope(7))[0].vector is None


def test_without_a_store_nobody_remembers() -> None:
    mind = Remembering(None, embedder())
    mind.remember(0, happened(7, [1]), {7: {1: WORDS[1]}})
    assert mind.recall(np.array([7, 8]), 1, [("tram",), ()]) == [(), ()]
    assert mind.state() == {}
    mind.load({})


def test_an_agent_with_nothing_before_it_is_asked_about_nothing() -> None:
    """Its query is the zero vector, so that the newest come back."""
    (told,) = lived(store()).recall(np.array([7]), 4, [()])
    assert told == ("2 rounds ago: I opened 'Rent rises'.", "1 round ago: I opened 'Snow'.")


def test_state_and_back() -> None:
    first = lived(store())
    second = Remembering(store(), embedder(), recall=2)
    second.load(first.state())
    asked = np.array([7]), 4, [("the bridge",)]
    assert second.recall(*asked) == first.recall(*asked)
