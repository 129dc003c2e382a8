"""Runs for the pages Town square, Network, Moderation, Feed and Why: one per kind of town."""

from pathlib import Path

import townsquare as ts
from tests.view.towns import HOSTILE, NEWS, TEAM

CAMPAIGN = {"members.count": 60, "persuaders.count": 2, "persuaders.start": 1, "persuaders.audience": 5, "ticks": 4,
            "members.posts": 0.2, "members.replies": 0.1, "moderator.name": "near-duplicates"}  # fmt: skip
MODERATED = {"members.count": 60, "members.posts": 0.3, "ticks": 5, "kinds.spam": 0.1, "kinds.toxic": 0.15,
             "moderator.name": "panel", "changes": [{"tick": 3, "set": {"moderator.action": "hold"}}],
             "author.advice.name": "draft-advisor", "author.accepts": 0.2,
             "review.capacity": 1, "review.accuracy": 0.5, "review.guilty": 1.0}  # fmt: skip
"""Moderators in all three places; some posts are removed, later ones held; a reviewer who lags behind and errs."""


def towns(root: Path) -> Path:
    """moderation, news, team, campaign, network and shop, each small; every position and score of news is kept."""
    ts.run("moderation", seed=3, set=MODERATED, out=root / "moderation")
    ts.run("news", seed=3, set={**NEWS, "record.snapshots": 1, "record.scores": True}, out=root / "news")
    ts.run("team", seed=3, set={**TEAM, "ticks": 5, "team.posts": 8}, out=root / "team")
    ts.run("campaign", seed=3, set=CAMPAIGN, out=root / "campaign")
    ts.run("network", seed=3, set={"graph.nodes": 60, "ticks": 4}, out=root / "network")
    ts.run("shilling", seed=3, set={"customers.count": 30, "shills.count": 2, "ticks": 3}, out=root / "shop")
    return root


def hostile(out: Path) -> ts.Run:
    """A campaign in which the first post of every tick holds all that might be dangerous, and 100,000 letters."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    run = ts.run("campaign", seed=5, set={**CAMPAIGN, "moderator.name": "none"}, out=out)
    for path in sorted((out / "items").glob("*.parquet")):
        table = pq.read_table(path)
        for column, text in (("text", HOSTILE + "x" * 100_000), ("name", HOSTILE)):
            place = table.column_names.index(column)
            table = table.set_column(place, column, pa.array([text] * len(table), table.schema.field(place).type))
        pq.write_table(table, path)
    agents = pq.read_table(out / "agents.parquet")
    place = agents.column_names.index("name")
    names = [f"{HOSTILE} {number}" for number in range(len(agents))]
    pq.write_table(agents.set_column(place, "name", pa.array(names)), out / "agents.parquet")
    return run
