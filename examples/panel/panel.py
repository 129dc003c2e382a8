"""Model-driven readers beside behavioural ones: python examples/panel/panel.py [--model openai:gpt-4o-mini]

SCRIPTED unless --model says otherwise: behind a real HTTP server is a function that opens what many liked. What comes
out then shows how a panel is run and looked into; it says nothing about language models.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

import townsquare as ts
from townsquare.interviews import ainterview, asked
from townsquare.testing.chat_server import ChatServer
from townsquare.testing.news_reader import news_reader

SURVEY = {"ticks": [0, 2, 5], "questions": [{"id": "informed", "text": "I feel well informed."}]}
TOWN = {"users.count": 200, "creators.count": 10, "slate.length": 10, "clicks": 3, "ticks": 6, "panel.count": 5}


def main(folder: Path, model: str, **endpoint: str) -> None:
    settings = TOWN | {"questionnaires": [SURVEY]} | {f"chat.{key}": value for key, value in endpoint.items()}
    run = ts.run("news", seed=1, set=settings, model=model, out=folder / "run")
    agents = run.agents().set_index("agent")

    print(f"1. One town, one log: what readers did in {TOWN['ticks']} ticks, per reader and tick")
    acts = run.events(kinds=["click", "like"])
    counts = acts.groupby([acts["agent"].map(agents["group"]), "kind"], observed=True).size()
    for group, mind in (("users", "behavioural"), ("panel", model)):
        readers = int((agents["group"] == group).sum())
        clicks, likes = (counts.get((group, kind), 0) / readers / TOWN["ticks"] for kind in ("click", "like"))
        print(f"  {group}: {readers:3} readers, {clicks:.2f} clicks, {likes:.2f} likes ({mind})")

    print("\n2. The ledger: what the panel was asked, and what came of it")
    for purpose, row in run.ledger()["purposes"].items():
        money = "price unknown" if row["usd"] is None else f"{row['usd']:.4f} USD"
        print(f"  {purpose:13} {row['asks']:3} asks, {row['answered']:3} answered, {row['invalid']} invalid, ", end="")
        print(f"{row['calls']:3} calls, {row['tokens_in']:,} tokens in, {row['tokens_out']:,} out, {money}")

    reader = int(agents.index[agents["name"] == "panel-0"][0])
    print(
        "\n3. One decision opened: panel-0 at tick 3 (on the command line: townsquare ask RUN --agent panel-0 --tick 3)"
    )
    call = asked(run, reader, 3, "read")[0]["calls"][0]
    print(f"{call['messages'][1]['text']}\n-> {call['reply']}")

    print("\n4. A questionnaire, which changes nothing: 'I feel well informed.', 1 not at all to 5 fully")
    for tick, mean in run.answers().groupby("tick")["value"].mean().items():
        print(f"  tick {tick}: {mean:.1f} on average")

    print("\n5. An interview, which changes nothing either: panel-0 before tick 3, 'What stayed with you?'")
    print(f"  {asyncio.run(ainterview(run, reader, 3, 'What stayed with you?'))['answer']}")
    print(f"\nReplayed without asking anybody: {run.replay() or 'identical'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a language model to ask instead of the script")
    given = parser.parse_args().model
    with tempfile.TemporaryDirectory() as temporary:
        if given:
            main(Path(temporary), given)
        else:
            print("SCRIPTED: a scripted server answers, over real HTTP. No language model was asked.\n")
            with ChatServer(news_reader) as server:
                main(Path(temporary), "openai:scripted", base_url=server.url)
