"""What talking costs, and what working: tokens per agent, per group and in all, and how much was said twice."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from townsquare.protocols.chat import estimate_tokens
from townsquare.protocols.ioa.messages import Header, Say
from townsquare.protocols.ioa.vocabulary import Type

RUN = 5
"""Words in a row that make a repetition (ours; the paper only says that repeats were removed)."""
_INFORMS = (Type.TASK_RESULT, Type.TASK_PROGRESS)


@dataclass(slots=True)
class Spent:
    """Sums over messages."""

    messages: int = 0
    """Messages that cost something or were said in a group."""
    communication: int = 0
    """Tokens spent on deciding what to say, as reported; for a ``say`` without a report, the tokens of its words."""
    estimated: int = 0
    """Of those, the ones that nobody reported."""
    work: int = 0
    """Tokens spent on tasks, as reported."""
    words: int = 0
    """Words said in groups."""
    repeated: int = 0
    """Of those, the ones that stand in five words in a row that were said in the group before."""

    @property
    def duplicated(self) -> float:
        """Share of the words that are repetition, 0 to 1; 0 where nothing was said."""
        return self.repeated / self.words if self.words else 0.0


class Meter:
    """Counts every message once; give it each message that an agent said and the server took."""

    def __init__(self) -> None:
        self.total = Spent()
        self._agents: dict[str, Spent] = defaultdict(Spent)
        self._groups: dict[str, Spent] = defaultdict(Spent)
        self._both: dict[tuple[str, str], Spent] = defaultdict(Spent)
        self._heard: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        """Per group, all runs of words so far."""

    def count(self, message: Header, comm_id: str | None = None) -> None:
        """``comm_id`` is the group that a message other than ``say`` belongs to, such as the result of its task.

        Words are those of ``content``, parted by white space, upper and lower case alike. A text of fewer than five
        words repeats as a whole, or not at all.
        """
        said = isinstance(message, Say)
        if (isinstance(message, Say) and message.type in _INFORMS) or (message.usage is None and not said):
            return  # informs repeat what their results said and cost
        if isinstance(message, Say):
            comm_id = message.comm_id
        words = repeated = estimate = 0
        if said:
            assert isinstance(message, Say)
            words, repeated = self._repeated(message.comm_id, message.content)
            estimate = estimate_tokens(message.content) if message.usage is None else 0
        for spent in self._touched(message.sender, comm_id):
            spent.messages += 1
            spent.communication += message.usage.communication if message.usage else estimate
            spent.estimated += estimate
            spent.work += message.usage.work if message.usage else 0
            spent.words += words
            spent.repeated += repeated

    def agent(self, name: str) -> Spent:
        """What one agent cost, in groups and outside."""
        return self._agents.get(name, Spent())

    def group(self, comm_id: str) -> Spent:
        """What one group cost."""
        return self._groups.get(comm_id, Spent())

    def rows(self) -> Iterator[tuple[str, str, Spent]]:
        """Group, agent and what it cost, sorted; the group is "" for what belongs to none."""
        for (comm_id, name), spent in sorted(self._both.items()):
            yield comm_id, name, spent

    def close(self, comm_id: str) -> None:
        """A group has ended: what was said in it need not be known any more; its sums stay."""
        self._heard.pop(comm_id, None)

    def _touched(self, agent: str, comm_id: str | None) -> Iterator[Spent]:
        yield self.total
        yield self._agents[agent]
        yield self._both[comm_id or "", agent]
        if comm_id:
            yield self._groups[comm_id]

    def _repeated(self, comm_id: str, content: str) -> tuple[int, int]:
        """How many words, and how many of them are repetition; from now on they have been heard."""
        words = content.casefold().split()
        runs = [tuple(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1))] if words else []
        heard = self._heard[comm_id]
        again = {place for n, run in enumerate(runs) if run in heard for place in range(n, n + len(run))}
        heard.update(runs)
        return len(words), len(again)
