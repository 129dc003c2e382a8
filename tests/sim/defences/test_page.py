"""docs/defend-a-town.md keeps its word: its Python runs, and its table names every defence."""

import re
from pathlib import Path

from townsquare.protocols import known

PAGE = (Path(__file__).parents[3] / "docs" / "defend-a-town.md").read_text("utf-8")


def test_its_python_runs():
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    exec(compile("\n".join(blocks), "defend-a-town.md", "exec"), {"__name__": "page"})


def test_every_defence_is_in_its_table():
    rows = re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)
    assert {name for name, place in known("defence").items() if place.startswith("townsquare.")} <= set(rows)
