"""``townsquare review``: a person decides what is to become of posts that wait."""

import argparse
import getpass
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rich.text import Text

from townsquare.cli import printing
from townsquare.protocols.errors import InputError
from townsquare.sim.moderators.queue_file import DECISIONS, QueueFile, Waiting

_KEYS = {name[0]: name for name in reversed(DECISIONS)}
"""The first letter will do, where it is one action's alone or the commoner one's."""
_HELP = f"{', '.join(DECISIONS)} (first letters do: {', '.join(f'{k} {v}' for k, v in sorted(_KEYS.items()))}); " + (
    "then a note if you like; u undoes your last decision, Enter leaves the post waiting, q ends"
)


def review(arguments: argparse.Namespace) -> int:
    """``townsquare review QUEUE``."""
    queue = QueueFile(arguments.queue, create=False)
    try:
        if arguments.decide is not None:
            number, action = arguments.decide
            return _say(queue.decide(_number(number), action, arguments.note or "", _me()), arguments.json)
        if arguments.appeal is not None:
            return _say(queue.appeal(arguments.appeal, arguments.note or "", _me()), arguments.json)
        if arguments.undo is not None:
            return _say(queue.undo(arguments.undo, _me()), arguments.json)
        if arguments.list or arguments.json:
            return _list(queue, arguments.json)
        return decide(queue, input)
    finally:
        queue.close()


def decide(queue: QueueFile, ask: Callable[[str], str]) -> int:
    """Show what waits, one after the other, and take in what is said, until all is decided or somebody leaves."""
    out = printing.console()
    left = queue.open()
    out.print(f"{len(left)} posts wait. {_HELP}.", markup=False)
    last: int | None = None
    at = 0
    while at < len(left):
        _show(queue.post(left[at].n))
        try:
            said = ask("> ").strip()
        except EOFError:
            break
        word, _, note = said.partition(" ")
        if word == "q":
            break
        if word == "u" and last is not None:
            queue.undo(last, _me())
            at = next(place for place, post in enumerate(left) if post.n == last)
            last = None
            continue
        if not word:
            at += 1
            continue
        try:
            queue.decide(left[at].n, _KEYS.get(word, word), note.strip(), _me())
        except InputError as error:
            out.print(f"{error}", markup=False)
            continue
        last = left[at].n
        at += 1
    out.print(f"{len(queue.open())} posts wait.", markup=False)
    return 0


def _show(post: Waiting) -> None:
    out = printing.console()
    head = f"\npost {post.n}: item {post.item} of author {post.author}, tick {post.tick}, score {post.score:.2f}"
    out.print(f"{head}{', ' + _plain(post.category) if post.category else ''} ({post.state})", markup=False)
    text = Text(post.text)
    for start, end in post.spans:
        text.stylize("bold reverse", start, end)
    shown = Text()
    for piece in text.divide([n for n, c in enumerate(post.text) for n in (n, n + 1) if not c.isprintable()]):
        shown.append_text(piece if piece.plain.isprintable() else Text(" "))
    out.print(shown)
    for told in (post.why, *post.evidence):
        if told:
            out.print(f"  {_plain(told)}", markup=False)
    for act in post.acts:
        out.print(f"  {act.kind} {act.action} {_plain(act.note)} ({_plain(act.who)})", markup=False)


def _list(queue: QueueFile, as_json: bool) -> int:
    posts = queue.posts()
    if as_json:
        print(json.dumps([_told(post) for post in posts]))
        return 0
    body = [
        (
            f"{post.n}",
            post.state,
            post.decision.action if post.decision else "",
            f"{post.tick}",
            f"{post.score:.2f}",
            _plain(post.category),
            _plain(post.text)[:60],
        )
        for post in posts
    ]
    title = f"{queue.path}: {len(queue.open())} of {len(posts)} posts want a decision"
    printing.table(title, ("post", "state", "decision", "tick", "score", "category", "text"), body)
    return 0


def _say(post: Waiting, as_json: bool) -> int:
    if as_json:
        print(json.dumps(_told(post)))
    else:
        decision = post.decision.action if post.decision else "none"
        printing.console().print(f"post {post.n}: {post.state}; decision: {decision}.", markup=False)
    return 0


def _told(post: Waiting) -> dict[str, Any]:
    return {**asdict(post), "state": post.state, "decision": post.decision.action if post.decision else None}


def _plain(text: str) -> str:
    """What others wrote, without signs that move the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise InputError(f"--decide takes the number of a post and an action (got {text!r}).")
    return int(text)


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
