"""Small runs for pages to show, made once."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import townsquare as ts
from townsquare.protocols.chat import Request

NEWS = {"users.count": 40, "creators.count": 5, "ticks": 4, "slate.length": 10, "clicks": 3}
TEAM = {"users.count": 60, "creators.count": 8, "ticks": 3, "slate.length": 10, "team.posts": 3, "team.disputes": 1,
        "rumours.dispute": 0.5}  # fmt: skip
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=alert(1)> [click](javascript:alert(1)) "
    "![pixel](http://example.invalid/p.png) :red[**loud**] $\\frac{1}{0}$ \u202egnp.exe\u202c \x1b[31m"
)
"""What somebody might write who wants more than to be read."""


def runs(root: Path) -> Path:
    """A folder with two runs, one of them a fork, and three folders that are broken in different ways."""
    first = ts.run("news", seed=3, set=NEWS, out=root / "first")
    first.fork(2, {"recommender.name": "random"}, out=root / "deep" / "fork")
    (root / "torn").mkdir()
    (root / "torn" / "run.json").write_text('{"format": 1, "na')
    (root / "newer").mkdir()
    (root / "newer" / "run.json").write_text('{"format": 99}')
    (root / "foreign").mkdir()
    (root / "foreign" / "notes.txt").write_text("nothing to see")
    return root


def panel(out: Path, **more: Any) -> ts.Run:
    """A town in which a scripted model reads for two and writes for one; the first answer of each tick needs repair."""
    return ts.run("news", seed=1, set={**NEWS, "panel.count": 2, "writers.count": 1, **more}, model=scripted, out=out)


def scripted(request: Request) -> str:
    """Opens up to three of what it is shown; writes what nobody should run. Its first answer is none, now and then."""
    prompt = request.messages[1].text
    number = int(sha256(prompt.encode()).hexdigest(), 16)
    if number % 3 == 0 and len(request.messages) == 2:
        return "I would rather not say it as JSON."
    fields = json.loads(request.schema)["properties"] if request.schema else {}
    if "choices" in fields:
        shown = len(re.findall(r"^\[\d+, ", prompt, re.MULTILINE))
        chosen = sorted({(number >> shift) % max(1, shown) + 1 for shift in (0, 6, 12)})
        return json.dumps({"choices": [{"item": item, "like": item % 2 == 0} for item in chosen]})
    return json.dumps({"title": "A title of a few words", "text": f"{HOSTILE} " + "word " * 80, "category": 1})


def page(name: str, **address: Any) -> AppTest:
    """A page as the address opens it; its root is TOWNSQUARE_VIEW_ROOT."""
    opened = AppTest.from_string(f"from townsquare.view.screens import {name}\n{name}.page()", default_timeout=60)
    for key, value in address.items():
        opened.query_params[key] = value
    return opened.run()


def told(opened: AppTest) -> str:
    """Everything that is on the page in words, tables apart."""
    kinds = ("title", "header", "subheader", "text", "caption", "info", "warning", "error", "code", "markdown")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(opened, kind))


def marked(opened: AppTest) -> str:
    """Everything that Streamlit reads as markdown: what a run's text must never be in."""
    kinds = ("title", "header", "subheader", "caption", "info", "warning", "error", "success", "markdown", "latex")
    bodies = [str(one.value) for kind in kinds for one in getattr(opened, kind)]
    labels = [
        one.label for kind in ("expander", "button", "tabs", "selectbox", "metric") for one in getattr(opened, kind)
    ]
    return "\n".join([*bodies, *map(str, labels)])
