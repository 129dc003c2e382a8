"""The prompt of a counterspeech bot, word for word: whoever changes it makes every recorded call a stranger."""

import re

from townsquare.agents.prompts.counter import counter


def test_the_prompt_word_for_word() -> None:
    system, user = counter("You idiot", appeal="cognitive", tone="positive", move="give a fact", sentences=2)
    code = re.findall(r"[0-9a-f]{16}", user.text)[0]
    assert user.text == (
        f'<comment-{code}>\n"You idiot"\n</comment-{code}>\n\n'
        "Reply to the comment. Use this strategy and no other: cognitive appeal, positive tone; give a fact. At most 2 "
        "sentences and 45 words, about what the comment says. Repeat none of its insults.\n"
        "Answer with JSON: reply."
    )
    assert system.text.startswith("You write public replies to harmful comments in a simulated town")


def test_a_long_comment_is_cut_and_the_task_is_not() -> None:
    _, user = counter("word " * 20_000, appeal="affective", tone="negative", move="say so", sentences=2)
    assert user.text.endswith("Answer with JSON: reply.")
    assert len(user.text) < 20_000
