"""The writer's prompt."""

from townsquare.agents.prompts.create import create
from townsquare.agents.prompts.room import Room, tokens


def prompt(published: list[str], around: list[str], written: list[str], room: Room | None = None) -> str:
    messages = create(
        ["Your name is Ann."],
        ["sport", "culture"],
        published,
        around,
        written,
        number=len(written) + 1,
        limit=3,
        tick=4,
        room=room or Room(),
    )
    assert tokens(messages) <= (room or Room()).prompt
    return messages[1].text


def lines(text: str, kind: str) -> list[str]:
    """The lines of one block."""
    rest = text.partition(f"<{kind}-")[2]
    return rest.split("\n</")[0].split("\n")[1:] if rest else []


def test_every_kind_has_its_block() -> None:
    text = prompt(["Goal! | 3 likes"], ["Rain", "Sun"], ["First"])
    assert lines(text, "published") == ['"Goal! | 3 likes"']
    assert lines(text, "around") == ['"Rain"', '"Sun"']
    assert lines(text, "written") == ['"First"']
    assert lines(text, "categories") == ['[1, "sport"]', '[2, "culture"]']
    assert "Write article 2 of 3" in text
    assert "1 to 2" in text.rsplit("\n\n", 1)[1]


def test_nothing_yet_is_no_block() -> None:
    text = prompt([], [], [])
    assert [kind for kind in ("published", "around", "written") if f"<{kind}-" in text] == []


def test_what_is_too_long_is_cut_in_its_own_block() -> None:
    text = prompt(["p" * 9000], ["short"], ["w" * 3000], Room(prompt=1000))
    assert lines(text, "around") == ['"short"']
    assert [len(lines(text, kind)) for kind in ("published", "written")] == [1, 1]
    assert lines(text, "published")[0].startswith('"ppp')
    assert lines(text, "written")[0].startswith('"www')
