"""What a thousand model-driven readers add to a town: ``python -m benchmarks.panel``.

Two towns of the same size in processes of their own: with 1,000 behavioural readers more, and with a panel of 1,000
whose answers come from a local server that is scripted (no language model is asked). Memory is the peak of the town's
process; the server has one of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

AGENTS = 1_000
TICKS = 20
TOWN = ("users.count=1000", "creators.count=50", "slate.length=20", f"ticks={TICKS}")
MODEL = ("panel.model=openai:scripted", "budget.calls=100000000")


def case(folder: str, *settings: str) -> dict[str, float]:
    """One town, in this process."""
    import townsquare as ts
    from townsquare.protocols.machine import peak_memory_mb
    from townsquare.protocols.scenario import parse_override

    began, busy = perf_counter(), process_time()
    run = ts.run("news", set=dict(map(parse_override, settings)), out=Path(folder) / f"run-{len(settings)}")
    found = {"seconds": perf_counter() - began, "cpu": process_time() - busy, "memory_mb": peak_memory_mb()}
    asks = run.asks()
    if len(asks):
        sizes = asks.groupby("tick")["tokens_in"].mean()
        found |= {"asks": len(asks), "first": float(sizes.iloc[0]), "last": float(sizes.iloc[-1])}
    return found


def apart(folder: str, environment: dict[str, str], *settings: str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.panel", "--case", folder, *settings]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the table."""
    server = subprocess.Popen(
        [sys.executable, "-m", "townsquare.testing.chat_server", "--port", "0", "--latency", "0.01"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        environment = os.environ | {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
        with tempfile.TemporaryDirectory() as folder:
            without = apart(folder, environment, *TOWN, f"users.count={1_000 + AGENTS}")
            panel = (*TOWN, *MODEL, f"panel.count={AGENTS}")
            began = perf_counter()
            check = [sys.executable, "-m", "townsquare", "check", "news"]
            for setting in panel:
                check += ["--set", setting]
            subprocess.run(check, env=environment, check=True, stdout=subprocess.DEVNULL)
            estimate = perf_counter() - began
            asked = apart(folder, environment, *panel)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(5)
    per = (asked["cpu"] - without["cpu"]) / asked["asks"] * 1e3
    print(f"\n{AGENTS:,} model-driven readers beside 1,000 behavioural ones, {TICKS} ticks, scripted server\n")
    print(f"{'behavioural only':<28} {without['seconds']:7.1f} s {without['memory_mb']:7.0f} MB")
    print(f"{'with the panel':<28} {asked['seconds']:7.1f} s {asked['memory_mb']:7.0f} MB")
    print(f"{'memory added':<28} {asked['memory_mb'] - without['memory_mb']:17.0f} MB   (at most 200)")
    print(f"{'CPU per decision':<28} {per:18.2f} ms  ({asked['asks']:,} decisions, all of the town's work on them)")
    print(f"{'prompt, last to first tick':<28} {asked['last'] / asked['first']:18.3f}     (at most 1.1)")
    print(f"{'check, with its estimate':<28} {estimate:18.1f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        print(json.dumps(case(*sys.argv[2:])))
    else:
        main()
