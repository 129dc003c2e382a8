"""The past version that speaks most to what is on offer."""

from townsquare.agents.choosers.retrieval import nearest
from townsquare.memory.embedders.hashing import Hashing
from townsquare.protocols import Streams

EMBEDDER = Hashing(Hashing.Config(dimensions=256), Streams(0))


def test_the_nearest_wins_and_ties_go_to_the_newer() -> None:
    assert nearest(EMBEDDER, ["loud drums", "soft piano"], ["a soft piano piece"]) == "soft piano"
    assert nearest(EMBEDDER, ["one", "two"], ["three"]) == "two"
    assert nearest(EMBEDDER, [], ["three"]) == nearest(EMBEDDER, ["one"], []) == ""
