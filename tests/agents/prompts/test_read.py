"""The reader's prompt, word for word: whoever changes it makes every recorded call a stranger."""

import re

from townsquare.agents.prompts.read import read


def test_the_prompt_word_for_word() -> None:
    system, user = read(["Your name is Ann."], ["2 rounds ago: I liked 'Rain'."], ["Sun", "Snow"], limit=1, tick=4)
    code = re.findall(r"[0-9a-f]{16}", user.text)[0]
    assert user.text == (
        f'<you-{code}>\n"Your name is Ann."\n</you-{code}>\n\n'
        f"<memories-{code}>\n\"2 rounds ago: I liked 'Rain'.\"\n</memories-{code}>\n\n"
        f'<items-{code}>\n[1, "Sun"]\n[2, "Snow"]\n</items-{code}>\n\n'
        "It is round 4. Which items does the person open? At most 1, those they would really open, the first one "
        "first; none is an answer too. For each say whether they like it once they have read it: most of what is read "
        "is not liked.\nAnswer with JSON: choices, a list of objects with item (the number of the item, 1 to 2) and "
        "like (true or false)."
    )
    assert system.text.startswith("You stand for one person who reads the news")
    assert "Ann" not in system.text


def test_nothing_of_the_system_message_depends_on_who_asks() -> None:
    """Endpoints keep the beginning of a prompt that many calls share."""
    one = read(["Your name is Ann."], [], ["Sun"], limit=1, tick=4)
    other = read(["Your name is Bob."], ["1 round ago: x"], ["Rain", "Hail"], limit=3, tick=9)
    assert one[0] == other[0]
