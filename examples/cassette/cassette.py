"""Record, replay without the server, share a tape between runs: python examples/cassette/cassette.py

SCRIPTED: behind a real HTTP server is a function that opens what many liked, no language model.
"""

import contextlib
import tempfile

import townsquare as ts
from townsquare.protocols.errors import ReplayMiss
from townsquare.testing.chat_server import ChatServer
from townsquare.testing.news_reader import news_reader

MODEL = "openai:scripted"
TOWN = {"users.count": 200, "creators.count": 10, "slate.length": 12, "clicks": 4, "ticks": 6, "panel.count": 5}


def same(one: ts.Run, other: ts.Run) -> str:
    return "the same digest" if one.info.digest == other.info.digest else "a DIFFERENT digest"


def main() -> None:
    tape = {"chat.tape": "shared.sqlite"}
    later = {"changes": [{"tick": 4, "set": {"recommender.name": "random"}}]}
    print("SCRIPTED: a scripted server answers, over real HTTP. No language model was asked.\n")

    with ChatServer(news_reader) as server:
        settings = TOWN | {"chat.base_url": server.url}
        first = ts.run("news", seed=1, set=settings, model=MODEL, out="first")
        print(f"1. Recorded: {server.count} requests, and their answers, in {first.path}/cassette.sqlite")
        before = server.count
        one = ts.run("news", seed=1, set=settings | tape, model=MODEL, out="one")
        two = ts.run("news", seed=1, set=settings | tape | later, model=MODEL, out="two")
        shared = server.count - before
    print("   The server is shut down now.\n")

    print(f"2. Replayed, everything compared event by event: {first.replay() or 'identical'}")
    only = {"chat.cassette": "replay", "chat.tape": str(first.path / "cassette.sqlite")}
    again = ts.run("news", seed=1, set=TOWN | only, model=MODEL, out="again")
    print(f"   A new run from that cassette alone: {same(first, again)}, {again.ledger()['calls']} calls\n")

    print("3. A replay that needs a call nobody recorded (panel.recall=0: prompts without memories)")
    try:
        ts.run("news", seed=1, set=TOWN | only | {"panel.recall": 0}, model=MODEL, out="missed")
    except ReplayMiss as miss:
        print(f"   {miss}\n   status: {ts.open_run('missed').info.status}\n")

    print("4. One tape for two runs, which are equal up to tick 3 (then another recommender)")
    for name, run in (("one", one), ("two", two)):
        print(f"   {name}: {run.ledger()['calls']} calls, {run.ledger()['replayed']} answers from the tape")
    print(f"   {shared} requests in all; without sharing it would have been {len(one.asks()) + len(two.asks())}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        main()
