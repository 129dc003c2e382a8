"""Reads articles and says what they state."""

import re
from collections.abc import Mapping
from typing import Any

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Task

CARD = Card(
    name="reader",
    description="Reads articles and notes the figure that each of them states, and about what.",
    capabilities=("read articles and note what they state",),
)
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


class FactReader:
    """The first number of a text, and its first part with the number left open; behavioural, no language model.

    Input ``{"documents": [{"id", "text"}, ...]}``; output ``{"read": [{"id", "figure", "about"}, ...]}`` in their
    order, ``figure`` null and ``about`` "" where no number is stated.
    """

    async def run(self, task: Task) -> Mapping[str, Any]:
        """What each document states."""
        return {"read": [{"id": one["id"], **stated(one["text"])} for one in task.input["documents"]]}


def stated(text: str) -> dict[str, Any]:
    """The figure that a text states, and about what: its first part, up to ``|``, without the figure."""
    claim = text.partition("|")[0].strip()
    found = _FIGURE.search(claim)
    if found is None:
        return {"figure": None, "about": ""}
    about = " ".join(f"{claim[: found.start()]} ... {claim[found.end() :]}".split())
    return {"figure": int(found.group().replace(",", "")), "about": about}
