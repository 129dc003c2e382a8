"""Runs of words."""

from townsquare.sim.word_runs import word_runs, words


def test_case_and_punctuation_do_not_count():
    assert words("A fine, FINE kettle!") == ["a", "fine", "fine", "kettle"]


def test_every_three_in_a_row():
    assert word_runs(["a", "b", "c", "d"]) == {("a", "b", "c"), ("b", "c", "d")}


def test_too_few_are_one_run():
    assert word_runs(["a", "b"]) == {("a", "b")}
    assert word_runs([]) == set()
