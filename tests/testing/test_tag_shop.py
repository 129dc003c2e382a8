"""The scripted shopper knows its prompt, and nothing else."""

import json
from pathlib import Path
from typing import Any

from townsquare.agents.choosers.prompts.choose import choose
from townsquare.agents.choosers.prompts.rank import rank
from townsquare.agents.choosers.prompts.shown import taste as taste_of
from townsquare.protocols.chat import Request
from townsquare.testing.tag_shop import scripted_shopper, write_shop


def said(prompt: Any, *names: str) -> dict[str, Any]:
    schema = json.dumps({"properties": {name: {} for name in names}})
    return json.loads(scripted_shopper(Request("scripted:x", prompt, schema)))


def test_it_chooses_by_what_the_memory_says() -> None:
    texts = ["x is kind-ba. For people who like kind-co.", "y is kind-co."]
    for taste, place in (("I like kind-co.", 2), ("I like kind-ba, kind-du.", 1), ("I dislike kind-ba.", 2)):
        assert said(choose([taste_of(taste)], ["x", "y"], texts), "place", "explanation")["place"] == place


def test_without_knowledge_it_guesses() -> None:
    places = [
        said(choose([taste_of("")], [f"x{i}", "y"], ["kind-ba", "kind-co"]), "place", "explanation")["place"]
        for i in range(60)
    ]
    assert 15 < places.count(1) < 45


def test_it_puts_all_places_in_order() -> None:
    texts = ["kind-ba", "kind-co", "kind-du"]
    assert sorted(said(rank([taste_of("I like kind-du.")], ["x", "y", "z"], texts), "order")["order"]) == [1, 2, 3]
    assert said(rank([taste_of("I like kind-du.")], ["x", "y", "z"], texts), "order")["order"][0] == 3


def test_the_shop_is_the_same_for_a_seed(tmp_path: Path) -> None:
    one, again, other = (write_shop(tmp_path / f"{i}", seed=seed) for i, seed in enumerate((0, 0, 1)))
    assert (one / "shop.inter").read_bytes() == (again / "shop.inter").read_bytes()
    assert (one / "shop.inter").read_bytes() != (other / "shop.inter").read_bytes()
