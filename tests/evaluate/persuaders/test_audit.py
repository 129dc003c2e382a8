"""What a rewrite adds."""

import pytest

from tests.evaluate.persuaders.posts_of import Angles
from townsquare.evaluate.persuaders.audit import KINDS, Rewrite, audit, rows

BEFORE = "Fresh bread from Acme: 3 loaves for $5 at https://acme.org/bread, says @baker. #bread"


def changed(
    after: str, before: str = BEFORE, names: tuple[str, ...] = ("Acme", "Globex")
) -> dict[str, tuple[str, ...]]:
    return dict(zip(KINDS, audit(before, after, names).added, strict=True))


@pytest.mark.parametrize(
    ("old", "new", "kind", "mark", "fact"),
    [
        ("3 loaves", "4 loaves", "number", "4", True),
        ("3 loaves", "3 loaves, 20 % off", "number", "20%", True),
        ("$5", "€5", "number", "€5", True),
        ("acme.org/bread", "acme.org/cake", "link", "https://acme.org/cake", True),
        ("says", 'says "best bread in town", by', "quote", "best bread in town", True),
        ("@baker", "@butcher", "handle", "@butcher", False),
        ("#bread", "#cake", "hashtag", "#cake", False),
        ("Acme", "Globex", "name", "globex", False),
        ("Fresh bread", "Bread fresh from Lisbon", "name", "lisbon", False),
    ],
)
def test_what_is_new_or_changed_is_flagged(old: str, new: str, kind: str, mark: str, fact: bool) -> None:
    """Dossier check 8: a number, a link, an @handle, a brand that the input has not."""
    assert old in BEFORE
    after = BEFORE.replace(old, new)
    assert mark in changed(after)[kind]
    found = audit(BEFORE, after, ("Acme", "Globex"))
    assert found.fact_added == fact
    assert found.entity_changed == (not fact)


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        "Get fresh bread! Three loaves for $5 from Acme, says @baker: https://acme.org/bread/ #Bread",
        "Bread. FRESH bread! Acme has it: 3 loaves, $5. What do you think, @Baker? #bread https://acme.org/bread",
    ],
)
def test_another_wording_is_no_new_fact(after: str) -> None:
    found = audit(BEFORE, after, ("Acme",))
    assert not found.fact_added, found.added
    assert not found.entity_changed, (found.added, found.dropped)


def test_a_lost_name_or_handle_is_a_change_and_a_lost_number_is_none() -> None:
    assert audit("Acme has 3 loaves.", "We have loaves.", ("Acme",)).entity_changed
    assert audit("Ask @baker now", "Ask now").entity_changed
    found = audit("We have 3 loaves. #bread", "We have loaves.")
    assert not found.entity_changed
    assert not found.fact_added
    assert found.dropped[0] == ("3",)


def test_numbers_however_written() -> None:
    assert changed("1000 loaves", "1,000 loaves")["number"] == ()
    assert changed("two loaves", "2 loaves")["number"] == ()
    assert changed("on the 3rd", "on the 3")["number"] == ()
    assert changed("at 10:30", "at 10")["number"] == ("10:30",)


def test_shares_by_contestant() -> None:
    texts = [("a", "We bake."), ("a", "We bake 9 times."), ("b", "Is it Rome?")]
    cosines = {"We bake.": 1.0, "We bake 9 times.": 0.8, "Is it Rome?": 0.1, "We bake bread.": 0.9}
    rewrites = [Rewrite(name, "We bake.", text, "We bake bread.") for name, text in texts]
    first, second = rows(rewrites, [], Angles(cosines))
    assert (first["to_input"], second["to_input"]) == (0.9, 0.1)
    assert first["to_better"] > 0.9 > second["to_better"]
    assert (first["contestant"], first["texts"], first["rewritten"]) == ("a", 2, 0.5)
    assert (first["fact_added"], first["entity_changed"], first["new_number"]) == (0.5, 0.0, 0.5)
    assert (second["fact_added"], second["entity_changed"], second["new_name"]) == (0.0, 1.0, 1.0)
