"""A shop where taste is a matter of tags, and a scripted shopper who can read them. No language model is behind it.

Every item is of one kind, and its text says which; every user likes two kinds, and nothing says which. The shopper
knows no more than its prompt: it finds ``kind-...`` words in the memory texts it is shown, chooses by them, guesses
where they say nothing, and writes into each new text the kinds that the choice has taught. What it learns it owes to
the memories alone, so that it shows whether they work, and nothing about how well a language model would do.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from townsquare.protocols.chat import Request
from townsquare.protocols.streams import Streams
from townsquare.testing.schema_filler import schema_of

KIND = re.compile(r"\bkind-[a-z]+")
_BLOCK = re.compile(r"^<([a-z]+)-([0-9a-f]{16})>\n(.*?)\n</\1-\2>$", re.MULTILINE | re.DOTALL)
_LIKES = re.compile(r"I like ([^.]*)\.")
_DISLIKES = re.compile(r"I dislike ([^.]*)\.")
_SYLLABLES = ["ba", "co", "du", "fe", "gi", "ho", "ja", "ke", "lu", "me"]


def write_shop(
    folder: Path, *, users: int = 40, kinds: int = 24, items: int = 240, per_user: int = 14, seed: int = 0
) -> Path:
    """RecBole's ``shop.inter`` and ``shop.item``; every user takes ``per_user`` items of the two kinds they like."""
    streams, folder = Streams(seed), Path(folder)
    names = [f"kind-{_SYLLABLES[k // 10]}{_SYLLABLES[k % 10]}" for k in range(kinds)]
    kind_of = np.arange(items) % kinds
    lines = ["item_id:token\ttitle:token_seq\tcategory:token_seq"]
    lines += [f"{item}\tRecord {item}\t{names[kind_of[item]]}" for item in range(items)]
    rows = ["user_id:token\titem_id:token\ttimestamp:float"]
    for user in range(users):
        rng = streams.get("shopper", user)
        liked = np.flatnonzero(np.isin(kind_of, rng.choice(kinds, 2, replace=False)))
        taken = rng.choice(liked, per_user, replace=False)
        rows += [f"u{user}\t{item}\t{turn}" for turn, item in enumerate(taken.tolist())]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.item").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "shop.inter").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def shopper(body: dict[str, Any]) -> str:
    """The answer to a chat-completions request, for ``ChatServer``."""
    schema = schema_of(body)
    assert schema is not None, "the shopper answers questions with a schema"
    return _answer(schema, body["messages"][1]["content"])


def scripted_shopper(request: Request) -> str:
    """The same, for a scripted model (``scripted:townsquare.testing.tag_shop:scripted_shopper``)."""
    return _answer(json.loads(request.schema), request.messages[1].text)


def material(text: str) -> dict[str, Any]:
    """The blocks of a prompt about a choice: the lines of each by its kind (of several of one kind, a list per block).

    ``items`` are titles and descriptions put together, with their places.
    """
    found: dict[str, Any] = {kind: [] for kind in ("taste", "fused", "earlier", "circle", "separated", "tags")}
    for kind, _, lines in _BLOCK.findall(text):
        found.setdefault(kind, []).append([json.loads(line) for line in lines.splitlines()])
    titles, descriptions = (dict(found.get(kind, [[]])[0]) for kind in ("titles", "descriptions"))
    found["items"] = [{"place": p, "title": title, "description": descriptions[p]} for p, title in titles.items()]
    return found


def _answer(schema: Mapping[str, Any], text: str) -> str:
    data = material(text)
    fields = set(schema["properties"])
    if "place" in fields:
        best = _order(data, data["items"])[0]
        return json.dumps({"place": best, "explanation": "I go by the kinds I know."})
    if "order" in fields:
        return json.dumps({"order": _order(data, data["items"])})
    if "first" in fields:
        likes, _ = _taste(data)
        return json.dumps(
            {name: _item(item, likes) for name, item in zip(("first", "second"), data["items"], strict=True)}
        )
    if "interest_tags" in fields:
        return json.dumps({"interest_tags": _taste(data)[0]})
    if "name" in fields:
        return json.dumps({"name": " ".join(data["tags"][0][:2])})
    return json.dumps({"description": _reflected(data) if data["items"] else _fused(data)})


def _taste(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Kinds liked and disliked, as far as any text about the person says; what is liked anywhere is not disliked."""
    said = json.dumps([data[kind] for kind in ("taste", "fused", "earlier", "separated")])
    likes = sorted({kind for part in _LIKES.findall(said) for kind in KIND.findall(part)})
    dislikes = {kind for part in _DISLIKES.findall(said) for kind in KIND.findall(part)}
    return likes, sorted(dislikes - set(likes))


def _order(data: Mapping[str, Any], items: list[dict[str, Any]]) -> list[int]:
    """Places by what is known of each item's kind; where nothing tells them apart, by lot from the prompt itself."""
    likes, dislikes = _taste(data)
    circles = json.dumps(data["circle"])

    def key(item: dict[str, Any]) -> tuple[float, str]:
        own = KIND.search(item["description"])
        kind = own.group() if own else ""
        score = (kind in likes) - (kind in dislikes) + 0.1 * circles.count(json.dumps(item["title"]))
        lot = hashlib.sha256(json.dumps([item["title"], likes, dislikes, items]).encode()).hexdigest()
        return -score, lot

    return [item["place"] for item in sorted(items, key=key)]


def _reflected(data: Mapping[str, Any]) -> str:
    """A taste after a choice: the kind of what was taken is liked, that of what was not is disliked."""
    likes, dislikes = _taste(data)
    negative, positive = ((KIND.findall(item["description"]) or [""])[:1] for item in data["items"])
    return _words({*likes, *positive} - {""}, {*dislikes, *negative} - {""})


def _fused(data: Mapping[str, Any]) -> str:
    likes, dislikes = _taste(data)
    return _words(set(likes), set(dislikes))


def _words(likes: set[str], dislikes: set[str]) -> str:
    said = [f"I like {', '.join(sorted(likes))}."] if likes else ["I do not know yet what I like."]
    rest = sorted(dislikes - likes)
    return " ".join(said + ([f"I dislike {', '.join(rest)}."] if rest else []))


def _item(item: Mapping[str, Any], likes: list[str]) -> str:
    """An item's kind stays first, whoever likes it."""
    own = KIND.search(item["description"])
    kind = own.group() if own else "no kind"
    return f"{item['title']} is {kind}. For people who like {', '.join(likes[:3]) or 'surprises'}."
