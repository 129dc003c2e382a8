"""What is asked about a draft before it is posted: what reads as harmful, how it may be taken, how else to say it."""

from collections.abc import Sequence

from townsquare.agents.persona_words import describe
from townsquare.agents.personas import Persona
from townsquare.agents.prompts.quoting import Block, turns
from townsquare.protocols.chat import Message

_ROLE = "You help people to see how what they are about to post may read to others. You never tell them what to think."


def detect_harm(draft: str) -> tuple[Message, ...]:
    """Parts by exact quotation; code finds their places."""
    task = (
        "Which parts of the draft insult, threaten, belittle or stereotype somebody? Quote each to the letter.\nAnswer "
        "with JSON: parts, a list (empty if there are none) of quote, kind (one word) and why (how it reads, one "
        "sentence)."
    )
    return turns(_ROLE, [Block("draft", [draft])], task)


def score_harm(text: str) -> tuple[Message, ...]:
    """One number."""
    task = "How harmful would this be to those it is about?\nAnswer with JSON: harm, from 0 (not at all) to 1 (very)."
    return turns(_ROLE, [Block("draft", [text])], task)


def imagine_reaction(reader: Persona | None, post: str) -> tuple[Message, ...]:
    """The post alone, as one reader would see it."""
    role = "You are somebody who reads a platform, described in the block named you; say how you take what you read."
    task = (
        "This post comes up in what you follow. How do you take it?\nAnswer with JSON: emotion (one word), reply (what "
        'you would write under it, or "") and would_report (true or false).'
    )
    return turns(role, [Block("you", describe(reader, [post], name="a reader")), Block("post", [post])], task)


def rewrite_draft(
    draft: str, parts: Sequence[tuple[str, str]], style: Sequence[str], tried: Sequence[str] = ()
) -> tuple[Message, ...]:
    """``parts``: quotes with how they read. ``style``: the author's own posts; ``tried``: rewrites that were no good;
    without any there is no such block.
    """
    blocks = [Block("draft", [draft]), Block("parts", [f"{quote} | {why}" for quote, why in parts])]
    like = ""
    if tried:
        blocks.append(Block("tried", list(tried)))
        like = " Those in tried were no good: they still do harm, or mean something else. Write another one."
    if style:
        blocks.append(Block("style", list(style)))
        like += " Write as the author of the block named style does."
    task = (
        "Say the same as the draft does, without what the parts do to others; keep what it means, its length and its "
        f"point of view.{like}\nAnswer with JSON: text."
    )
    return turns(_ROLE, blocks, task)
