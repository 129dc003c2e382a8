"""What moderation came to, as a run prints it: what was done, who saw harm, who fell silent, and without it."""

from collections.abc import Sequence
from typing import Any

from townsquare.cli import printing
from townsquare.comparison.moderation import ModerationOutcome, moderation_of
from townsquare.runs import Run


def of(run: Run, *, control: bool = True) -> ModerationOutcome | None:
    """The outcome of a finished run of the scenario moderation; None for every other run.

    ``control``: run the same town without moderation too. For a person who looks at one run it is the answer; whoever
    reads JSON, such as a sweep, has arms of their own.
    """
    if run.info.name != "moderation" or run.info.status != "finished":
        return None
    return moderation_of(run, control=control)


def show(outcome: ModerationOutcome) -> None:
    """Print it."""
    broken = " and ".join(outcome.scenario.breaks) or "nothing"
    if outcome.places:
        printing.table(
            "What was done about posts, against what they truly are, with 95 % intervals",
            ("place", "who", "posts", "acted on", "precision", "recall", "false positives"),
            [
                (
                    str(row["place"]),
                    str(row["who"]),
                    f"{row['looked']:,}",
                    f"{row['done']:,}",
                    *(_share(row[name]) for name in ("precision", "recall", "fpr")),
                )
                for row in outcome.places
            ],
        )
    printing.table(
        f"Share of what readers were shown, and read, that breaks the rules ({broken})",
        ("readers", "how many", "of what was read", "they block", "of what was shown", *_columns(outcome)),
        [
            (
                str(row["group"]),
                f"{row['readers']:,}",
                f"{row['read']:.4f}",
                "–" if row["unwanted"] is None else f"{row['unwanted']:.4f}",
                f"{row['harm']:.4f}",
                *_without(row, outcome),
            )
            for row in outcome.readers
        ],
    )
    printing.table(
        "Posts per author and tick",
        ("authors", "how many", "posts", *_columns(outcome)),
        [(str(r["kind"]), f"{r['authors']:,}", f"{r['posts']:.4f}", *_without(r, outcome)) for r in outcome.authors],
    )
    for sentence in _sentences(outcome):
        print(sentence)


def _columns(outcome: ModerationOutcome) -> tuple[str, ...]:
    return ("without", "difference", "95 % interval") if outcome.without else ()


def _without(row: dict[str, Any], outcome: ModerationOutcome) -> tuple[str, ...]:
    if not outcome.without:
        return ()
    ends = row["interval"]
    told = "–" if ends is None else f"[{ends[0]:+.4f}, {ends[1]:+.4f}]"
    return f"{row['without']:.4f}", f"{row['difference']:+.4f}", told


def _sentences(outcome: ModerationOutcome) -> Sequence[str]:
    told = []
    of, held = outcome.channel, outcome.review
    if of is not None:
        told.append(
            f"Posts in disguise that break the rules: {of['disguised']:,}; passed: {_share(of['passed'])}. "
            f"Abstained from: {of['abstained']:,}."
        )
        told.append(
            f"The simulated reviewer decided {held['held']:,} held posts and {held['appeals_decided']:,} of "
            f"{held['appeals_made']:,} appeals, {held['most']:,} in a tick at most; granted: {_share(held['granted'])}."
        )
    if sum(outcome.advice.values()) or outcome.unsure:
        chosen = ", ".join(f"{count:,} {name}" for name, count in outcome.advice.items())
        unsure = f" Of {outcome.unsure:,} drafts nobody could say how they read." if outcome.unsure else ""
        told.append(f"Warnings about drafts: {chosen}.{unsure}")
    told += _writers(outcome.writers)
    if outcome.tokens:
        told.append(f"Language models: {outcome.tokens:,} tokens, {outcome.usd:.2f} USD.")
    if outcome.without:
        told.append(
            f"Paired control: the same town, with the same random numbers, without {outcome.without}; per member, "
            "above 0 is more than there."
        )
    else:
        told.append(
            f"The same town without moderation was not run ({outcome.why}): run it with --set moderator.name=none, and "
            "let townsquare compare set the two against each other."
        )
    return told


def _writers(of: dict[str, Any] | None) -> Sequence[str]:
    if of is None:
        return []
    ways, silent = of["adapted"], of["silent"]
    return [
        f"A language model wrote for {of['authors']:,} members: {of['posts']:,} posts. After a verdict {ways['on']:,} "
        f"went on as before, {ways['less']:,} chose to post less, {ways['milder']:,} to be milder, "
        f"{ways['disguise']:,} to disguise their words. No valid answer: {silent['write']:,} times for a post, "
        f"{silent['settle']:,} about advice, {silent['adapt']:,} after a verdict."
    ]


def _share(of: tuple[float, float, float] | None) -> str:
    return "–" if of is None else f"{of[0]:.3f} [{of[1]:.3f}, {of[2]:.3f}]"
