"""What a campaign came to, as a run prints it: who was moved by what they were shown, and the town without it."""

from townsquare.cli import printing
from townsquare.comparison.campaign import CampaignOutcome, campaign_of
from townsquare.runs import Run
from townsquare.sim.measures.moved import HUMAN

_POSTS = 3
_LETTERS = 60


def of(run: Run, *, control: bool = True) -> CampaignOutcome | None:
    """The outcome of a finished campaign; None for every other run.

    ``control``: run the same town without persuaders too. For a person who looks at one run it is the answer; whoever
    reads JSON, such as a sweep, has arms of their own.
    """
    if run.info.name != "campaign" or run.info.status != "finished":
        return None
    return campaign_of(run, control=control)


def show(run: Run, outcome: CampaignOutcome) -> None:
    """Print it."""
    moved, side = outcome.moved, outcome.scenario.persuaders.side
    columns = ("shown because", "posts by", "shown", "read", "liked", "members moved", "move", "95 % interval")
    rows = [
        (
            row["source"],
            row["authors"],
            *(f"{row[name]:,}" for name in ("exposures", "reads", "likes", "members")),
            f"{row['move']:+.4f}",
            "–" if row["low"] is None else f"[{row['low']:+.4f}, {row['high']:+.4f}]",
        )
        for row in moved.rows
    ]
    printing.table(f"Who was moved by what they were shown (+: {side} the proposition, 1 is the scale)", columns, rows)
    print(f"Mean opinion of {moved.members:,} members: {moved.start:.4f} at the start, {moved.end:.4f} at the end.")
    _strongest(run, outcome)
    _control(outcome)
    print(
        f"Beside it: one-off debates moved people {HUMAN[0]:+.3f} to {HUMAN[1]:+.3f} of the scale towards their "
        "opponents (means of four arms)."
    )
    for sentence in outcome.told:
        print(f"warning: {sentence}")


def _strongest(run: Run, outcome: CampaignOutcome) -> None:
    posts = outcome.moved.posts.head(_POSTS)
    if posts.empty:
        return
    items = run.items().set_index("item")["text"]
    rows = [
        (
            _short(str(items[int(row["item"])])),
            str(row["authors"]),
            f"{row['exposures']:,}",
            f"{row['members']:,}",
            f"{row['move']:+.4f}",
        )
        for row in posts.to_dict("records")
    ]
    printing.table("Posts that moved most, summed over members", ("post", "by", "shown", "moved", "move"), rows)


def _control(outcome: CampaignOutcome) -> None:
    held = outcome.control
    if held is None:
        if outcome.scenario.persuaders.count:
            print(
                f"The same town without persuaders was not run ({outcome.why}): run it with --set persuaders.count=0, "
                "and let townsquare compare set the two against each other."
            )
        return
    print(
        f"Paired control: the same town without persuaders ends at {abs(held.mean_a):.4f}; because of them members "
        f"moved {held.difference:+.4f} {printing.interval(held.interval)} towards their goal."
    )


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"
