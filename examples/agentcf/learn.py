"""Agents that learn to choose, offline, in about ten seconds: python examples/agentcf/learn.py [folder]

SCRIPTED: behind the HTTP server is a function that reads tags, no language model. It shows that what is learned is
kept in memories and used; it says nothing about how well a language model would do (README.md has the lines for one).
"""

import sys
import tempfile
from pathlib import Path

from townsquare.agents.chat.cassette import Cassette
from townsquare.evaluate.agents import evaluate_agents
from townsquare.protocols.chat_settings import ChatSettings
from townsquare.testing.chat_server import ChatServer
from townsquare.testing.tag_shop import shopper, write_shop

MODEL = "openai:scripted-shopper"
COLUMNS = ("ndcg@1", "ndcg@5", "ndcg@10", "mrr")


def main(folder: Path) -> None:
    data, out = write_shop(folder / "shop"), folder / "out"
    rankers = ["agentcf", "agentcf:b+h", "agentcf++"]

    print("SCRIPTED, not a language model: a function that reads tags answers every question, over real HTTP.\n")
    with ChatServer(shopper) as server:
        result = evaluate_agents(data, rankers, model=MODEL, chat=ChatSettings(base_url=server.url), folder=out)
        print(f"{server.count} requests\n")

    print("How often the agents chose what their user really took, at first sight, as lessons went by:")
    for row in result.learning(5):
        print(f"  {row['method']:10} lessons {row['lessons']:9} {row['right']:6.1%} right")

    print("\nTen candidates per user in order, with 95 % intervals over users:")
    print(f"  {'ranker':12}" + "".join(f"{name:>22}" for name in COLUMNS))
    for row in result.table():
        cells = (f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]" for name in COLUMNS)
        print(f"  {row['ranker']:12}" + "".join(f"{cell:>22}" for cell in cells))
    for remark in result.remarks:
        print(f"  {remark}")

    reflections = result.asks[(result.asks["purpose"] == "reflect") & (result.asks["agent"] == 0)]
    with Cassette(out / "cassette.sqlite", "replay", run="evaluate") as cassette:
        print("\nWhat user 0 was asked after a late lesson, and wrote:\n")
        request, record = cassette.look_up(reflections.iloc[-1]["key"])
        print(request.messages[1].text)
        print(f"\n-> {record.reply.text}")

    tape = ChatSettings(cassette="replay", tape=str(out / "cassette.sqlite"))
    again = evaluate_agents(data, rankers, model=MODEL, chat=tape)
    verdict = "identical" if again.digest == result.digest else "DIFFERS"
    print(f"\nThe same from the cassette, without the server: {verdict}")
    print(f"digest {again.digest}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
