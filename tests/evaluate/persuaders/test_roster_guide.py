"""The page about writing a persuader runs, block after block."""

import ast
import asyncio
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from townsquare.protocols import registry

PAGE = Path(__file__).parents[3] / "docs" / "write-a-persuader.md"


def test_the_blocks_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))
    names: dict[str, Any] = {"__name__": "guide"}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 5
    for text in blocks:
        result = eval(compile(text, PAGE.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
        if inspect.iscoroutine(result):
            asyncio.run(result)
    assert 0 < float(capsys.readouterr().out) < 1
