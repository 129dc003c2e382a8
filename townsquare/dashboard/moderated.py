"""The section of a report that says what moderation came to."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from townsquare.dashboard import page
from townsquare.dashboard.summary import number

Row = Mapping[str, Any]


def moderated(found: Mapping[str, Any] | None, drawn: Mapping[str, str]) -> str:
    """The section; "" where nobody moderates.

    ``found``: ``ModerationOutcome.plain`` with ``breaks``, ``groups`` and ``posts``; ``drawn``: figures as HTML by the
    names of ``moderation.tables``.
    """
    if not found:
        return ""
    breaks = escape(" and ".join(found["breaks"]) or "nothing")
    beside = ["Without", "Difference", "95 % interval"] if found["without"] else []
    readers = page.table(
        ["Readers", "How many", "Of kinds they block", "Harm read", "Harm shown", *beside],
        [_reader(row, bool(beside)) for row in found["readers"]],
        words=1,
    )
    authors = page.table(
        ["Authors", "How many", "Posts per tick", *beside], [_author(row, bool(beside)) for row in found["authors"]], 1
    )
    return page.section(
        "What moderation came to",
        f"{drawn.get('places', '')}<p>Shares of what readers were shown, and read, that breaks the rules ({breaks}); "
        f"blurred posts count where they were opened.</p>{readers}{drawn.get('groups', '')}"
        f"<p>Posts per author and tick, answers left out.</p>{authors}{drawn.get('posts', '')}{_rest(found)}",
    )


def _reader(row: Row, beside: bool) -> list[str]:
    unwanted = "–" if row["unwanted"] is None else number(row["unwanted"])
    cells = [escape(str(row["group"])), f"{row['readers']:,}", unwanted, number(row["read"]), number(row["harm"])]
    return cells + _beside(row, beside)


def _author(row: Row, beside: bool) -> list[str]:
    return [escape(str(row["kind"])), f"{row['authors']:,}", number(row["posts"]), *_beside(row, beside)]


def _beside(row: Row, beside: bool) -> list[str]:
    if not beside:
        return []
    ends = "–" if row["interval"] is None else "[{}, {}]".format(*map(number, row["interval"]))
    return [number(row["without"]), number(row["difference"]), ends]


def _rest(found: Mapping[str, Any]) -> str:
    """What else a run prints, as sentences."""
    of, through = found["review"], found["channel"]
    told = []
    if through is not None:
        passed = "" if through["passed"] is None else f"; passed: {_share(through['passed'])}"
        told.append(
            f"Posts in disguise that break the rules: {through['disguised']:,}{passed}. Abstained from: "
            f"{through['abstained']:,}."
        )
    if of["held"] or of["appeals_made"]:
        granted = "" if of["granted"] is None else f"; granted: {_share(of['granted'])}"
        told.append(
            f"The simulated reviewer decided {of['held']:,} held posts and {of['appeals_decided']:,} of "
            f"{of['appeals_made']:,} appeals, {of['most']:,} in a tick at most{granted}."
        )
    if any(found["advice"].values()):
        done = ", ".join(f"{name} {n:,}" for name, n in found["advice"].items())
        told.append(f"Drafts of which their authors were warned: {done}.")
    if found["without"]:
        told.append(
            f"Paired control: the same town, with the same random numbers, without {found['without']}; per member, "
            "above 0 is more than there."
        )
    elif found["why"]:
        told.append(f"The same town without moderation stands not here: {found['why']}.")
    return "".join(f"<p>{escape(one)}</p>" for one in told)


def _share(of: Sequence[float]) -> str:
    return "{} ({} to {})".format(*map(number, of))
