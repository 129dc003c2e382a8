"""The figures of a report: each chart with its words and its numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from townsquare.dashboard import charts, debates, moderation, network, shilling, topics
from townsquare.dashboard.labels import label_of
from townsquare.dashboard.phases import Phase, series_of
from townsquare.dashboard.summary import MAIN, in_words, number
from townsquare.protocols.runfolder import RunFolder


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, the same in words, and the same as a table."""

    title: str
    chart: Any
    look: str
    """How to read it."""
    words: str
    """The numbers in words: for those who cannot see the chart."""
    table: pd.DataFrame
    measures: tuple[str, ...] = ()


_READ = {
    "inequality": "0 means that everybody gets the same, 1 that one takes all.",
    "homogenisation": "0 means that no two users share an article, 1 that all have the same ones.",
    "quality": "What is shown lags behind what is created when creators improve, and leads it when the feed picks "
    "the better articles.",
    "spread": "Users in the loop had a like in the training window; of the others the recommender knows nothing. "
    "A gap in a line means that nobody was in that group.",
    "rumours": "Of the articles in circulation a fixed share is false; what lies below it on the first two lines was "
    "kept from readers. A gap in a line means that nothing was removed yet.",
    "exposure": "The second line is the same visitors at the same moment, had the recommender learnt from customers "
    "alone. Where both lie on one another, shills achieved nothing.",
    "honest": "What visitors truly think of what they were shown, minus what they would think of what they would have "
    "been shown without shills and without a defence. Below zero they pay for it; a rating is one step of the scale.",
    "noticed": "The earlier and the higher a line on the left, the better; a line on the right is what it costs. "
    "Left, a gap means that no shill had rated anything yet.",
    "opinions": network.LOOK,
    "debates": debates.LOOK,
    **moderation.LOOK,
    "trust": "1 means that accounts count in full, 0 that they are left out.",
}


def curves(run: RunFolder, phases: Sequence[Phase]) -> list[Figure]:
    """The figures over ticks, as far as their measures were taken."""
    return [draw() for draw in drawings(run.measures(), phases).values()]


def drawings(table: pd.DataFrame, phases: Sequence[Phase]) -> dict[str, Callable[[], Figure]]:
    """The same by title, from the run's measures; each is drawn when it is called, for that is what takes time."""
    grey = "; ".join(f"{p.name} {_span(p)}" for p in phases)
    look = {**_READ, "life": f"Bands are the phases: {grey}." if grey else "No phases could be told."}
    drawn: Sequence[tuple[str, Sequence[str], Callable[[pd.DataFrame], Any], str]] = (
        (
            "Life cycle: likes, match and coverage by tick",
            charts.LIFE,
            lambda of: charts.life_cycle(of, phases),
            "life",
        ),
        (
            "Inequality: how unevenly attention falls on articles and on creators",
            charts.INEQUALITY,
            charts.inequality,
            "inequality",
        ),
        (
            "Homogenisation: how much two users share of what they see, click and like",
            charts.HOMOGENISATION,
            charts.homogenisation,
            "homogenisation",
        ),
        ("Quality of articles created, shown and liked", charts.QUALITY, charts.quality, "quality"),
        ("Polarisation: users in and out of the recommender's loop", charts.SPREAD, charts.spread, "spread"),
        ("Rumours: false articles shown, clicked and removed", charts.RUMOURS, charts.rumours, "rumours"),
        ("Targets: how many visitors were shown one", shilling.EXPOSURE, shilling.exposure, "exposure"),
        ("Honest customers: what shills, and the defence, cost them", shilling.HONEST, shilling.honest, "honest"),
        (
            "Detectors: whom they flagged, and when",
            [f"{what}_{name}" for name in shilling.detectors(table) for what in ("noticed", "mistaken")],
            shilling.noticed,
            "noticed",
        ),
        ("Defence: how much accounts count", shilling.TRUST, shilling.trust, "trust"),
        ("Shift: how far people moved towards their opponents", debates.SHIFTS, debates.shifts, "debates"),
        ("Harm: how much of what readers met breaks the rules", moderation.HARM, moderation.harm, "harm"),
        ("The channel: how well its moderator does", moderation.CHANNEL, moderation.channel, "channel"),
        ("Chilling: how often benign authors still post", moderation.CHILLING, moderation.chilling, "chilling"),
        ("Review: what was decided, and what waits", moderation.REVIEW, moderation.review, "review"),
        ("Opinions: where they stand, and how they move", network.OPINIONS, network.opinions, "opinions"),
    )

    def one(title: str, names: Sequence[str], draw: Callable[[pd.DataFrame], Any], key: str) -> Figure:
        return _figure(title, table, names, draw(table), look[key])

    return {row[0]: partial(one, *row) for row in drawn if charts.measured(table, row[1])}


