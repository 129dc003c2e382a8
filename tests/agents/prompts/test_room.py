"""The room of a prompt: what is cut, in which order, and when nothing more can be."""

from collections.abc import Sequence

import pytest

from townsquare.agents.prompts.read import read
from townsquare.agents.prompts.room import Room, fitted, tokens
from townsquare.protocols.chat import Message
from townsquare.protocols.errors import InputError


def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
    return (Message("user", "\n".join((*memories, "|", *texts))),)


def parts(messages: tuple[Message, ...]) -> tuple[list[str], list[str]]:
    lines = messages[0].text.split("\n")
    at = lines.index("|")
    return lines[:at], lines[at + 1 :]


def test_what_fits_stays_as_it_is() -> None:
    assert parts(fitted(render, ["old", "new"], ["a", "b"])) == (["old", "new"], ["a", "b"])


def test_oldest_memories_go_first() -> None:
    memories = [f"memory number {n:02}" for n in range(60)]  # 4.5 tokens each, with quotation marks
    kept, _ = parts(fitted(render, memories, ["a"], Room(memories=50)))
    assert kept == memories[-10:]
    assert parts(fitted(render, memories, ["a"], Room(memories=0)))[0] == []


def test_then_all_memories_and_then_the_longest_texts() -> None:
    texts = ["short", "x" * 900, "y" * 500]
    kept, shown = parts(fitted(render, ["m" * 40] * 3, texts, Room(prompt=200)))
    assert kept == []
    assert shown[0] == "short"
    assert len(shown[1]) == len(shown[2])
    assert shown[1].endswith("…")
    assert 190 <= tokens(render(kept, shown)) <= 200


def test_memories_go_before_any_text_is_cut() -> None:
    kept, shown = parts(fitted(render, ["m" * 200, "n" * 200], ["x" * 600], Room(prompt=210)))
    assert kept == ["n" * 200]
    assert shown == ["x" * 600]


def test_too_small_a_room_is_said() -> None:
    with pytest.raises(InputError, match=r"300 texts needs at least .* tokens; allow more than 200 \(prompt_tokens\)"):
        fitted(render, [], ["z" * 100] * 300, Room(prompt=200))


@pytest.mark.parametrize("length", [10, 400, 40_000])
@pytest.mark.parametrize("script", ["a", "é", "漢", "<"])
def test_no_prompt_passes_its_budget(length: int, script: str) -> None:
    """Also in scripts of several bytes a letter, and where quoting makes texts six times as long."""
    messages = read(
        ["Your name is Ann."], [script * length] * 5, [script * length] * 50, limit=10, tick=3, room=Room(prompt=4000)
    )
    assert tokens(messages) <= 4000


def test_memories_take_no_more_than_their_share() -> None:
    texts = [f"politics, by creator-{n}, {n % 5} ticks old, {n * 3} likes" for n in range(50)]

    def size(lived: int) -> int:
        memories = [f"{n} rounds ago: I liked 'Bridge opens' and 5 more." for n in range(lived, 0, -1)]
        return tokens(read(["Your name is Ann."], memories, texts, limit=10, tick=lived))

    assert 100 < size(40) - size(0) <= 130 + 15  # and the two lines of the block
    assert size(400) - size(40) <= 2
