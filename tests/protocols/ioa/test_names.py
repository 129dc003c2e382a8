"""What agents may be called: nothing that could be read as more than one level of a topic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from townsquare.protocols.ioa.names import Id, Name, is_name

NAMES = TypeAdapter(Name)


@pytest.mark.parametrize("name", ["a", "Ann", "ann.b-c_d", "0", "x" * 64, "servers", "Server"])
def test_names(name):
    assert is_name(name)
    assert NAMES.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "a/b",
        "+",
        "#",
        "a+",
        "$SYS",
        ".a",
        "-a",
        "_a",
        "x" * 65,
        "ann\n",
        "\u0430nn",
        "\uff41",
        "a\u200b",
    ],
)
def test_what_is_no_name(name):
    assert not is_name(name)
    with pytest.raises(ValidationError):
        NAMES.validate_python(name)


def test_the_servers_own_name_is_taken():
    assert not is_name("server")


@given(st.text(max_size=80))
def test_both_ways_of_asking_agree_and_no_name_has_a_topics_signs(text):
    try:
        NAMES.validate_python(text)
        valid = True
    except ValidationError:
        valid = False
    assert is_name(text) == (valid and text != "server")
    assert not (valid and set(text) & set("/+#$ \n\0"))


def test_ids_may_have_colons():
    assert TypeAdapter(Id).validate_python("ann:1:7") == "ann:1:7"
