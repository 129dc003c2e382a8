"""Importing does nothing, and asking for help is quick: both looked at from a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"altair", "implicit", "numpy", "pandas", "pyarrow", "scipy"}


def python(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run python in the empty folder ``home``, which is also the home folder and the temporary one."""
    places = {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "XDG_", "COV_"))} | places
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("module", ["townsquare", "townsquare.protocols"])
def test_import_writes_nothing(tmp_path: Path, module: str) -> None:
    code = f"import os; before = dict(os.environ); import {module}; assert dict(os.environ) == before"
    done = python("-c", code, home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())


def test_import_configures_no_logging(tmp_path: Path) -> None:
    code = "import logging, townsquare.protocols; print(logging.root.handlers, logging.root.level)"
    assert python("-c", code, home=tmp_path).stdout == "[] 30\n"


@pytest.mark.parametrize("package", [*sorted(HEAVY), "pydantic", "rich"])
def test_import_of_the_root_loads_nothing_heavy(tmp_path: Path, package: str) -> None:
    done = python("-c", f"import sys, townsquare; print({package!r} in sys.modules)", home=tmp_path)
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize("package", ["altair", "implicit", "vl_convert"])
def test_contracts_load_no_optional_package(tmp_path: Path, package: str) -> None:
    done = python("-c", f"import sys, townsquare.protocols; print({package!r} in sys.modules)", home=tmp_path)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    done = python("-X", "importtime", "-m", "townsquare", "--help", home=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "usage" in done.stdout.lower()
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "townsquare" in loaded
    assert not loaded & HEAVY
    assert not list(tmp_path.iterdir())
