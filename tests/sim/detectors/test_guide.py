"""docs/write-a-detector.md keeps its word: its blocks run in their order, and its table names every detector."""

import re
import subprocess
import sys
from pathlib import Path

from townsquare.protocols import find, known

GUIDE = Path(__file__).parents[3] / "docs" / "write-a-detector.md"
TEXT = GUIDE.read_text("utf-8")


def test_every_python_block_runs_in_order(tmp_path):
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_table_says_what_each_detector_needs():
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$", TEXT, flags=re.MULTILINE)
    told = {name: set() if needs == "–" else set(needs.split(", ")) for name, needs in rows if "recision" not in needs}
    assert told == {name: set(find("detector", name).needs) for name in known("detector")}
