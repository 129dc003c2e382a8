"""Cards from files, options and docstrings."""

from functools import partial
from pathlib import Path

import pytest

from townsquare.agents.joining.cards import card_of, read_card, told_by
from townsquare.protocols.errors import InputError


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text(
        'name = "reader"\ndescription = "Reads."\ncapabilities = ["read", "sum up"]\n[limits]\nseconds = 5\n', "utf-8"
    )
    (tmp_path / "card.json").write_text(
        '{"name": "reader", "description": "Reads.", "capabilities": ["read", "sum up"], "limits": {"seconds": 5}}',
        "utf-8",
    )
    one, two = (card_of(read_card(tmp_path / name)) for name in ("card.toml", "card.json"))
    assert one == two
    assert one.capabilities == ("read", "sum up")
    assert one.limits.seconds == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nmae = "x"', "card.toml: unknown key 'nmae'. Did you mean 'name'? Allowed here: answers,"),
        ('name = "x"\n[limits]\nsecond = 3', "limits: unknown key 'second'. Did you mean 'seconds'?"),
        ('name = "a/b"', "name: 'a/b' is no name of an agent (1 to 64 of A-Z"),
        ('name = "server"', "not `server`"),
        ("description = 'no name'", "name: None is no name"),
        ('name = "x"\n[limits]\nseconds = -1', "limits.seconds: Input should be greater than 0 (got -1)"),
        ('name = "x"\ntype = "Robot"', "type: Input should be 'Thing Assistant' or 'Human Assistant' (got 'Robot')"),
        ('name = "x"\nspeaks = "perhaps"', "speaks: "),
        ('name = "x', "is no TOML: "),
    ],
)
def test_what_is_wrong_with_a_card(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "card.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as raised:
        card_of(read_card(path), str(path))
    assert said in str(raised.value)
    assert "card.toml" in str(raised.value)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_card(tmp_path / "none.toml")
    (tmp_path / "list.json").write_text("[]", "utf-8")
    with pytest.raises(InputError, match="a card is an object"):
        read_card(tmp_path / "list.json")
    (tmp_path / "deep.json").write_text("[" * 100_000, "utf-8")
    with pytest.raises(InputError, match=r"deep.json is no JSON"):
        read_card(tmp_path / "deep.json")


def word_count(text: str) -> int:
    """Counts the words
    of a text.

    More about it.
    """
    return len(text.split())


class FactChecker:
    """Checks facts."""

    async def run(self, task: object) -> None: ...


def test_what_a_docstring_tells() -> None:
    assert told_by(word_count) == {"name": "word-count", "description": "Counts the words of a text."}
    assert told_by(FactChecker) == {"name": "fact-checker", "description": "Checks facts."}
    assert told_by(FactChecker()) == {"name": "fact-checker", "description": "Checks facts."}
    assert told_by(lambda text: text) == {"name": "lambda"}
    assert told_by(partial(word_count)) == {}
