"""The pieces of a report page as HTML. A run folder is untrusted: every text in it is escaped here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from townsquare.dashboard.command import command_of, wrapped
from townsquare.dashboard.figures import Figure
from townsquare.dashboard.labels import label_of
from townsquare.dashboard.phases import RULE, Phase
from townsquare.dashboard.summary import number
from townsquare.protocols.runfolder import RunInfo


def document(title: str, style: str, body: Iterable[str]) -> str:
    """A whole page that asks nothing of the network and runs no script."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def head(info: RunInfo) -> str:
    """What was run, with what, how it ended, and how to run it again."""
    facts = {
        "Scenario": info.name,
        "Seed": str(info.seed),
        "Ticks": f"{info.ticks_done} of {info.ticks}",
        "Status": info.status,
        "Digest": info.digest or "none yet",
        "Time and memory": f"{info.seconds:.1f} s ticking, {info.peak_memory_mb:.0f} MB at most",
        "Versions": ", ".join(
            [
                f"townsquare {info.townsquare}",
                f"run folder format {info.format}",
                *(f"{k} {v}" for k, v in info.versions.items() if k != "townsquare"),
            ]
        ),
    }
    if info.parent is not None:
        facts["Forked from"] = (
            f"{info.parent.path} (as seen from the run folder) at tick {info.parent.at}, digest {info.parent.digest}"
        )
    rows = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    unfinished = (
        ""
        if info.status == "finished"
        else (
            f'<p class="warning">This run is not finished (status: {escape(info.status)}); '
            f"the page shows the {info.ticks_done} ticks it has.</p>"
        )
    )
    return (
        f'<header>\n<p class="kicker">Townsquare run report</p>\n<h1>{escape(info.name)}, seed {info.seed}</h1>\n'
        f'{unfinished}<dl class="facts">{rows}</dl>\n<h2 class="small">How to make this run again</h2>\n'
        f"<pre>{escape(wrapped(command_of(info)))}</pre>\n</header>"
    )


def summary_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Start, highest and end of the main measures."""
    cells = [
        [
            escape(r["label"]),
            f'<span class="unit">{escape(r["unit"])}</span>',
            number(r["start"]),
            number(r["peak"]),
            "–" if r["peak_tick"] is None else str(r["peak_tick"]),
            number(r["end"]),
        ]
        for r in rows
    ]
    return section(
        "Summary",
        "<p>First tick, highest value, last tick. A dash: not measurable at that tick.</p>"
        + table(["Measure", "Unit", "Start", "Highest", "at tick", "End"], cells, words=2),
    )


def models_table(ledger: Mapping[str, Any]) -> str:
    """What models and agents elsewhere were asked, per purpose and in all (``Run.ledger``); nothing where none was."""
    if not ledger.get("asks"):
        return ""
    counts = ("asks", "answered", "repaired", "invalid", "refused", "failed", "calls", "tokens_in", "tokens_out")
    columns = ["purpose", *(name.replace("_", " ") for name in counts), "USD", "seconds per ask"]
    rows = [
        [
            escape(str(name)),
            *(f"{row[count]:,}" for count in counts),
            "price unknown" if row["usd"] is None else f"{row['usd']:.4f}",
            "–" if row["seconds"] is None else f"{row['seconds']:.2f}",
        ]
        for name, row in [*ledger["purposes"].items(), ("all", ledger)]
    ]
    bad = sum(ledger[outcome] for outcome in ("invalid", "refused", "failed"))
    line = (
        f"<p>{bad:,} of {ledger['asks']:,} asks brought no valid answer. Such an agent did nothing in that tick; it is "
        "never taken for a decision.</p>"
    )
    return section("Asked of language models and of agents elsewhere", table(columns, rows, words=1) + line)


def phases_list(phases: Sequence[Phase]) -> str:
    """The phases found, each with its reason, and the rule."""
    rows = [
        [
            f"<strong>{escape(p.name)}</strong>",
            str(p.first) if p.first == p.last else f"{p.first}–{p.last}",
            escape(p.why),
        ]
        for p in phases
    ]
    found = table(["Phase", "Ticks", "Why"], rows, words=3) if rows else "<p>Likes per user was not measured.</p>"
    return section("Phases", f'{found}<p class="note"><strong>The rule.</strong> {escape(RULE)}</p>')


def figure(shown: Figure, svg: str, i: int) -> str:
    """A chart with caption and data table; the chart's own ids are made unique on the page."""
    # beyond three curves the sentence about them is for those who cannot see the chart; others have the table
    words = shown.words if 0 < len(shown.measures) <= 3 else ""
    return (
        f'<figure id="figure-{i}">\n<h3>{escape(shown.title)}</h3>\n'
        f"{embedded(svg, f'{shown.title}. {shown.words}', i)}\n"
        f"<figcaption><strong>Figure {i}.</strong> {escape(shown.look)} {escape(words)}</figcaption>\n"
        f"<details><summary>Numbers of figure {i}</summary>{data_table(shown.table)}</details>\n</figure>"
    )


