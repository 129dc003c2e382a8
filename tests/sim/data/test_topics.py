"""Propositions to debate."""

from collections import Counter

import pytest

from townsquare.protocols.errors import InputError
from townsquare.sim.data.topics import Topic, find_topic, own_topics, topics


def test_thirty_ship_ten_of_each_strength():
    assert Counter(topic.cluster for topic in topics()) == {"low": 10, "medium": 10, "high": 10}
    assert len({topic.text for topic in topics()}) == 30
    assert all(topic.text.endswith("?") for topic in topics())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("penny", "Should the Penny Stay in Circulation?"),
        ("  ABORTION be  legal ", "Should Abortion Be Legal?"),
        ("Should Abortion Be Legal?", "Should Abortion Be Legal?"),
    ],
)
def test_a_part_that_only_one_has_is_enough(words, text):
    assert find_topic(words).text == text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("peny", "Did you mean 'Should the Penny Stay in Circulation?'"),
        ("school unifroms", "Did you mean 'Should Students Have to Wear School Uniforms?'"),
        ("the US", "is part of"),
        ("quantum chromodynamics", "townsquare list topics"),
        ("", "there is no topic ''"),
    ],
)
def test_an_unknown_topic_is_one_sentence(words, says):
    with pytest.raises(InputError) as caught:
        find_topic(words)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_topics_of_ones_own():
    mine = own_topics(["Are cats better  than dogs?", "Tea?"])
    assert mine == (Topic("Are cats better than dogs?", ""), Topic("Tea?", ""))
    assert find_topic("cats", mine).text == "Are cats better than dogs?"


@pytest.mark.parametrize(("texts", "says"), [(["Tea?", " "], "has no text"), (["Tea?", "tea?"], "is there twice")])
def test_bad_topics_of_ones_own_are_one_sentence(texts, says):
    with pytest.raises(InputError, match=says):
        own_topics(texts)
