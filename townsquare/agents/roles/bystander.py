"""Agents that are there and can do something else: whoever looks for a team has to tell them apart."""

from townsquare.protocols.ioa.cards import Card
from townsquare.protocols.ioa.messages import Task

CARDS = (
    Card(
        name="forecaster",
        description="Says what the weather will be like in the town tomorrow.",
        capabilities=("forecast the weather",),
    ),
    Card(name="translator", description="Translates articles into other languages.", capabilities=("translate texts",)),
    Card(name="illustrator", description="Draws pictures that go with articles.", capabilities=("draw pictures",)),
)


class Bystander:
    """Takes any task and says that it is not its trade."""

    async def run(self, task: Task) -> str:
        """Raises ValueError always: the task has failed."""
        raise ValueError("this is not what I am here for")
