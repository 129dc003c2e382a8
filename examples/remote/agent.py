"""An agent in twenty lines of the client library. `townsquare join --agent agent:WordCount` does the same."""

import asyncio
import sys
from contextlib import suppress

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.host import Host
from townsquare.protocols.ioa.messages import Task


class WordCount:
    """Counts the words of a text."""

    async def run(self, task: Task) -> dict[str, int]:
        return {"words": len(task.description.split())}


async def main(broker: str) -> None:
    card = Card(name="word-count", description="Counts the words of a text.", capabilities=("count words",))
    async with Host(broker, card.name) as host:
        await host.join(card, WordCount())
        print(f"{card.name} joined {broker}; Ctrl-C leaves.", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "mqtt://localhost:1883"))
