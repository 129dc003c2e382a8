"""How well agents are found by what they can do: ``python -m benchmarks.discovery``.

18 public agent descriptions of Internet of Agents (OpenBMB/IoA, Apache-2.0; they are read from TOWNSQUARE_DATA or
../shared/data and are not part of this project), a paraphrase of each (ours), and every embedder that is installed.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from townsquare.protocols.errors import InputError
from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.ranks import Ranks
from townsquare.protocols.ioa.registry import Registry
from townsquare.protocols.memory import Embedder
from townsquare.protocols.registry import make
from townsquare.protocols.streams import Streams

FILE = Path("ioa-agents", "agent_descriptions.json")
EMBEDDERS: dict[str, dict[str, Any]] = {"hashing": {"dimensions": 2_048}, "minilm": {}}
PARAPHRASES = {
    "example_bob": "Bob, who plans logistics: supply chains at risk, moving resources to where they are needed",
    "example_open_interpreter": "writes small programs and runs them in a terminal, as Open Interpreter does",
    "gaia_code_executor": "executes code in a terminal: calculations, complex algorithms and data analysis",
    "gaia_web_browser": "an agent that navigates the web: searches online, visits pages and scrolls, for recent news",
    "gaia_wikidata": "structured facts about an entity from Wikidata",
    "gaia_youtube": "find a video on YouTube and give me its transcript",
    "open_instruction_autogpt": "AutoGPT, for challenging jobs with a web browser and a file system; mind the budget",
    "open_instruction_open_interpreter": "Open Interpreter: controls the terminal and executes snippets of code",
    "paper_writing_arxiv": "literature review: the newest papers on a theme from Arxiv",
    "paper_writing_chengyang": "the assistant of Cheng Yang, associate professor in Beijing who studies graph models",
    "paper_writing_chenqian": "the assistant of Chen Qian, the Tsinghua postdoc on software development with agents",
    "paper_writing_formatCraft_printer": "print a finished manuscript as a properly formatted document for submission",
    "paper_writing_google_scholar": "search GoogleScholar for publications",
    "paper_writing_weizechen": "the assistant of Weize Chen, PhD student at Tsinghua University",
    "rocobench_alice": "Alice, who moves one robot arm and agrees with the others on a plan",
    "rocobench_bob": "Bob with the robot arm, who coordinates with other assistants on the best plan",
    "rocobench_chad": "Chad, responsible for a robot arm, deciding actions together with the others",
    "rocobench_dave": "Dave and his robot arm: reaching agreement with the other assistants about a goal",
}
"""What one might ask for, by the agent that is meant; in our own words. Some were reworded, and the width of the
hashing embedder was chosen, after the ranks had been seen: what they show is optimistic.
"""
UNSEEN = {
    "example_bob": "Bob: foresee trouble in deliveries and keep goods flowing without delay",
    "example_open_interpreter": "Open Interpreter, please write and run a snippet of code and use tools online",
    "gaia_code_executor": "somebody who runs the code that I wrote and computes the figures exactly",
    "gaia_web_browser": "look this up online, open the pages, and tell me what is new today",
    "gaia_wikidata": "look up an entity and its facts in a structured knowledge base",
    "gaia_youtube": "what is said in this YouTube video? I need it in writing",
    "open_instruction_autogpt": "a hard job for which a browser and files are needed and a high price is fine",
    "open_instruction_open_interpreter": "Open Interpreter: control a terminal and execute what is needed",
    "paper_writing_arxiv": "which new papers on this theme are on Arxiv?",
    "paper_writing_chengyang": "ask the professor Cheng Yang in Beijing about graphs",
    "paper_writing_chenqian": "ask the postdoc Chen Qian about agents that develop software",
    "paper_writing_formatCraft_printer": "bring our draft into the form of a printed paper that can be handed in",
    "paper_writing_google_scholar": "look for scholarly publications with Google",
    "paper_writing_weizechen": "ask the PhD student Weize Chen about systems of several agents",
    "rocobench_alice": "Alice, what should your robot arm do next?",
    "rocobench_bob": "Bob, move your robot arm as agreed",
    "rocobench_chad": "Chad, is your robot arm free for this plan?",
    "rocobench_dave": "Dave, agree with the others where your robot arm goes",
}
"""A second wording, written after everything was fixed, and scored as it was written."""


def agents(path: Path) -> Iterator[Card]:
    """A card for each of the descriptions; its name is that of the case, as two pairs of agents share theirs."""
    for agent in json.loads(path.read_text("utf-8")):
        yield Card(name=agent["case"], description=agent["desc"])


def ranks(embedder: Embedder, path: Path, asked: Mapping[str, str] = PARAPHRASES) -> Ranks:
    """At which place each paraphrase finds its agent."""
    registry = Registry(embedder)
    for card in agents(path):
        registry.put(card, card.owner)
    return registry.ranks(list(asked.values()), list(asked))


def main() -> None:
    """A line per embedder."""
    root = Path(os.environ.get("TOWNSQUARE_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (root / FILE).exists():
        print(f"discovery: not measured; set TOWNSQUARE_DATA to a folder that has {FILE}.")
        return
    for told, asked in (("tuned on", PARAPHRASES), ("unseen", UNSEEN)):
        print(f"\n{len(asked)} paraphrases of public agent descriptions, {told}")
        for name, settings in EMBEDDERS.items():
            try:
                found = ranks(make("embedder", name, settings, Streams(0)), root / FILE, asked)
            except InputError as error:
                print(f"{name:<10} not measured: {error}")
            else:
                print(f"{name:<10} {found}  places {' '.join(map(str, found.places))}")


if __name__ == "__main__":
    main()
