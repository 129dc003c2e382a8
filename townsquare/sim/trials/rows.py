"""The rows of a debate trial: a person each, on the scale of agreement with the opponent's side."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from townsquare.protocols.columns import BoolArray, FloatArray, IntArray
from townsquare.protocols.debate import AGREEMENT, ARMS, CLUSTERS, CONTROL, OPPONENTS, SIDES
from townsquare.protocols.errors import InputError
from townsquare.sim.trials.clusters import published_clusters
from townsquare.sim.trials.table import MISSING, Table

_NO_DEBATE = len(ARMS)


@dataclass(frozen=True, slots=True)
class TrialRows:
    """People who rated a topic before and after a debate; all arrays but ``drift`` are (n,)."""

    arm: IntArray
    """Codes into ``ARMS``."""
    pre: IntArray
    """Agreement with the opponent's side before, 1 to 5."""
    post: IntArray
    """The same after: more means having been persuaded."""
    topic: tuple[str, ...]
    """"" where it is not known."""
    cluster: IntArray
    """The published strength of the topic, a code into ``CLUSTERS``; -1 where it is not known."""
    prior: IntArray
    """Prior thought about the topic, 1 to 5; -1 where it is not known."""
    believed_ai: IntArray
    """1 where the opponent was taken for an AI, 0 for a human, -1 where that is not known."""
    debate: tuple[str, ...]
    """"" where it is not known."""
    drift: FloatArray
    """(m,) after less before of the people who did not debate: on the opponent's side where they had a side, else on
    the proposition.
    """
    left_out: int = 0
    """People of a debate without an answer before or after."""

    def __len__(self) -> int:
        return len(self.arm)

    @property
    def shift(self) -> IntArray:
        """(n,) after less before."""
        out: IntArray = self.post - self.pre
        return out

    def where(self, mask: BoolArray) -> "TrialRows":
        """The people for whom ``mask`` holds; what is known of everybody else stays."""
        at = np.flatnonzero(mask)
        kept: dict[str, Any] = {name: tuple(getattr(self, name)[i] for i in at) for name in ("topic", "debate")}
        for name in ("arm", "pre", "post", "cluster", "prior", "believed_ai"):
            kept[name] = getattr(self, name)[at]
        return replace(self, **kept)


def read_csv(path: str | Path) -> TrialRows:
    """Read a trial: a row per analysed person, in one of three vocabularies (``table.COLUMNS``). CSV, TSV or Parquet.

    A table of one's own has ``arm, side, agreement_before, agreement_after`` and, where there, ``topic, topic_prior,
    believed, debate``; instead of side and agreement with the proposition it may have the agreement with the opponent's
    side, ``side_agreement_before, side_agreement_after``. The columns of ``debategpt.csv`` and of the table of rounds
    made from it are known too, in which agreement with the opponent's side is 6 - agreement for a PRO.

    Arms are those of ``protocols.debate.ARMS`` in any case and spelling, ``Human-AI, personalized`` too; rows of
    ``no-debate`` are kept apart as drift. A person without an answer before or after is left out and counted.

    Raises DataError, one sentence with the line: a missing column, an unknown arm, side or guess, a Likert value that
    is no whole number from 1 to 5, agreements that contradict each other, no file, no table, no rows.
    """
    table = Table.read(Path(path))
    arm = table.arms()
    pre, post = _answers(table, arm)
    topic = table.texts("topic")
    everybody = TrialRows(
        arm=arm,
        pre=pre,
        post=post,
        topic=topic,
        cluster=published_clusters(topic),
        prior=np.maximum(table.likert("prior"), -1),
        believed_ai=np.maximum(table.words("believed", {name: code for code, name in enumerate(OPPONENTS)}), -1),
        debate=table.texts("debate"),
        drift=np.zeros(0),
    )
    return _sorted_out(everybody, str(path))


