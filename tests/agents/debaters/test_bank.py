"""The bank: every topic and side has its arguments, and none tells who it speaks to."""

import re
from itertools import chain

import pytest

from townsquare.agents.debaters.bank import GROUPS, Argument, bank
from townsquare.agents.debaters.leaks import leaks
from townsquare.build.debate import DEMOGRAPHICS
from townsquare.protocols.debate import STRATEGIES
from townsquare.sim.data.topics import topics

EVERYTHING = [
    one
    for arguments in (*(entry.arguments for entry in bank().entries.values()), bank().general)
    for one in chain(*arguments.values())
]


def test_every_topic_of_the_trial_is_there_in_its_wording() -> None:
    assert {entry.text for entry in bank().entries.values()} == {topic.text for topic in topics()}


def test_every_side_has_at_least_four_and_says_nothing_twice() -> None:
    sides = [arguments for entry in bank().entries.values() for arguments in entry.arguments.values()]
    assert len(sides) == 60
    assert min(map(len, sides)) >= 4
    texts = [one.text for one in EVERYTHING]
    assert len(set(texts)) == len(texts)
    assert min(len({one.strategy for one in side}) for side in sides) >= 4


def test_an_argument_is_one_or_two_sentences() -> None:
    for one in EVERYTHING:
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", one.text)) <= 2, one.text
        assert 8 <= len(one.text.split()) <= 45, one.text
        assert one.strategy in STRATEGIES
        assert one.strategy != "deception"


def test_no_argument_tells_whom_it_speaks_to() -> None:
    for field, words in DEMOGRAPHICS.items():
        for word in words:
            for one in EVERYTHING:
                assert leaks(one.text, {field: word}) == (), one.text
    named = re.compile(r"\b(?:democrats?|republicans?|liberals?|conservatives?|\d\d-\d\d)\b", re.IGNORECASE)
    assert [one.text for one in EVERYTHING if named.search(one.text)] == []


def test_every_word_that_a_group_stands_for_is_in_the_vocabulary() -> None:
    known = set(chain(*DEMOGRAPHICS.values()))
    assert set(chain(*GROUPS.values())) <= known


def test_somebody_with_politics_is_spoken_to_on_every_side() -> None:
    for entry in bank().entries.values():
        for side in entry.arguments.values():
            for camp in ("left", "right"):
                assert any(camp in one.groups for one in side), (entry.text, camp)


def test_fit_counts_groups_and_politics_twice() -> None:
    one = Argument("evidence", frozenset({"left", "young"}), "x")
    assert one.fit(frozenset({"democrat", "18-24"})) == 3
    assert one.fit(frozenset({"25-34", "republican"})) == 1
    assert one.fit(frozenset()) == 0


@pytest.mark.parametrize("given", ["Should Cats Be Allowed in Offices?", "cats {everywhere}", "x" * 400])
def test_a_topic_of_ones_own_gets_arguments_in_its_words(given: str) -> None:
    entry = bank().entry(given)
    for side in (1, -1):
        texts = [one.text for one in entry.arguments[side]]
        assert len(texts) >= 4
        assert all(given.rstrip("?") in text for text in texts)
    assert entry.key != bank().entry("another").key


def test_case_and_spaces_of_a_wording_do_not_matter() -> None:
    assert bank().entry("should the  penny stay in CIRCULATION?").text == "Should the Penny Stay in Circulation?"
