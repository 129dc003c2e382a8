"""What a run will cost, a cap that holds, and going on with a larger one: python examples/budget/budget.py

SCRIPTED: behind a real HTTP server is a function that opens what many liked, no language model. Its price is made up.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import townsquare as ts
from townsquare.estimate import estimate
from townsquare.runs import resolve
from townsquare.testing.chat_server import ChatServer
from townsquare.testing.news_reader import news_reader

MODEL = "openai:scripted"
TOWN = {"users.count": 200, "creators.count": 10, "slate.length": 12, "clicks": 4, "ticks": 8, "panel.count": 10}
PRICE = f'["{MODEL}"]\nusd_in = 10\nusd_out = 40\ndate = 2026-01-01\nsource = "made up for this example"\n'


def townsquare(*words: str) -> subprocess.CompletedProcess[str]:
    """One command as in a terminal, with TOWN as its settings."""
    print(f"  $ townsquare {' '.join(words)} ...")
    town = [word for path, value in TOWN.items() for word in ("--set", f"{path}={value}")]
    command = [sys.executable, "-m", "townsquare", *words, *town, "--model", MODEL, "--out", "capped"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    Path("prices.toml").write_text(PRICE)
    os.environ["TOWNSQUARE_PRICES"] = "prices.toml"
    print("SCRIPTED: a scripted server answers, over real HTTP. No language model was asked; the price is made up.\n")

    print("1. The estimate, before anything is asked (also: townsquare check)")
    guess = estimate(resolve("news", 1, TOWN | {"chat.model": MODEL}))
    print(f"  {guess['model_calls']} calls, {guess['tokens']:,} tokens, {guess['usd']:.2f} USD")

    with ChatServer(news_reader) as server:
        os.environ["OPENAI_BASE_URL"] = server.url
        print("\n2. A cap of 0.25 USD is reached")
        done = townsquare("run", "news", "--seed", "1", "--budget", "0.25")
        print("  " + done.stderr.strip().replace("\n", "\n  "))
        print(f"  exit code {done.returncode}")
        stopped = ts.open_run("capped")
        print(f"  status: {stopped.info.status}, {stopped.info.ticks_done} of {stopped.info.ticks} ticks")
        print(f"  {server.count} requests so far")

        print("\n3. Resumed with a cap of 1 USD: no call is made twice")
        resumed = stopped.resume({"budget.usd": 1})
        print(f"  status: {resumed.info.status}, {resumed.info.ticks_done} of {resumed.info.ticks} ticks")
        print(f"  {server.count} requests in all, {resumed.info.cost:.2f} USD")

        print("\n4. The same run without a cap")
        free = ts.run("news", seed=1, set=TOWN, model=MODEL, out="uncapped")
        same = "the same digest" if free.info.digest == resumed.info.digest else "a DIFFERENT digest"
        print(f"  {free.ledger()['calls']} calls, {free.info.cost:.2f} USD, {same}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        main()
