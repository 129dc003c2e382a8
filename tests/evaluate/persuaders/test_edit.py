"""Edit similarity."""

from hypothesis import given
from hypothesis import strategies as st

from townsquare.evaluate.persuaders.edit import at_most, distance, edit_similarity


def by_the_table(a: str, b: str) -> int:
    """Wagner and Fischer's algorithm, a cell at a time."""
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        above = row
    return above[-1]


@given(st.text("abcü ", max_size=90), st.text("abcü ", max_size=90))
def test_it_is_the_levenshtein_distance(a: str, b: str) -> None:
    assert distance(a, b) == by_the_table(a, b) == distance(b, a)
    assert edit_similarity(a, b) <= at_most(a, b)


def test_known_values() -> None:
    assert distance("kitten", "sitting") == 3
    assert edit_similarity("kitten", "sitting") == 1 - 3 / 7
    assert edit_similarity("", "") == 1.0
    assert edit_similarity("", "abc") == 0.0
