import numpy as np
import pytest

from townsquare.protocols import InputError
from townsquare.sim.polarisation.sides import checked, of_labels, of_opinions, sizes, tiny


def test_sizes():
    assert sizes(np.array([0, 1, 1], np.int8)) == (1, 2)


@pytest.mark.parametrize(("upper", "small"), [(0, True), (4, True), (5, False), (50, False), (96, True), (100, True)])
def test_tiny_is_less_than_a_twentieth(upper, small):
    sides = np.repeat([1, 0], [upper, 100 - upper])
    assert tiny(sides) is small
    if small:
        with pytest.raises(InputError, match=f"side 'right' {upper}; the smaller side must have at least 5%"):
            checked(sides, 100, ("left", "right"))
    else:
        assert checked(sides, 100).tolist() == sides.tolist()


@pytest.mark.parametrize(
    ("sides", "said"), [([0, 1, 2], "got 2 for node 2"), ([0, 1], "each of the 3 nodes"), ([0, 0.5, 1], "got 0.5")]
)
def test_other_sides_are_refused(sides, said):
    with pytest.raises(InputError, match=said):
        checked(np.array(sides), 3)


def test_labels_in_the_order_of_their_text():
    sides, names = of_labels(["red", "blue", "red"])
    assert (sides.tolist(), names) == ([1, 0, 1], ("blue", "red"))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a", "b", "c"], r"must have two values, one for each side \(got 3: a, b, c\)"),
        (["a", "a"], r"\(got 1: a\)"),
        (["a", ""], "node 2 of 2 has none"),
        (list("abcdefg"), r"got 7: a, b, c, d, e, \.\.\."),
    ],
)
def test_labels_that_are_no_two_sides(labels, said):
    with pytest.raises(InputError, match=said):
        of_labels(labels, "column 'party'")


def test_the_middle_is_up():
    assert of_opinions(np.array([0, 0.499, 0.5, 1])).tolist() == [0, 0, 1, 1]
