"""The conversations of a run on its report: every group in a row, some of them drawn."""

from html import escape

import pandas as pd

from townsquare.dashboard.page import embedded, section, table
from townsquare.dashboard.sequence import sequence

_ROWS, _DRAWN = 200, 3


def conversations(rows: pd.DataFrame) -> str:
    """The section; nothing where nobody talked. ``rows`` as ``RunFolder.conversations`` gives them."""
    if not len(rows):
        return ""
    groups = [(int(of["tick"].iloc[0]), int(of["group"].iloc[0]), of) for _, of in rows.groupby(["tick", "group"])]
    tokens = rows[["communication", "work"]].sum()
    said, tasks = int((rows["kind"] == "say").sum()), int((rows["kind"] == "task").sum())
    words = (
        f"<p>{len(groups):,} groups, {said:,} turns, {tasks:,} tasks; {int(tokens['communication']):,} tokens for "
        f"talking and {int(tokens['work']):,} for the work itself"
        f"{'' if tokens.any() else ' (nobody here is a language model)'}.</p>"
    )
    cells = [_row(*one) for one in groups[:_ROWS]]
    more = f"<p>The first {_ROWS} of {len(groups):,} groups.</p>" if len(groups) > _ROWS else ""
    listed = table(["Tick", "Group", "Goal", "Members", "Turns", "Tasks", "Ended", "Conclusion"], cells, words=8)
    drawn = "\n".join(_figure(*one, n) for n, one in enumerate(groups[:_DRAWN]))
    return section("Conversations", f"{words}{drawn}<details><summary>All groups</summary>{listed}{more}</details>")


def _row(tick: int, group: int, steps: pd.DataFrame) -> list[str]:
    opened, ended = steps[steps["kind"] == "opened"], steps[steps["kind"] == "ended"]
    goal, members = (str(opened.iloc[0]["text"]), str(opened.iloc[0]["receivers"])) if len(opened) else ("", "")
    status, said = (str(ended.iloc[-1]["status"]), str(ended.iloc[-1]["text"])) if len(ended) else ("not yet", "")
    count = steps["kind"].value_counts()
    turns, tasks = (str(int(count.get(kind, 0))) for kind in ("say", "task"))
    return [str(tick), str(group), *map(escape, (goal, members, turns, tasks, status, said))]


def _figure(tick: int, group: int, steps: pd.DataFrame, number: int) -> str:
    opened = steps[steps["kind"] == "opened"]
    goal = str(opened.iloc[0]["text"]) if len(opened) else ""
    transcript = [
        [str(row.step), *map(escape, map(str, (row.kind, row.sender, row.receivers, row.state, row.text, row.status)))]
        for row in steps.itertuples()
    ]
    words = f"Conversation of group {group} in tick {tick}: {len(steps)} steps."
    heading = f"Tick {tick}, group {group}: {goal}" if goal else f"Tick {tick}, group {group}"
    columns = ["Step", "Kind", "From", "To", "State", "Text", "Status"]
    return (
        f"<figure>\n<h3>{escape(heading)}</h3>\n{embedded(sequence(steps), words, 900 + number)}\n"
        "<figcaption>Time runs downwards. Solid: said, or handed out; dashed: begun, or delivered; a dot: said to "
        "everybody. On the left, the state of the group.</figcaption>\n"
        f"<details><summary>Transcript</summary>{table(columns, transcript, words=7)}</details>\n</figure>"
    )
