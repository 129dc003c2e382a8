"""Names, absences and discovery, without a server."""

import numpy as np
import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.ioa.rules import OutOfTurn
from townsquare.protocols.ioa.topics import Address
from townsquare.protocols.ioa.vocabulary import Code


class Letters:
    """A vector that counts a, b and c."""

    def __init__(self):
        self.texts = []

    def embed(self, texts):
        self.texts += texts
        counts = np.array([[text.count(letter) for letter in "abc"] for text in texts], np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


def filled(*cards, **settings):
    registry = Registry(Letters(), **settings)
    for card in cards:
        registry.put(card, card.owner)
    return registry


def refusal(registry, card, owner="public"):
    with pytest.raises(OutOfTurn) as refused:
        registry.put(card, owner)
    return refused.value.code


def names(found):
    return [[match.card.name for match in best] for best in found]


A, B, C = Card(name="x1", description="aa"), Card(name="x2", description="ab"), Card(name="x3", description="cc")


def test_first_come_first_served_until_the_name_is_free():
    registry = filled(A)
    other = A.model_copy(update={"owner": "eve"})
    assert refusal(registry, other, "eve") is Code.NAME
    assert refusal(registry, other) is Code.SENDER
    registry.gone("x1")
    assert registry.put(other, "eve")
    assert refusal(registry, A) is Code.NAME
    assert registry.gone("nobody") is None


@pytest.mark.parametrize("field", ["name", "host"])
def test_nobody_is_called_server(field):
    assert refusal(Registry(), Card(**{"name": "x", field: "server"})) is Code.NAME


def test_a_card_changes_in_place():
    registry = filled(A, B)
    assert not registry.put(A, "public")
    assert registry.put(A.model_copy(update={"description": "cc"}), "public")
    assert names(registry.discover(["c"], 1)) == [["x1"]]
    assert len(registry) == 2
    assert [card.name for card in registry] == ["x1", "x2"]


def test_owners_are_bounded_and_all_together():
    registry = filled(A, B, per_owner=2, limit=3)
    assert refusal(registry, C) is Code.BUSY
    eve = Card(name="e", owner="eve")
    registry.put(eve, "eve")
    assert refusal(registry, Card(name="f", owner="eve"), "eve") is Code.BUSY
    registry.gone("x1")
    registry.put(C, "public")


def test_the_best_come_first_and_ties_by_name():
    registry = filled(C, Card(name="x9", description="aa"), B, A)
    assert names(registry.discover(["a", "c"], 3)) == [["x1", "x9", "x2"], ["x3", "x1", "x2"]]
    best = registry.discover(["a"], 1)[0][0]
    assert (best.card, best.score, best.here) == (A, 1.0, True)
    assert names(registry.discover(["a"], 2, without="x1")) == [["x9", "x2"]]
    assert names(registry.discover(["a"], 99)) == [["x1", "x9", "x2", "x3"]]
    assert registry.discover([], 3) == ()


def test_who_is_away_comes_after_everybody_who_is_here():
    registry = filled(A, B, C)
    assert registry.away(Address("public", "x1")) == ("x1",)
    assert names(registry.discover(["a"], 3)) == [["x2", "x3", "x1"]]
    assert [match.here for match in registry.discover(["a"], 3)[0]] == [True, True, False]
    assert registry.away(Address("public", "x1")) == ()
    assert registry.here(Address("public", "x1")) == ("x1",)
    assert names(registry.discover(["a"], 3)) == [["x1", "x2", "x3"]]


def test_agents_are_away_with_their_host_whatever_comes_first():
    guest = Card(name="guest", host="house")
    registry = Registry()
    registry.away(Address("public", "house"))
    registry.put(guest, "public")
    assert not registry.is_here("guest")
    assert registry.here(Address("public", "house")) == ("guest",)
    assert registry.away(Address("eve", "house")) == ()
    assert registry.away(Address("eve", "guest")) == ()
    assert registry.is_here("guest")
    registry.away(Address("public", "guest"))
    assert registry.here(Address("public", "house")) == ()  # still away itself
    assert registry.sharing(Address("public", "house")) == ("guest",)
    registry.put(guest.model_copy(update={"host": None}), "public")
    assert registry.sharing(Address("public", "house")) == ()


def test_lookup_by_name():
    registry = filled(C, A)
    assert names([registry.lookup()]) == [["x1", "x3"]]
    assert names([registry.lookup(["x3", "nobody", "x1", "x3"])]) == [["x3", "x1"]]
    assert registry["x1"] == A
    assert registry.get("nobody") is None
    with pytest.raises(OutOfTurn, match=r"no agent 'x11'\. Did you mean 'x1'"):
        registry["x11"]


def test_a_card_is_read_once():
    registry = filled(A, B)
    for _ in range(3):
        registry.discover(["a"])
    assert registry.embedder.texts.count("x1 aa") == 1
    registry.put(A.model_copy(update={"speaks": True}), "public")
    registry.discover(["a"])
    assert registry.embedder.texts.count("x1 aa") == 1


def test_what_has_changed_while_it_was_read_is_not_believed():
    registry = filled(A)
    cards = registry.unread()
    registry.put(A.model_copy(update={"description": "cc"}), "public")
    registry.learn(cards, registry.embed([card.text() for card in cards]))
    assert registry.best(registry.embed(["a"]), 3) == ((),)
    assert names(registry.discover(["c"])) == [["x1"]]


def test_ranks():
    registry = filled(A, B, C)
    registry.away(Address("public", "x1"))
    assert registry.ranks(["a", "a", "c"], ["x1", "x2", "x2"]).places == (1, 2, 3)
    with pytest.raises(OutOfTurn, match="nobody"):
        registry.ranks(["a"], ["nobody"])


def test_without_an_embedder():
    with pytest.raises(InputError, match="by name only"):
        Registry().discover(["a"])
