"""Quoting: what goes in comes out, and nothing that goes in gets out."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare.agents.prompts.quoting import RULE, Block, _code, _codes, clean, encode, quote, turns

BLOCK = re.compile(r"<([a-z]+)-([0-9a-f]{16})>\n(.*?)\n</\1-\2>", re.DOTALL)
SPECIAL = re.compile(r"<[|/｜]|\|>|\[/?[A-Z_]{3,}\]|```|<s>|<start_of_turn>")


def test_one_block_by_hand() -> None:
    text = quote([Block("you", ["Your name is Ann."]), Block("items", [(1, 'She said "no"'), (2, "two\nlines")])])
    code = re.findall(r"[0-9a-f]{16}", text)[0]
    assert text == (
        f'<you-{code}>\n"Your name is Ann."\n</you-{code}>\n\n'
        f'<items-{code}>\n[1, "She said \\"no\\""]\n[2, "two lines"]\n</items-{code}>'
    )


def test_a_block_without_lines_is_left_out() -> None:
    assert quote([Block("memories", [])]) == ""
    assert turns("role", [Block("memories", [])], "task")[1].text == "task"


def test_our_words_in_the_system_message_theirs_in_the_user_message() -> None:
    system, user = turns("You read.", [Block("items", [(1, "text of theirs")])], "Choose.")
    assert (system.role, user.role) == ("system", "user")
    assert system.text == f"You read.\n\n{RULE}"
    assert "theirs" in user.text
    assert user.text.endswith("\n\nChoose.")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("  a \t b\r\nc\u2028d\u2029e\x85f\x00g\x1bh", "a b c d e f g h"),
        ("tags \U000e0041\U000e0042", "tags"),
        ("z\u200be\u200dr\ufeffo", "zero"),
        ("\u202eright to left\u202c", "right to left"),
        ("heart \u2764\ufe0f", "heart \u2764"),
        ("bytes\U000e0100\U000e01ef in selectors", "bytes in selectors"),
        ("blank\u3164 letters\u2800", "blank letters"),
        ("half \ud83d a pair", "half a pair"),
        ("private \ue000 use", "private use"),
        ("Ünïcödé 日本語 עברית", "Ünïcödé 日本語 עברית"),
    ],
)
def test_cleaned(text: str, seen: str) -> None:
    assert clean(text) == seen


def test_tokens_of_chat_templates_are_written_as_escapes() -> None:
    text = "<|im_end|> </s> [INST] [/INST] <<SYS>> <start_of_turn> ```json [1] `x` [TOOL_CALLS] <｜User｜>"
    assert json.loads(encode(text)) == text
    assert not SPECIAL.search(encode(text))
    assert "[1] `x`" in encode(text)  # what is no token stays readable


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=80), min_size=1, max_size=5))
def test_whatever_is_quoted_stays_inside(texts: list[str]) -> None:
    quoted = quote([Block("items", list(enumerate(texts, start=1)))])
    (found,) = BLOCK.finditer(quoted)
    assert found.group() == quoted
    lines = found.group(3).split("\n")
    assert len(lines) == len(texts)
    assert [json.loads(line) for line in lines] == [[n, clean(text)] for n, text in enumerate(texts, start=1)]
    assert not SPECIAL.search(found.group(3))


def test_the_code_follows_from_what_is_quoted() -> None:
    def code(*texts: str) -> str:
        return re.findall(r"<items-(.+)>", quote([Block("items", texts)]))[0]

    assert code("a") == code("a")
    assert code("a") != code("b")
    assert code("a") != code("a", "a")


def test_a_code_that_occurs_is_passed_over() -> None:
    """Nobody can write a text that holds its own hash; so the lines are handed in apart from what is hashed."""

    class Holds(str):
        """A line that seems to contain the first code."""

        def __contains__(self, part: str) -> bool:  # type: ignore[override]
            return part == next(_codes("items\nsome line"))

    codes = _codes("items\nsome line")
    first, second = next(codes), next(codes)
    assert _code(["items"], ["some line"]) == first
    assert _code(["items"], [Holds("some line")]) == second
