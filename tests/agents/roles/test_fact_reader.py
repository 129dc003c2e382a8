"""Noting what articles state."""

import pytest

from townsquare.agents.roles.fact_reader import FactReader, stated
from townsquare.protocols.ioa.messages import Task


@pytest.mark.parametrize(
    ("text", "figure", "about"),
    [
        (
            "4,812 people came to the sport event of week 1 | sport",
            4812,
            "... people came to the sport event of week 1",
        ),
        ("Of all we asked, 37 said no. | 99 likes", 37, "Of all we asked, ... said no."),
        ("1234567 in one word", 1234567, "... in one word"),
        ("nothing counted here | 12 likes", None, ""),
        ("", None, ""),
    ],
)
def test_figure_and_subject(text: str, figure: int | None, about: str) -> None:
    assert stated(text) == {"figure": figure, "about": about}


async def test_in_the_order_of_the_documents() -> None:
    documents = [{"id": 7, "text": "5 cats"}, {"id": 3, "text": "no cats"}]
    task = Task(id="a:1:1", sender="desk", task_id="t", input={"documents": documents})
    assert await FactReader().run(task) == {
        "read": [{"id": 7, "figure": 5, "about": "... cats"}, {"id": 3, "figure": None, "about": ""}]
    }
