"""Sentences that belong beside the tables of an arena."""

from collections.abc import Sequence
from typing import Any

from townsquare.evaluate.persuaders.oracle import HeldOut
from townsquare.evaluate.persuaders.standings import ALL, CONTROL, Round

_KNOWING = ("topline", "flipped")


def of(
    rounds: Sequence[Round],
    ratings: Sequence[dict[str, Any]],
    judged: Sequence[dict[str, Any]],
    held_out: Sequence[HeldOut],
    judge: str,
) -> tuple[str, ...]:
    """What the figures do not say by themselves."""
    inputs, matches = sum(len(one.inputs) for one in rounds), [match for one in rounds for match in one.matches]
    said = [
        f"{inputs} inputs, {len(matches)} matches, each judged twice with sides swapped; {CONTROL} is pinned to 979."
    ]
    same, turned = sum(match.same for match in matches), sum(match.flipped for match in matches)
    if same:
        said.append(f"{same} matches are ties because both texts are the same.")
    if turned:
        said.append(f"{turned} matches are ties because the judge kept to the same place, first or second.")
    lost = sum(match.winner == "" for match in matches)
    if lost:
        said.append(f"{lost} matches do not count: the judge gave no valid answer.")
    for row in ratings:
        if row["case"] == ALL and row["written"] < row["inputs"]:
            missing = row["inputs"] - row["written"]
            why = "no such post is known" if row["contestant"] in _KNOWING else "no valid answer"
            said.append(f"{row['contestant']} wrote nothing for {missing} of {row['inputs']} inputs ({why}).")
    for own in held_out:
        said.append(
            f"The judge learnt from {own.pairs} pairs; on {own.tested} that were held out it finds the better post in "
            f"{own.accuracy:.1%} [{own.low:.1%}, {own.high:.1%}], chance 50 %."
        )
    if any(not row["low"] > 0.5 for row in judged):
        said.append(
            f"The judge {judge} is not shown to do better than chance on the real pairs: its ratings say little."
        )
    said += _above_topline(ratings)
    said.append(
        "Likes are engagement, not persuasion; pairs are observed, and differ in more than words (hour, image, luck)."
    )
    return tuple(said)


def _above_topline(ratings: Sequence[dict[str, Any]]) -> list[str]:
    """A contestant above the posts that readers did like more tells about the judge."""
    rows = {row["contestant"]: row for row in ratings if row["case"] == ALL}
    top = rows.get("topline")
    if top is None:
        return []
    above = [name for name, row in rows.items() if row["elo"] > top["elo"]]
    if not above:
        return []
    return [
        f"{', '.join(above)} rated above topline, the posts that were in fact liked more: the judge then rewards "
        "something that readers did not."
    ]
