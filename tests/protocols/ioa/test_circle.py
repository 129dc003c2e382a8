"""Who is next."""

from tests.protocols.ioa.table import card
from townsquare.protocols.ioa.circle import Circle


def circle(*names: str) -> Circle:
    return Circle([card(name) for name in names])


def test_the_opener_then_round_the_table() -> None:
    table = circle("ann", "ben", "T", "eve", "zoe")
    assert table.next("eve") == "eve"
    assert table.next("eve", {"eve"}) == "ann"
    assert table.next("eve", {"eve", "ann"}) == "zoe"
    assert table.next("eve", {"eve", "ann", "zoe"}) == "ben"
    assert table.next("T") == "ann"
    assert table.next("ann", {"ann", "ben", "eve", "zoe"}) is None


def test_who_is_away_is_passed_by() -> None:
    table = circle("ann", "ben")
    table.present.discard("ann")
    assert (table.next("ann"), table.speakers(), table.opener) == ("ben", ["ben"], "ann")


def test_a_name_counts_once() -> None:
    first, second = card("ann"), card("ann", speaks=False)
    table = Circle([first, card("ben"), second])
    assert (table.names, table.cards["ann"]) == (("ann", "ben"), first)
    assert table.among(["zoe", "ben", "ann", "ben"]) == ["ben", "ann"]
