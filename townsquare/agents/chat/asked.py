"""What was asked in a tick and what came of it, one row per ask, for the run folder."""

from collections import Counter
from typing import Any

import pyarrow as pa

from townsquare.agents.chat.tally import Tally
from townsquare.agents.chat.tape import Place
from townsquare.protocols.asking import Outcome
from townsquare.protocols.errors import TooManyFailures

SCHEMA = pa.schema(
    [
        ("tick", pa.int32()),
        ("agent", pa.int64()),
        ("purpose", pa.string()),
        ("number", pa.int32()),
        ("model", pa.string()),
        ("outcome", pa.string()),
        ("why", pa.string()),
        ("key", pa.string()),
        ("keys", pa.list_(pa.string())),
        ("tokens_in", pa.int64()),
        ("tokens_out", pa.int64()),
        ("usd", pa.float64()),
        ("seconds", pa.float64()),
        ("made", pa.int32()),
        ("replayed", pa.int32()),
        ("repair", pa.bool_()),
    ]
)
"""One row per ask. ``key`` is the call that decided it, ``keys`` all its calls in order (docs of the cassette);
``made`` counts the calls this ask paid for, ``replayed`` those it found recorded or shared with another ask; tokens,
usd (null: price unknown) and seconds are of the calls made; ``repair`` says whether a second turn was taken.
"""
VALID = frozenset({"answered", "repaired"})


class Asked:
    """The asks of the tick under way. One for a whole run; all its askers add to it."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(self, place: Place, model: str, outcome: Outcome, why: str, tally: Tally, *, repair: bool) -> None:
        """Note an ask that is over."""
        self._rows.append((place, model, outcome, why, tally, repair))

    @property
    def totals(self) -> dict[str, int]:
        """How many asks of this tick ended how; outcomes that did not occur are left out."""
        return dict(sorted(Counter(row[2] for row in self._rows).items()))

    def failure_share(self) -> float:
        """Share of this tick's asks without a valid answer; 0 when nothing was asked."""
        bad = sum(row[2] not in VALID for row in self._rows)
        return bad / len(self._rows) if self._rows else 0.0

    def check_failures(self, allowed: float) -> None:
        """Raise TooManyFailures when more than the share ``allowed`` of this tick's asks got no valid answer.

        Small numbers: a single bad answer is let pass as long as at least as many asks were answered (1 of 10, 1 of
        2, not 1 of 1), unless ``allowed`` is 0: with few asks one of them is more than any small share.
        """
        bad = [row for row in self._rows if row[2] not in VALID]
        asks = len(self._rows)
        if not bad or len(bad) <= allowed * asks or (len(bad) == 1 and asks > 1 and allowed > 0):
            return
        causes = Counter((row[2], row[3]) for row in bad)
        (outcome, why), count = min(causes.items(), key=lambda cause: (-cause[1], cause[0]))
        raise TooManyFailures(
            f"tick {bad[0][0].tick}: {len(bad)} of {asks} asks ({len(bad) / asks:.1%}) got no valid answer, more than "
            f"the {allowed:.1%} that chat.failures allows; the most frequent cause ({count}, {outcome}): "
            f"{why.rstrip('.')}."
        )

    def bad_calls(self) -> list[str]:
        """The calls of this tick's asks that got no valid answer."""
        return [key for row in self._rows if row[2] not in VALID for key in row[4].keys]

    def take(self) -> pa.Table:
        """The tick's rows, by purpose, agent and number whatever came first; the next tick starts with none."""
        rows, self._rows = sorted(self._rows, key=lambda row: row[0]), []
        columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
        for place, model, outcome, why, tally, repair in rows:
            values = (
                place.tick,
                place.agent,
                place.purpose,
                place.number,
                model,
                outcome,
                _encodable(why),
                tally.keys[-1],
                tally.keys,
                tally.tokens_in,
                tally.tokens_out,
                tally.usd,
                tally.seconds,
                tally.made,
                tally.replayed,
                repair,
            )
            for name, value in zip(SCHEMA.names, values, strict=True):
                columns[name].append(value)
        return pa.table(columns, schema=SCHEMA)


def _encodable(text: str) -> str:
    """Without the lone surrogates that Arrow refuses."""
    return text.encode("utf-8", "replace").decode()
