"""Who was moved by what they were shown, on the report of a campaign."""

from collections.abc import Mapping
from html import escape
from typing import Any

from townsquare.dashboard.page import section, table
from townsquare.dashboard.summary import number


def moved(campaign: Mapping[str, Any] | None) -> str:
    """The section; nothing where nobody campaigns.

    ``campaign``: goal (for or against), rows by source and authors, posts that moved most (text, authors, exposures,
    members, move), start, end, control (without, with, difference, interval) or None with a sentence why, human (low,
    high), warnings.
    """
    if not campaign:
        return ""
    columns = ["Shown because", "Posts by", "Shown", "Read", "Liked", "Members moved", "Move", "from", "to"]
    cells = [
        [
            escape(str(row["source"])),
            escape(str(row["authors"])),
            *(f"{row[name]:,}" for name in ("exposures", "reads", "likes", "members")),
            *(number(row[name]) for name in ("move", "low", "high")),
        ]
        for row in campaign["rows"]
    ]
    posts = [
        [
            escape(row["text"]),
            escape(row["authors"]),
            f"{row['exposures']:,}",
            f"{row['members']:,}",
            number(row["move"]),
        ]
        for row in campaign["posts"]
    ]
    goal = escape(str(campaign["goal"]))
    words = (
        f"<p>Above 0 is towards being {goal} the proposition; 1 is the whole scale. A move is the mean over all "
        "members, so rows add up; the ends of its 95 % interval are a bootstrap over members. Mean opinion "
        f"{number(campaign['start'])} at the start, {number(campaign['end'])} at the end. Each step of an opinion is "
        "put down to the post that was read right before it.</p>"
    )
    strongest = table(["Post", "By", "Shown", "Members moved", "Move, summed"], posts, words=2) if posts else ""
    told = "".join(f'<p class="warning">{escape(one)}</p>' for one in campaign["warnings"])
    return section(
        "Who was moved by what they were shown",
        words + table(columns, cells, words=2) + _control(campaign) + told + strongest,
    )


def _control(campaign: Mapping[str, Any]) -> str:
    held, (low, high) = campaign["control"], campaign["human"]
    human = (
        f"Beside it: one-off debates moved people {number(low)} to {number(high)} of the scale towards their opponents "
        "(means of four arms)."
    )
    if held is None:
        return f"<p>The same town without persuaders stands not here: {escape(campaign['why'])}. {human}</p>"
    ends = "" if held["interval"] is None else " ({} to {})".format(*map(number, held["interval"]))
    return (
        f"<p><strong>Paired control.</strong> The same town, with the same random numbers and without persuaders, ends "
        f"at {number(held['without'])}: because of them members moved {number(held['difference'])}{ends} towards their "
        f"goal. {human}</p>"
    )
