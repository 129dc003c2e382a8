"""Which software and which machine a run was made with: what the last bit of a float depends on."""

import platform
import resource
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

_PACKAGES = ("townsquare", "numpy", "scipy", "pandas", "pyarrow", "pydantic", "implicit")


def versions() -> dict[str, str]:
    """Names and versions; what is not installed is left out."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    pools = {
        f"{p['internal_api']} {p['version']} {p.get('architecture', '')}".strip()
        for p in threadpool_info()
        if p["user_api"] == "blas"
    }
    found["blas"] = "; ".join(sorted(pools)) or "unknown"
    found["cpu"] = _cpu()
    commit = _git_commit()
    return found | ({"git": commit} if commit else {})


def peak_memory_mb() -> float:
    """Largest resident set of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git_commit() -> str:
    """The commit that the installed source lies in; empty outside a checkout."""
    here = Path(__file__).resolve().parent
    try:
        out = subprocess.run(
            ["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return out.stdout.strip() if out.returncode == 0 else ""
