"""A persuader of a conversation without a language model: it works through a list of stock arguments."""

from typing import ClassVar

from townsquare.protocols.persuader import Talk
from townsquare.protocols.settings import Settings
from townsquare.protocols.streams import Streams

_FOR = (
    "Think of who bears the cost as long as nothing is done: mostly those who never had a say in it.",
    "Where it was tried, people soon stopped wondering why it had not been done before.",
    "It is a matter of fairness: the same rule for everybody is easier to defend than an exception for some.",
    "Nothing about it is final; if it fails we can turn back, and we shall have learnt something.",
    "The objections are about how to do it well, and hardly any about whether to do it at all.",
    "Most of us would want it if we did not know beforehand which side of it we shall be on.",
)
_AGAINST = (
    "Good intentions are no plan, and nobody has said yet who pays once the first enthusiasm is gone.",
    "What works in one place has a way of failing in the next, where habits and incomes are different.",
    "It takes a choice away from people who are well able to make it for themselves.",
    "Once such a thing is there it is hard to get rid of, however badly it turns out.",
    "The same end can be had by smaller steps, each of which can be checked before the next.",
    "Those it is meant for have not asked for it, and may be the first to lose by it.",
)


class BehaviouralArguer:
    """Says that it is for or against the topic and gives a stock argument, another one each time, in drawn order.

    The arguments are ours and fit any topic, so that they say little about one: this is what a conversation without a
    language model runs on, and no stand-in for one.
    """

    Config = Settings
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: Settings, streams: Streams) -> None:
        self.config, self.streams = config, streams

    async def argue(self, talk: Talk) -> str | None:
        """The next argument; after the last one the first comes again."""
        bank = _FOR if talk.side > 0 else _AGAINST
        order = self.streams.get("arguer", talk.pair, talk.side).permutation(len(bank))
        turn = len(talk.messages) // 2
        word = "for" if talk.side > 0 else "against"
        opening = f'I am {word} it: "{talk.topic}". ' if turn == 0 else ""
        return f"{opening}{bank[order[turn % len(bank)]]}"
