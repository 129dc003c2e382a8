"""A scripted reader of the news town, for ``ChatServer``: it opens what many others liked. No language model."""

import json
import re
from typing import Any

from townsquare.testing.chat_server import obey_schema
from townsquare.testing.schema_filler import schema_of

_ITEM = re.compile(r'^\[(\d+), "(.*)"\]$', re.MULTILINE)
_LIKES = re.compile(r"\b(\d+) likes?\b")
_MEMORIES = re.compile(r"^<memories-\w+>\n(.*?)\n?</memories-", re.MULTILINE | re.DOTALL)
_ENOUGH = 5
"""Likes from which on it likes an article itself."""


def news_reader(body: dict[str, Any]) -> str:
    """Opens as many articles as it may, those with most likes first (ties: as listed), and likes those with 5 or more.

    Questions of a questionnaire or an interview it answers by counting the memories before it; anything else with the
    first answer that fits. A function of the request alone.
    """
    fields = (schema_of(body) or {}).get("properties", {})
    prompt = str(body["messages"][1]["content"]) if len(body["messages"]) > 1 else ""
    if "choices" in fields:
        likes = {int(number): _likes(text) for number, text in _ITEM.findall(prompt)}
        opened = sorted(likes, key=lambda number: (-likes[number], number))[: fields["choices"].get("maxItems")]
        return json.dumps({"choices": [{"item": item, "like": likes[item] >= _ENOUGH} for item in opened]})
    kind, memories = fields.get("answer", {}).get("type"), _memories(prompt)
    if kind == "string":
        last = f" The last says: {memories[-1]}" if memories else ""
        return json.dumps({"answer": f"I am a script. I find {len(memories)} memories before me.{last}"})
    if kind == "integer":
        most = fields["answer"].get("maximum", 5)
        return json.dumps({"answer": min(1 + len(memories), most)})
    return obey_schema(body)


def _likes(text: str) -> int:
    found = _LIKES.findall(text)
    return int(found[-1]) if found else 0


def _memories(prompt: str) -> list[str]:
    found = _MEMORIES.search(prompt)
    return [json.loads(line) for line in found[1].splitlines()] if found else []
