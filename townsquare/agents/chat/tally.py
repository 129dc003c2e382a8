"""What it took to answer one ask."""

from dataclasses import dataclass, field

from townsquare.agents.chat.tape import Call, Failure


@dataclass(slots=True)
class Tally:
    """The calls of one ask."""

    keys: list[str] = field(default_factory=list)
    made: int = 0
    """Calls this ask has paid for, in this session or before the run was interrupted."""
    replayed: int = 0
    """Calls that were recorded by others, or were under way for another ask."""
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    """Paid for the calls made; None when a price is not known."""
    seconds: float = 0.0
    """That the calls made took."""

    def add(self, key: str, record: Call | Failure, own: bool) -> None:
        """Count one call."""
        self.keys.append(key)
        if not own:
            self.replayed += 1
            return
        self.made += 1
        if isinstance(record, Failure):
            self.seconds += record.seconds
            return
        self.seconds += record.reply.seconds
        self.tokens_in += record.reply.tokens_in
        self.tokens_out += record.reply.tokens_out
        self.usd = None if self.usd is None or record.usd is None else self.usd + record.usd
