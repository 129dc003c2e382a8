"""Who can do a step."""

from townsquare.agents.speakers.plan import Step, able
from townsquare.protocols.ioa.cards import Card


def test_the_first_who_names_it_in_any_case() -> None:
    cards = [Card(name=name, capabilities=("Read Aloud",)) for name in ("ann", "ben")]
    assert able(Step(capability="read aloud"), cards) is cards[0]
    assert able(Step(capability="read"), cards) is None
    assert able(Step(capability="read"), []) is None
