"""One self-contained page about a run: no request, no script, fit for print."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from townsquare.dashboard import figures, page
from townsquare.dashboard.conversations import conversations
from townsquare.dashboard.figures import Figure
from townsquare.dashboard.moderated import moderated
from townsquare.dashboard.moved import moved
from townsquare.dashboard.phases import phases_of
from townsquare.dashboard.summary import summarise
from townsquare.dashboard.trial import trial as beside_the_published
from townsquare.protocols import durable
from townsquare.protocols.errors import InputError
from townsquare.protocols.runfolder import RunFolder


def write(
    run: RunFolder,
    target: Path,
    control: RunFolder | None = None,
    comparison: Sequence[Mapping[str, Any]] | None = None,
    ledger: Mapping[str, Any] | None = None,
    campaign: Mapping[str, Any] | None = None,
    trial: Mapping[str, Any] | None = None,
    moderation: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report of ``run`` to ``target``, whole or not at all; a file of that name is replaced.

    Args:
        run: the run the page is about.
        target: the .html file.
        control: another run to draw beside it.
        comparison: paired differences, ``run`` minus ``control``: rows with measure, mean_a (of ``control``),
            mean_b (of ``run``), difference, interval, unpaired_interval, variance_removed, unit and n.
        ledger: what language models were asked (``Run.ledger``).
        campaign: who was moved by what they were shown (``moved``); None where nobody campaigns.
        trial: a debate trial beside the published one (``trial``); None where nobody debates.
        moderation: what moderation came to (``moderated``); None where nobody moderates a timeline.

    Raises:
        InputError: the report extra is not installed, or ``target`` cannot be written.
    """
    text = render(run, control, comparison, ledger, campaign, trial, moderation)
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        durable.write(target, lambda stream: stream.write(text.encode()))
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}.") from error
    return target


def render(
    run: RunFolder,
    control: RunFolder | None = None,
    comparison: Sequence[Mapping[str, Any]] | None = None,
    ledger: Mapping[str, Any] | None = None,
    campaign: Mapping[str, Any] | None = None,
    trial: Mapping[str, Any] | None = None,
    moderation: Mapping[str, Any] | None = None,
) -> str:
    """The page as text; see ``write``."""
    draw = _drawer()
    measures = run.measures()
    phases, rows = phases_of(measures), summarise(measures)
    drawn = _Numbered(draw)
    body = [page.head(run.info), page.summary_table(rows) if rows else _nothing()]
    if measures.empty or (measures["measure"] == "likes_per_user").any():
        body.append(page.phases_list(phases))  # a town where nobody likes anything has no such phases
    names = [row["measure"] for row in rows]
    body.append(moderated(moderation, {k: drawn(f) for k, f in figures.of_moderation(moderation).items()}))
    # in a moderated timeline nobody campaigns, though it is built like a campaign
    body += [moved(campaign if moderation is None else None), beside_the_published(trial)]
    shown = figures.curves(run, phases)
    if shown:
        body.append(page.section("Curves", "\n".join(drawn(f) for f in shown)))
    topic = figures.map_of_topics(run)
    if topic:
        body.append(page.section("Topics", drawn(topic)))
    beside = figures.against(run, control, comparison)
    if beside:
        line = page.control_line(control.info) if control else ""
        paired = page.comparison_table(comparison) if comparison else ""
        first, *rest = (drawn(f) for f in beside)
        body.append(page.section("Beside the control", "\n".join([line, first, paired, *rest])))
    body += [conversations(run.conversations()), page.models_table(ledger or {})]
    names += [name for f in [*shown, *beside] for name in f.measures]
    body += [page.definitions(names), page.provenance(run.info)]
    style = resources.files("townsquare.dashboard").joinpath("report.css").read_text("utf-8")
    return page.document(f"{run.info.name}, seed {run.info.seed}: townsquare report", style, body)


class _Numbered:
    """Figures as HTML, counted through the page."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.count = draw, 0

    def __call__(self, shown: Figure) -> str:
        self.count += 1
        spec = shown.chart.to_dict()
        spec.pop("title", None)  # the heading above it says the same
        return page.figure(shown, self.draw(spec), self.count)


def _drawer() -> Any:
    """The function from a chart's specification to SVG; InputError that names the extra where it is not installed."""
    try:
        import altair
        import vl_convert
    except ImportError as error:
        raise InputError("a report needs the report extra: pip install 'townsquare[report]'.") from error
    version = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    return lambda spec: vl_convert.vegalite_to_svg(spec, vl_version=version)


def _nothing() -> str:
    return page.section("Summary", "<p>This run has no measures yet.</p>")