def map_of_topics(run: RunFolder) -> Figure | None:
    """The topic map; None where no positions were kept."""
    ticks = topics.chosen(run.snapshot_ticks())
    if not ticks:
        return None
    made = topics.project({tick: run.snapshot(tick) for tick in ticks})
    words = " ".join(
        f"Tick {row['tick']}: {row['users in the loop']} users in the loop, {row['users out of the loop']} out of it, "
        f"{row['articles in circulation']} articles."
        for row in made.counts.to_dict("records")
    )
    look = (
        "The plane is fitted once, to the users and articles of all panels together, so places can be compared across "
        f"panels; its two directions hold {made.explained[0]:.0%} and {made.explained[1]:.0%} of the variance. "
        f"Drawn: {made.sampled}, and at most {topics.MOST_ARTICLES} articles a panel."
    )
    return Figure("Topic map: where users and articles lie", topics.topic_map(made), look, words, made.counts)


def of_moderation(found: Mapping[str, Any] | None) -> dict[str, Figure]:
    """The figures of the section on moderation by name (``moderated.moderated``); nothing where nobody moderates."""
    return {
        name: Figure(title, draw(), moderation.LOOK[name], words, table)
        for name, title, draw, words, table in moderation.figures_of(found)
    }


def against(run: RunFolder, control: RunFolder | None, comparison: Sequence[Mapping[str, Any]] | None) -> list[Figure]:
    """The figures that set a run beside its control."""
    found = []
    if comparison:
        rows = [forest_row(row) for row in _main(comparison)]
        left = len(comparison) - len(rows)
        words = " ".join(
            f"{label_of(r['measure']).label}: {number(r['difference'])}, "
            f"interval {number(r['low'])} to {number(r['high'])}."
            for r in rows
        )
        found.append(
            Figure(
                "Paired differences: this run minus control",
                charts.differences(rows),
                "Bars are intervals. Filled circle: the interval excludes zero; open diamond: it does not. "
                "Both arms drew the same random numbers, so what they share cancels out."
                + (f" The table below has {left} more." if left else ""),
                words,
                pd.DataFrame(rows),
                tuple(str(r["measure"]) for r in comparison),
            )
        )
    if control is not None:
        mine, theirs = run.measures(), control.measures()
        names = [n for n in charts.BESIDE if charts.measured(mine, [n]) or charts.measured(theirs, [n])]
        if names:
            words = " ".join(f"This run, {in_words(mine, n)} Control, {in_words(theirs, n)}" for n in names)
            table = pd.DataFrame(
                {
                    f"{label_of(n).label}, {arm}": series_of(t, n)
                    for n in names
                    for arm, t in (("this run", mine), ("control", theirs))
                }
            )
            found.append(
                Figure(
                    "This run and the control, tick by tick",
                    charts.overlay(mine, theirs),
                    "Solid with circles: this run. Dashed with squares: control.",
                    words,
                    table.rename_axis("tick").reset_index(),
                    tuple(names),
                )
            )
    return found


def _main(comparison: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows worth a place in a picture: the main measures, or the first dozen where none of them was compared."""
    return [row for row in comparison if row["measure"] in MAIN] or list(comparison[:12])


def forest_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a comparison as a row of a forest plot; missing numbers become NaN."""
    low, high = row.get("interval") or (None, None)
    return {
        "measure": str(row["measure"]),
        "difference": _float(row.get("difference")),
        "low": _float(low),
        "high": _float(high),
    }


def _figure(title: str, measures: pd.DataFrame, names: Sequence[str], chart: Any, look: str) -> Figure:
    shown = tuple(charts.measured(measures, names))
    table = pd.DataFrame({label_of(name).label: series_of(measures, name) for name in shown})
    words = " ".join(in_words(measures, name) for name in shown)
    return Figure(title, chart, look, words, table.rename_axis("tick").reset_index(), shown)


def _span(phase: Phase) -> str:
    return f"tick {phase.first}" if phase.first == phase.last else f"ticks {phase.first} to {phase.last}"


def _float(value: Any) -> float:
    return float("nan") if value is None else float(value)
