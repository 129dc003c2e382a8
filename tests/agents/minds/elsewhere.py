"""Agents elsewhere without a wire: tasks and results go through JSON text, and every agent can be away or slow."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from townsquare.agents.chat.asked import Asked
from townsquare.agents.chat.cassette import Cassette, Mode
from townsquare.agents.minds.creator import Creator
from townsquare.agents.minds.reader import Reader
from townsquare.agents.minds.remote import CAPABILITY, Remote
from townsquare.agents.minds.wire_form import answer_of, observations
from townsquare.agents.remote.pool import Pool
from townsquare.agents.remote.recorded import Recorded
from townsquare.protocols import Streams
from townsquare.protocols.ioa.cards import Card, Limits
from townsquare.protocols.ioa.messages import Match, Result, TaskStatus

Answers = Callable[[dict[str, Any]], Any]


async def behavioural(task: dict[str, Any]) -> Any:
    """What the town's own minds would do."""
    mind = {"read": Reader, "create": Creator}[task["task"]]
    return answer_of(await mind(mind.Config(), Streams(task["seed"])).decide(observations(task)))


class Elsewhere:
    """Some agents, by name, and what each does with a task; ``tasks`` is what they were given."""

    max_bytes = 16_777_216

    def __init__(self, limits: Limits | None = None, **agents: Answers) -> None:
        self.agents, self.away = agents, set[str]()
        self.cards = [Card(name=name, limits=limits or Limits(), capabilities=(CAPABILITY,)) for name in agents]
        self.tasks: list[tuple[str, dict[str, Any]]] = []
        self.at_once = self.most_at_once = self.lookups = 0

    async def assign(self, to: str, description: str = "", *, capability: str, input: Any, seconds: float) -> Result:
        text = json.dumps(input, allow_nan=False)
        card = next(card for card in self.cards if card.name == to)
        assert len(text.encode()) + 1000 <= card.limits.bytes
        self.tasks.append((to, json.loads(text)))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with asyncio.timeout(seconds):
                if to in self.away:
                    await asyncio.sleep(3600)
                output = await self.agents[to](json.loads(text))
        except TimeoutError:
            return result(status=TaskStatus.TIMED_OUT, error=f"no result within {seconds:g} s")
        except RuntimeError as error:
            return result(status=TaskStatus.FAILED, error=str(error))
        finally:
            self.at_once -= 1
        return result(output=json.loads(json.dumps(output)))

    async def lookup(self, names: Sequence[str] = (), seconds: float = 10.0) -> tuple[Match, ...] | None:
        self.lookups += 1
        return tuple(Match(card=card, here=card.name not in self.away) for card in self.cards if card.name in names)

    def pool(self, **settings: Any) -> Pool:
        return Pool(self, self.cards, CAPABILITY, **{"seconds": 5.0, **settings})


def result(**fields: Any) -> Result:
    return Result(id="r", sender="someone", task_id="t", **fields)


def recorded(path: Path, mode: Mode = "auto", run: str = "run", settled: int = 0) -> Recorded:
    made = Recorded(Asked())
    made.use(Cassette(path, mode, run=run), settled)
    return made


def mind(home: Recorded, pool: Pool | None, batch: int = 2, seed: int = 9) -> Remote:
    return Remote(Remote.Config(), home, seed=seed, batch=batch, pool=pool)
