"""The prompt of the screening, word for word."""

import re

from townsquare.agents.prompts.screen import AGREEMENT, screen


def test_the_prompt_word_for_word() -> None:
    system, user = screen(["Your name is Ann."], "Should Cats Vote?")
    code = re.findall(r"[0-9a-f]{16}", user.text)[0]
    assert user.text == (
        f'<you-{code}>\n"Your name is Ann."\n</you-{code}>\n\n<topic-{code}>\n"Should Cats Vote?"\n</topic-{code}>\n\n'
        "The person is shown the topic for the first time. Answer with JSON: agreement (a whole number from 1 to 5; "
        f"{AGREEMENT}) and thought (a whole number from 1 to 5: how much the person has thought about this topic "
        "before, 1 not at all, 5 very much)."
    )
    assert "1 strongly disagrees" in AGREEMENT
    assert system.text.startswith("You stand for one person who takes part in a study")
    assert "Cats" not in system.text


def test_nobody_in_particular_has_no_block() -> None:
    assert "<you-" not in screen([], "Should Cats Vote?")[1].text
