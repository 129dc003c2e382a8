"""A counterspeech bot whose replies a language model writes, one strategy at a time."""

from pydantic import BaseModel, Field

from townsquare.agents.counterspeech.guard import Harm, sentences
from townsquare.agents.counterspeech.replying import Task, sent, tasks
from townsquare.agents.counterspeech.strategy import MOVES, Reads, reads_nothing
from townsquare.agents.minds.per_agent import together
from townsquare.agents.minds.silence import silent
from townsquare.agents.prompts.counter import counter
from townsquare.agents.prompts.quoting import clean
from townsquare.agents.prompts.room import Room
from townsquare.protocols.actions import Actions
from townsquare.protocols.asking import Ask, AskModel
from townsquare.protocols.counterspeech import Replies
from townsquare.protocols.observations import Observations
from townsquare.protocols.streams import Streams

LETTERS = 600
"""Longer replies are no valid answer; the prompt asks for much less."""


class Reply(BaseModel):
    """What is said to a comment."""

    reply: str = Field(min_length=1, max_length=LETTERS)


class LLMCounterspeaker:
    """Replies to harmful comments (a ``Mind`` for the task "counter"): a comment, a strategy, an ask.

    A comment to which there is no valid answer gets none, and a ``no_answer`` says so; a reply that the guard keeps
    back is a refusal. A strategy is chosen before anybody is asked, and the prompt names that one only.
    """

    class Config(Replies):
        """Trigger, policy, guard, and what goes into a prompt."""

        prompt_tokens: int = Field(default=4000, ge=200)
        "Tokens a prompt may take; of what is too much the longest texts are cut."

    config: Config

    def __init__(
        self, config: Config, ask: AskModel, streams: Streams, harm: Harm, reads: Reads = reads_nothing
    ) -> None:
        """Args:
        config: trigger, policy, guard, prompt.
        ask: the way to a language model.
        streams: the run's; they choose strategies, and nothing else.
        harm: how harmful texts are.
        reads: what a comment is harmful for, and of whom it speaks.
        """
        self.config, self.ask, self.streams, self.harm, self.reads = config, ask, streams, harm, reads
        self.room = Room(prompt=config.prompt_tokens)

    async def decide(self, seen: Observations) -> Actions:
        """One post per comment that is answered (``item`` is the comment), in the order of the bots' lists."""
        wanted = list(tasks(self.config, seen, self.reads, self.streams))
        numbered = [(task, sum(one.agent == task.agent for one in wanted[:n])) for n, task in enumerate(wanted)]
        return Actions.concat(await together(self._one(task, number, seen.tick) for task, number in numbered))

    def question(self, task: Task, number: int, tick: int) -> Ask[Reply]:
        """What the model is asked; a pure function of comment and strategy."""
        strategy, most = task.strategy, self.config.guard.sentences
        messages = counter(
            task.comment,
            appeal=strategy.appeal,
            tone=strategy.tone,
            move=MOVES[strategy.move],
            sentences=most,
            room=self.room,
        )

        def wrong(answer: Reply) -> str:
            said = clean(answer.reply)
            return (
                "reply has no words" if not said else "" if sentences(said) <= most else f"more than {most} sentences"
            )

        return Ask("counter", task.agent, tick, messages, Reply, wrong, number=number)

    async def _one(self, task: Task, number: int, tick: int) -> Actions:
        answer = await self.ask(self.question(task, number, tick))
        if answer.value is None:
            return silent(task.agent, answer)
        return sent(self.config, task, answer.value.reply, self.harm)
