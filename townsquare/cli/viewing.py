"""``townsquare view``: the dashboard, in a browser."""

import argparse
import importlib.util
import ipaddress
import os
import subprocess
import sys
from pathlib import Path

from townsquare.protocols.errors import InputError


def view(arguments: argparse.Namespace) -> int:
    """Start the dashboard's server and wait for it; Ctrl-C ends it."""
    if importlib.util.find_spec("streamlit") is None:
        raise InputError("the dashboard needs the view extra: pip install 'townsquare[view]'.")
    folder = Path(arguments.runs or os.environ.get("TOWNSQUARE_RUNS", "runs"))
    if arguments.runs and not folder.is_dir():
        raise InputError(f"there is no folder {folder}; give one that holds runs, or a run folder.")
    if not _local(arguments.address) and not arguments.token:
        raise InputError(
            f"--address {arguments.address} can be reached by others: give a --token that they have to know."
        )
    app = Path(__file__).parents[1] / "view" / "app.py"
    print(f"townsquare: http://{arguments.address}:{arguments.port}/ shows {folder} (Ctrl-C ends it)", file=sys.stderr)
    return subprocess.call(command(app, arguments), env={**os.environ, **environment(folder, arguments)})


def command(app: Path, arguments: argparse.Namespace) -> list[str]:
    """Streamlit's command line: local, without its own statistics, without watching files."""
    return [
        sys.executable, "-P", "-m", "streamlit", "run", str(app),
        f"--server.address={arguments.address}", f"--server.port={arguments.port}",
        f"--server.headless={'true' if arguments.no_browser else 'false'}",
        "--browser.gatherUsageStats=false", "--server.fileWatcherType=none", "--client.toolbarMode=viewer",
        "--server.enableStaticServing=false", "--logger.level=error",
    ]  # fmt: skip


def environment(folder: Path, arguments: argparse.Namespace) -> dict[str, str]:
    """What the pages are told."""
    told = {"TOWNSQUARE_VIEW_ROOT": str(folder.resolve()), "OPENBLAS_NUM_THREADS": "1"}
    told["TOWNSQUARE_VIEW_READ_ONLY"] = "1" if arguments.read_only else "0"
    told["TOWNSQUARE_VIEW_TOKEN"] = arguments.token or ""
    return told


def _local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
