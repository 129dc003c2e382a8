"""Where everything is published, and whose it is."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare.protocols.ioa.topics import Address, Leaf, Topics

ANN = Address("eve", "ann")


@pytest.mark.parametrize("leaf", get_args(Leaf))
@pytest.mark.parametrize("root", ["townsquare", "my/town"])
def test_there_and_back(leaf, root):
    topics = Topics(root)
    assert topics.of(ANN, leaf) == f"{root}/v1/eve/ann/{leaf}"
    assert topics.read(topics.of(ANN, leaf)) == (ANN, leaf)
    assert topics.everybody(leaf) == f"{root}/v1/+/+/{leaf}"
    assert topics.server == f"{root}/v1/server/status"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "townsquare",
        "townsquare/v1/eve/ann",
        "townsquare/v1/eve/ann/out/more",
        "townsquare/v1/eve/ann/shout",
        "townsquare/v1//ann/out",
        "townsquare/v1/eve//out",
        "townsquare/v1/eve/+/out",
        "townsquare/v1/#",
        "townsquare/v2/eve/ann/out",
        "elsewhere/v1/eve/ann/out",
        "x/townsquare/v1/eve/ann/out",
        "townsquare/v1/server/status",
        "townsquare/v1/server/ann/out",
        "townsquare/v1/eve/server/out",
        "townsquare/v1/eve/\u0430nn/out",
    ],
)
def test_topics_of_nobody(topic):
    assert Topics().read(topic) is None


@given(st.text(max_size=60))
def test_whatever_is_read_is_what_was_written(text):
    topics = Topics()
    for topic in (text, f"townsquare/v1/{text}", f"townsquare/v1/eve/{text}/out", f"townsquare/v1/{text}/ann/out"):
        read = topics.read(topic)
        assert read is None or topics.of(*read) == topic