def from_run(events: pd.DataFrame, agents: pd.DataFrame, items: pd.DataFrame | None = None) -> TrialRows:
    """The rows of a simulated trial: the people who are ``counted``, and the no-debate arm as drift.

    Args:
        events: agent, kind, value, why (in words), as ``RunFolder.events`` gives them.
        agents: agent, arm, topic, counted, debate, as ``RunFolder.agents`` gives them.
        items: item, text, category: gives topics their wording and strength; without it a topic is its number.

    Raises InputError where agents have no arm, which is no debate trial, or nobody has answered before and after.
    """
    for name in ("arm", "counted", "topic", "debate"):
        if name not in agents.columns:
            raise InputError(f"the run is no debate trial: its agents have no {name!r} (townsquare run persuasion).")
    codes = {name: code for code, name in enumerate((*ARMS, CONTROL))}
    arm = agents["arm"].map(codes).fillna(-1).to_numpy(np.int64)
    wanted = (arm == _NO_DEBATE) | ((arm >= 0) & agents["counted"].to_numpy(bool))
    people = agents["agent"].to_numpy()[wanted]
    opinions = events[events["kind"] == "opinion"]
    side = _last(events[events["kind"] == "assign"], people)
    topics, debates = (agents[name].to_numpy()[wanted].tolist() for name in ("topic", "debate"))
    text, strength = _topics(items)
    everybody = TrialRows(
        arm=arm[wanted],
        pre=_opposite(_last(opinions[opinions["why"] == "before"], people), side),
        post=_opposite(_last(opinions[opinions["why"].isin(("after", "drawn"))], people), side),
        topic=tuple("" if topic < 0 else text.get(topic, str(topic)) for topic in topics),
        cluster=np.array([strength.get(topic, -1) for topic in topics], np.int64),
        prior=np.maximum(_last(events[events["kind"] == "rate"], people), -1),
        believed_ai=np.maximum(_last(events[events["kind"] == "guess"], people), -1),
        debate=tuple("" if debate < 0 else str(debate) for debate in debates),
        drift=np.zeros(0),
    )
    return _sorted_out(everybody, "the run")


def _answers(table: Table, arm: IntArray) -> tuple[IntArray, IntArray]:
    """(n,) agreement with the opponent's side before, and after, from whichever columns there are."""
    given = {when: table.likert(f"side {when}") for when in ("before", "after")}
    there = all(table.name(f"side {when}") is not None for when in given)
    if there and any(table.name(role) is None for role in ("side", *given)):
        return given["before"], given["after"]
    table.required("side")
    side = table.words("side", SIDES)
    found = []
    for when, ready in given.items():
        table.required(when)
        plain = table.likert(when)
        turned = _opposite(plain, side)
        sideless = np.flatnonzero((plain != MISSING) & (side == MISSING) & (ready == MISSING) & (arm != _NO_DEBATE))
        if len(sideless):
            raise table.complain(int(sideless[0]), f"{table.name('side')} is empty; it must be pro or con.")
        apart = np.flatnonzero((ready != MISSING) & (plain != MISSING) & (side != MISSING) & (ready != turned))
        if len(apart):
            row = int(apart[0])
            what = f"{table.name(f'side {when}')} is {ready[row]}, but {table.name(when)} {plain[row]}"
            word = "pro" if side[row] > 0 else "con"
            raise table.complain(row, f"{what} is {turned[row]} on the side of the opponent of a {word}.")
        found.append(np.where(ready != MISSING, ready, turned))
    return found[0], found[1]


def _opposite(agreement: IntArray, side: IntArray) -> IntArray:
    """``protocols.debate.against`` for many: as it is for a con, and for whoever has no side."""
    turned = (agreement != MISSING) & (side > 0)
    out: IntArray = np.where(turned, sum(AGREEMENT) - agreement, agreement)
    return out


def _sorted_out(everybody: TrialRows, source: str) -> TrialRows:
    """Those who debated and answered twice, with all others as drift or as a number."""
    answered = (everybody.pre != MISSING) & (everybody.post != MISSING)
    debated = everybody.arm != _NO_DEBATE
    if not (answered & debated).any():
        raise InputError(f"{source} holds nobody who debated and gave an opinion before and after.")
    drift = everybody.shift[answered & ~debated].astype(np.float64)
    found = everybody.where(answered & debated)
    return replace(found, drift=drift, left_out=int((debated & ~answered).sum()))


def _last(events: pd.DataFrame, people: IntArray) -> IntArray:
    """(n,) the last value of each person's events, a whole number; ``MISSING`` for whoever has none."""
    values = dict(zip(events["agent"].tolist(), events["value"].tolist(), strict=True))
    return np.array([round(values.get(person, MISSING)) for person in people.tolist()], np.int64)


def _topics(items: pd.DataFrame | None) -> tuple[dict[int, str], dict[int, int]]:
    """Wording and strength by number; items that are statements are in there too, which does no harm."""
    if items is None:
        return {}, {}
    numbers = items["item"].tolist()
    strength = [code if 0 <= code < len(CLUSTERS) else -1 for code in items["category"].tolist()]
    return dict(zip(numbers, items["text"].tolist(), strict=True)), dict(zip(numbers, strength, strict=True))
