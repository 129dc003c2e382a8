"""A mind of a town, put on the wire: it answers the `decide` tasks of a town that lives elsewhere."""

from functools import lru_cache
from typing import Any

from townsquare.agents.minds.llm_creator import LLMCreator
from townsquare.agents.minds.llm_reader import LLMReader
from townsquare.agents.minds.remote import CAPABILITY, Remote
from townsquare.agents.minds.wire_form import answer_of, observations
from townsquare.protocols.errors import InputError, TownsquareError
from townsquare.protocols.ioa.messages import Task
from townsquare.protocols.registry import find, make
from townsquare.protocols.streams import Streams
from townsquare.protocols.town import Mind


class TownMind:
    """Any registered mind that is built from its settings and the run's random streams, such as behavioural-reader.

    A task tells the seed of the run, so that the mind draws the numbers that it would draw in the town's own process:
    a town of minds elsewhere has the digest of the one at home. Nothing is remembered between tasks; who decided what
    is in the town's own record.
    """

    def __init__(self, name: str) -> None:
        """Raises InputError when there is no such mind, or it needs more than this."""
        cls = find("mind", name)
        if name.startswith(("llm-", "person")) or issubclass(cls, LLMReader | LLMCreator | Remote):
            raise InputError(
                f"--mind {name}: this mind needs the town around it (its people, its connection); a model joins with "
                "--model, and answers tasks in words."
            )
        self.name = name
        self._of = lru_cache(maxsize=16)(self._made)
        self._of(0)

    async def run(self, task: Task) -> Any:
        """What the mind wants the agents of the task to do, as ``minds.wire_form`` has it."""
        if task.capability not in ("", CAPABILITY):
            raise TownsquareError(f"the mind {self.name} does {CAPABILITY} only (asked for {task.capability!r}).")
        try:
            seen = observations(task.input)
            seed = int(task.input["seed"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise TownsquareError(
                f"the input is none of a {CAPABILITY} task: {type(error).__name__}: {error}."
            ) from error
        return answer_of(await self._of(seed).decide(seen))

    def _made(self, seed: int) -> Mind:
        made = make("mind", self.name, {}, Streams(seed))
        if not isinstance(made, Mind):
            raise InputError(f"mind {self.name!r} does not have the method of one: decide.")
        return made
