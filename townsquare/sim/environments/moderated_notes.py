"""What was said of posts, with its grounds: kept beside a run, for people who look at it (no part of its digest)."""

import json
from collections.abc import Sequence

import pyarrow as pa

from townsquare.protocols.moderator import ACTIONS, Span, Verdicts

COLUMNS = {
    "tick": pa.int32(),
    "item": pa.int32(),
    "agent": pa.int32(),
    "by": pa.string(),
    "action": pa.string(),
    "score": pa.float32(),
    "category": pa.string(),
    "rationale": pa.string(),
    "spans": pa.string(),
    "evidence": pa.string(),
}
"""``by``: author (advice on the draft), channel, reviewer, appeal, or reader: and the name of a policy. ``spans`` and
``evidence`` are JSON: pairs of places, texts."""


class Notes:
    """Rows of one tick at a time."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def add(
        self,
        by: str,
        item: int,
        action: str,
        score: float,
        *,
        agent: int = -1,
        category: str = "",
        rationale: str = "",
        spans: Sequence[Span] = (),
        evidence: Sequence[str] = (),
    ) -> None:
        """One verdict. A draft has no item yet: -1, and its author."""
        told = json.dumps([list(span) for span in spans]), json.dumps(list(evidence), ensure_ascii=False)
        self._rows.append((item, agent, by, action, round(float(score), 5), category, rationale, *told))

    def verdicts(self, by: str, items: Sequence[int], agents: Sequence[int], of: Verdicts) -> None:
        """All verdicts of a moderator."""
        for row, (item, agent) in enumerate(zip(items, agents, strict=True)):
            self.add(
                by,
                item,
                ACTIONS[int(of.action[row])],
                float(of.score[row]),
                agent=agent,
                category=of.category[row] if of.category else "",
                rationale=of.rationale[row] if of.rationale else "",
                spans=of.spans[row] if of.spans else (),
                evidence=of.evidence[row] if of.evidence else (),
            )

    def take(self, tick: int, drafts: dict[int, int]) -> pa.Table | None:
        """The rows since the last time, None where there are none; ``drafts``: the post that an author's draft is."""
        rows, self._rows = self._rows, []
        if not rows:
            return None
        # two minds may look at drafts at once: what is on record must not hang on which was faster
        rows.sort(key=lambda row: (0, int(str(row[1]))) if row[2] == "author" else (1, 0))
        told = [(tick, drafts.get(int(str(row[1])), -1) if row[2] == "author" else row[0], *row[1:]) for row in rows]
        columns = zip(*told, strict=True)
        return pa.table(
            {name: pa.array(column, kind) for (name, kind), column in zip(COLUMNS.items(), columns, strict=True)}
        )
