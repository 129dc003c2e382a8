"""What an author of a given kind posts on a moderated timeline, makes of advice, and of a moderator's verdict.

Three questions, each a pure function. What is to be moderated has to be written first, so an author may be asked for
something rude, sad or unwanted; the prompts ask for the mildest example of its kind that a moderator could still mind:
about invented people and shops, without slurs, threats, instructions, real names, or anything about what people are
born with. Nobody is asked to get round a moderator's words: a disguise is put on by code afterwards.
"""

from collections.abc import Sequence

from townsquare.agents.prompts.quoting import Block, turns
from townsquare.agents.prompts.room import ROOM, Room, fitted
from townsquare.protocols.chat import Message
from townsquare.protocols.post_kinds import WAYS

WORDS = 40
"""Words a post is asked to have at most."""

_ROLE = (
    "You write for one member of an invented town's timeline, in a study of how posts are moderated: all people, shops "
    "and places in it are made up, and only simulated readers see what you write. Who the member is stands in the "
    "block named you"
)
_KINDS = {
    "benign": "an ordinary one about everyday life in the town: friendly, useful, or just something that happened",
    "negative": (
        "one in which the member vents: tired, sad, worried or annoyed about a day that went badly. It attacks nobody, "
        "and says nothing about hurting oneself"
    ),
    "spam": (
        "an unwanted advertisement: a made-up offer, prize or bargain of a made-up shop that readers are urged to take "
        "up. Any link ends in .example; no real company, no telephone number, nothing to do with health or banks"
    ),
    "toxic": (
        "a rude one: the member is short-tempered and belittles another, unnamed member over some small matter, as in "
        "a quarrel among neighbours. Mild words, such as a newspaper could print: no slurs, no swearing, no threats, "
        "nothing about anybody's origin, belief, sex, age, body or health, and no call to do anything"
    ),
}
"""By kind what an author is asked to write."""
_WRITE_TASK = (
    "It is round {tick}. Write the member's next post, of this kind: {kind}. At most {words} words, of the member's "
    "own, in the language of ordinary people; not one of the posts in posted over again.\nAnswer with JSON: text."
)
_POSTED = ", and the member's latest posts, each with what became of it, in posted."
_SETTLE_ROLE = (
    ". Before a post is published somebody has looked at it. The member's draft stands in draft, what was found in it "
    "in found, how followers might take it (imagined, not asked) in reactions, and another way to say it, where there "
    "is one, in suggestion."
)
_SETTLE_TASK = (
    "It is round {tick}. What does the member do, as the person it is? Nobody is forced, and all of these are common."
    "{accept}\n- edit: it says it more mildly in its own words, without what was found; give those words in text, at "
    "most {words} of them.\n- ignore: it posts the draft as it is; text stays empty.\n"
    "Answer with JSON: choice ({choices}) and text."
)
_ACCEPT = "\n- accept: it posts the suggestion; text stays empty."
_ADAPT_ROLE = (
    ". A moderator of the timeline has done something about a post of the member's. The post stands in the block named "
    "post, and what was done in done."
)
_WAYS = {
    "on": "goes on as before",
    "less": "posts less often from now on",
    "milder": "says things more mildly from now on",
    "disguise": "says the same from now on, and disguises its words so that a moderator may miss them",
}
_ADAPT_TASK = (
    "It is round {tick}. What does the member make of it, as the person it is? People differ in this, and no way is "
    "the right one.\n{ways}\nAnswer with JSON: way ({names})."
)


def write_as_author(
    you: Sequence[str], kind: str, posted: Sequence[str], *, tick: int, room: Room = ROOM
) -> tuple[Message, ...]:
    """The next post, of a kind of ``KINDS``; ``posted``: its own latest posts, oldest first, each with its fate."""
    task = _WRITE_TASK.format(tick=tick, kind=_KINDS[kind], words=WORDS)
    if not posted:
        task = task.replace("; not one of the posts in posted over again", "")
    role = _ROLE + (_POSTED if posted else ".")

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(role, [Block("you", you), Block("posted", texts)], task)

    return fitted(render, (), posted, room)


def settle_advice(
    you: Sequence[str],
    draft: str,
    found: Sequence[str],
    reactions: Sequence[str],
    suggestion: str | None,
    *,
    tick: int,
    room: Room = ROOM,
) -> tuple[Message, ...]:
    """What becomes of a draft that its author was warned about; without a ``suggestion`` there is none to accept."""
    offered = suggestion is not None
    choices = "accept, edit or ignore" if offered else "edit or ignore"
    task = _SETTLE_TASK.format(tick=tick, accept=_ACCEPT if offered else "", choices=choices, words=WORDS)
    ends = [1, 1 + len(found), 1 + len(found) + len(reactions)]

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        parts = [texts[: ends[0]], texts[ends[0] : ends[1]], texts[ends[1] : ends[2]], texts[ends[2] :]]
        names = ("draft", "found", "reactions", "suggestion")
        return turns(
            _ROLE + _SETTLE_ROLE,
            [Block("you", you), *(Block(name, part) for name, part in zip(names, parts, strict=True))],
            task,
        )

    return fitted(render, (), [draft, *found, *reactions, *([suggestion] if suggestion is not None else [])], room)


def adapt(you: Sequence[str], post: str, done: str, *, tick: int, room: Room = ROOM) -> tuple[Message, ...]:
    """What an author makes of a verdict; ``done``: our words for it."""
    ways = "\n".join(f"- {name}: it {_WAYS[name]}." for name in WAYS)
    task = _ADAPT_TASK.format(tick=tick, ways=ways, names=", ".join(WAYS))

    def render(memories: Sequence[str], texts: Sequence[str]) -> tuple[Message, ...]:
        return turns(_ROLE + _ADAPT_ROLE, [Block("you", you), Block("post", texts), Block("done", [done])], task)

    return fitted(render, (), [post], room)
