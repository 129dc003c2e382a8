"""What agents remember, in two layers and as episodes: python examples/memory/memory.py [--model openai:gpt-4o-mini]

SCRIPTED unless --model says otherwise: the texts are rewritten by the function below, no language model.
"""

import argparse
import asyncio
import importlib.util
import json
import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from townsquare.evaluate.session import Session
from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.fusion import Prompts, Step, learn
from townsquare.memory.history import versions
from townsquare.memory.interest_groups import InterestGroups
from townsquare.memory.layers import DualMemory
from townsquare.memory.stores.arrays import Arrays
from townsquare.memory.stores.chroma import Chroma
from townsquare.memory.stores.sqlite import SQLite
from townsquare.memory.transfer import copy
from townsquare.protocols import Streams
from townsquare.protocols.chat import Message, Request
from townsquare.protocols.memory import Entry, Scope

ANN, BO, CLEO = PEOPLE = range(3)
STEPS = [
    Step(ANN, "Films", tick=0, positive=0, negative=1, title="Harbour Lights"),
    Step(ANN, "Books", tick=1, positive=2, negative=3, title="Poems of the Sea"),
    Step(BO, "Books", tick=2, positive=3, negative=2, title="Endgames"),
]
EPISODES = ["I liked 'Ferries of the north sea'.", "I opened 'Rain on Sunday'.", "I opened 'A night at sea'."]


def say(text: str) -> tuple[Message, ...]:
    return (Message("system", "Note in plain sentences what one person likes, in 100 words."), Message("user", text))


PROMPTS = Prompts(
    separated=lambda step, text: say(f"{text}\nChose '{step.title}'.\nRewrite this."),
    fused=lambda step, material: say(f"{material.text()}\nMake one text for {step.domain} of this."),
    items=lambda step, fused, left, chosen: say(f"{fused}\n{left}\n{chosen}\nWhom do what was left and chosen suit?"),
)


def writer(request: Request) -> str:
    """The script that answers: every sentence once, without headings."""
    *lines, _ = request.messages[1].text.splitlines()
    sentences = [one for line in lines if line and line[0] != "[" for one in re.split(r"(?<=\.) ", line)]
    text = " ".join(dict.fromkeys(sentences))
    return json.dumps({"positive": text, "negative": text} if "positive" in request.schema else {"text": text})


async def main(folder: Path, model: Any) -> None:
    embedder = Hashing(Hashing.Config(), Streams(seed=1))
    store = Arrays(Arrays.Config(), dimensions=100)
    memory = DualMemory(DualMemory.Config(), store, ["Books", "Films"], embedder)
    for person in PEOPLE:
        memory.begin(person, {"Books": "Enjoys books.", "Films": "Enjoys films."})
    async with Session(model) as session:
        for step in STEPS:
            await learn(memory, session.ask, PROMPTS, step)

    print("1. Two layers: Ann chose a film at tick 0 and a book at tick 1. What she has in mind at tick 3:")
    for domain in memory.domains:
        seen = memory.context(ANN, domain, tick=3)
        print(f"  {domain}, separated: {seen.separated}\n  {domain}, fused:     {seen.fused}")

    print("\n2. The version log of her fused text about books, with what was added between + and +")
    for version in versions(store, Scope(ANN, "Books", "fused")):
        words = (f"+{part.text.strip()}+" if part.kind == "new" else part.text.strip() for part in version.changes)
        print(f"  version {version.number}, tick {version.entry.tick}: {' '.join(words)}")

    print("\n3. Interest groups, from tags; who is in two groups sees what both chose, but never ahead of time")
    circles = InterestGroups(InterestGroups.Config(clusters=2), embedder, Streams(seed=1))
    memory.regroup(groups := circles.form({ANN: ["the sea"], BO: ["chess", "the sea"], CLEO: ["chess"]}, tick=1))
    for group in groups.groups:
        print(f"  {', '.join(group.tags)}: {', '.join(('Ann', 'Bo', 'Cleo')[member] for member in group.members)}")
    for tick in (1, 2, 3):
        seen = [f"{shared.group.tags[0]}: {', '.join(shared.titles)}" for shared in memory.shared(BO, "Books", tick)]
        print(f"  shown to Bo at tick {tick}: {'; '.join(seen) or 'nothing yet'}")

    print("\n4. Recall: words, age, importance and item in one score; only what happened before the tick")
    vectors = embedder.embed(EPISODES)
    store.write([Entry(Scope(CLEO), t, EPISODES[t], vector=vectors[t], item=t) for t in range(3)])
    for tick, items in ((2, []), (3, []), (3, [1])):
        found = store.recall([CLEO], embedder.embed(["a night at sea"]), 2, tick=tick, before=tick, items=[items])
        print(f"  'a night at sea' at tick {tick}{', with item 1 (rain) at hand' if items else ''}")
        for serial, score in zip(found.entry[0], found.score[0], strict=True):
            print(f"    {score:.2f} {store.entry(serial).text}")

    print("\n5. Moved from store to store and back")
    stores = [store, SQLite(SQLite.Config(path=str(folder / "memory.sqlite")), 100)]
    if importlib.util.find_spec("chromadb"):
        stores.append(Chroma(Chroma.Config(path=str(folder / "chroma")), 100))
    stores.append(Arrays(Arrays.Config(), 100))
    for source, target in pairwise(stores):
        copy(source, target)
    one, other = store.state(), stores[-1].state()
    same = one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
    verdict = "unchanged, vectors included" if same else "CHANGED"
    print(f"  {len(store)} entries, {' -> '.join(type(each).__name__ for each in stores)}: {verdict}")
    for each in stores[1:-1]:
        each.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=writer, help="a language model to ask instead of the script")
    wanted = parser.parse_args().model
    if wanted is writer:
        print("SCRIPTED: a function wrote the texts. No language model was asked.\n")
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(main(Path(temporary), wanted))