def embedded(svg: str, words: str, i: int) -> str:
    """An SVG fit for a page: named in words, no namespaces, its own ids, coordinates to a tenth of a pixel."""
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg, count=2)
    # the library counts its ids through the whole process; here they count through the picture
    for k, own in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', svg))):
        svg = re.sub(rf'(?<= id=")(?={re.escape(own)}")|(?<=url\(#)(?={re.escape(own)}\))', f"f{i}-{k}-", svg)
        svg = svg.replace(f"f{i}-{k}-{own}", f"f{i}-{k}")
    svg = re.sub(r'(?<= )(transform|d)="[^"]*"', lambda m: re.sub(r"(\.\d)\d+", r"\1", m[0]), svg)
    # the whole picture has one name; the library's names for its parts would be read out one by one
    svg = re.sub(r' (aria-label|aria-roledescription|aria-hidden|role)="[^"]*"', "", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(words)}" ', 1)


def definitions(names: Iterable[str]) -> str:
    """What every measure on the page means."""
    rows = [
        [
            escape(label.label),
            f"<code>{escape(name)}</code>",
            escape(label.unit),
            escape(label.meaning),
            "townsquare" if label.ours else "published",
        ]
        for name in dict.fromkeys(names)
        for label in [label_of(name)]
    ]
    return section(
        "Definitions", table(["Measure", "Name in measures.parquet", "Unit", "Meaning", "Defined by"], rows, words=5)
    )


def comparison_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Means of both arms, their paired difference and what the pairing was worth."""
    cells = [
        [
            escape(label_of(str(r["measure"])).label),
            number(r.get("mean_b")),
            number(r.get("mean_a")),
            number(r.get("difference")),
            _interval(r.get("interval")),
            _interval(r.get("unpaired_interval")),
            _percent(r.get("variance_removed")),
            escape(_over(r.get("n"), str(r.get("unit", "")))),
        ]
        for r in rows
    ]
    return table(
        [
            "Measure",
            "This run",
            "Control",
            "Difference",
            "Interval",
            "Unpaired interval",
            "Variance removed by pairing",
            "Over",
        ],
        cells,
        words=1,
    )


def control_line(info: RunInfo) -> str:
    """Which run the control is."""
    recommender = info.scenario.get("recommender")
    fed_by = f", recommender {recommender['name']}" if isinstance(recommender, dict) and "name" in recommender else ""
    return (
        f"<p class='control'>Control: {escape(f'{info.name}, seed {info.seed}{fed_by}')}, {info.ticks_done} ticks, "
        f"digest <code>{escape(info.digest or 'none yet')}</code>.</p>"
    )


def provenance(info: RunInfo) -> str:
    """What on this page is published and what is reconstructed."""
    if str(info.scenario.get("scenario")) != "news":
        text = "The measures are townsquare's; see the definitions above."
    else:
        text = (
            "The news ecosystem, its equations and the measures marked “published” follow SimuLine "
            "(arXiv 2305.14103) and its released code; shares stand where that code counts heads. "
            "Reconstructed by townsquare, and not the authors' method: where users "
            "start (the authors' user data are not public), the scaled-down defaults, the phase boundaries, and the "
            "measures marked “townsquare”. No table of results is published to compare with; "
            "read signs and orderings, not absolute values. "
            "No language model took part unless the settings above name one."
        )
    return f'<footer><h2 class="small">Provenance</h2><p>{text}</p></footer>'


def section(title: str, inside: str) -> str:
    """A titled section."""
    return f"<section>\n<h2>{escape(title)}</h2>\n{inside}\n</section>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> str:
    """Cells must be escaped already; the first ``words`` columns are text, the others numbers."""
    kinds = ["" if i < words else ' class="n"' for i in range(len(columns))]
    top = "".join(f'<th scope="col"{kind}>{escape(c)}</th>' for c, kind in zip(columns, kinds, strict=True))
    lines = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>\n"
        for row in rows
    )
    short = ' class="short"' if lines.count("<tr>") <= 10 else ""
    return f'<div class="wide"><table{short}>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table></div>'


def data_table(frame: pd.DataFrame) -> str:
    """A chart's numbers."""
    text = sum(not pd.api.types.is_numeric_dtype(frame[c]) for c in frame.columns)
    rows = ([_cell(v) for v in row] for row in frame.itertuples(index=False))
    return table([str(c) for c in frame.columns], rows, words=text)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{int(value)}" if value == value and float(value).is_integer() else number(float(value))


def _over(n: Any, unit: str) -> str:
    """How many units a difference was taken over: "1,000 agents"."""
    several = unit if n == 1 or not unit or unit.endswith("s") else unit + "s"
    return f"{n:,} {several}".strip() if isinstance(n, int) else several or "–"


def _interval(ends: Any) -> str:
    return "–" if ends is None else f"[{number(ends[0])}, {number(ends[1])}]"


def _percent(share: Any) -> str:
    return "–" if share is None or share != share else f"{share:.0%}".replace("-", "−")
