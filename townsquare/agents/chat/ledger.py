"""What the asks of a run came to and what they cost: views over its asks tables."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from townsquare.agents.chat.asked import SCHEMA

OUTCOMES = ("answered", "repaired", "invalid", "refused", "failed")


def by(asks: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """One row per value of ``columns`` (purpose, agent, model, tick), sorted; ``asks`` is any number of asks tables.

    * ``asks`` and one count per outcome; ``valid`` is the share answered or repaired, ``repair_rate`` the share that
      took a second turn, ``invalid_rate`` the share that stayed without a valid answer though the model replied
      (invalid or refused), ``failed_rate`` the share without a reply.
    * ``calls`` made and ``replayed`` (answered from a cassette, or shared with another ask).
    * ``tokens_in``, ``tokens_out`` and ``usd`` of the calls made; ``unpriced`` asks have calls whose price is unknown,
      and ``usd`` leaves them out (NaN when that is all of them).
    * ``seconds``, ``seconds_p50``, ``seconds_p95``: mean and quantiles per ask over the asks that made calls; NaN when
      there are none.
    """
    groups = asks.groupby(list(columns), sort=True, observed=True)
    found = pd.DataFrame({"asks": groups.size()})
    for outcome in OUTCOMES:
        found[outcome] = (asks["outcome"] == outcome).groupby([asks[c] for c in columns], sort=True).sum().astype(int)
    found["valid"] = (found["answered"] + found["repaired"]) / found["asks"]
    found["repair_rate"] = groups["repair"].mean().astype(float)
    found["invalid_rate"] = (found["invalid"] + found["refused"]) / found["asks"]
    found["failed_rate"] = found["failed"] / found["asks"]
    found["calls"], found["replayed"] = groups["made"].sum(), groups["replayed"].sum()
    found["tokens_in"], found["tokens_out"] = groups["tokens_in"].sum(), groups["tokens_out"].sum()
    found["usd"] = groups["usd"].sum(min_count=1)
    found["unpriced"] = asks["usd"].isna().groupby([asks[c] for c in columns], sort=True).sum().astype(int)
    waited = asks[asks["made"] > 0].groupby(list(columns), sort=True, observed=True)["seconds"]
    found["seconds"] = waited.mean()
    found["seconds_p50"], found["seconds_p95"] = waited.quantile(0.5), waited.quantile(0.95)
    return found.reset_index()


def by_purpose(asks: pd.DataFrame) -> pd.DataFrame:
    """``by`` purpose."""
    return by(asks, "purpose")


def by_agent(asks: pd.DataFrame) -> pd.DataFrame:
    """``by`` agent."""
    return by(asks, "agent")


def totals(asks: pd.DataFrame) -> dict[str, Any]:
    """The ledger in one row, as plain numbers for summaries and JSON: None for what cannot be said.

    Keys are the columns of ``by``, and ``purposes``: the same per purpose.
    """
    if asks.empty:
        return {"asks": 0, "calls": 0, "replayed": 0, "tokens_in": 0, "tokens_out": 0, "usd": 0.0, "purposes": {}}
    whole = by(asks.assign(all="all"), "all").drop(columns="all")
    purposes = by_purpose(asks)
    rows = {
        str(name): _plain(row)
        for name, row in zip(purposes["purpose"], purposes.drop(columns="purpose").to_dict("records"), strict=True)
    }
    return {**_plain(whole.to_dict("records")[0]), "purposes": rows}


def no_asks() -> pd.DataFrame:
    """An asks table without rows."""
    return SCHEMA.empty_table().to_pandas()


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Numbers of Python's own; None for NaN."""
    plain = {str(name): value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    return {name: None if isinstance(value, float) and np.isnan(value) else value for name, value in plain.items()}
