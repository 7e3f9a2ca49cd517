"""The HTML report: one file that needs nothing else, to be read on a phone or a screen, sent or printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.evaluate.album import Album, Shown
from pipelines.evaluate.comparison import TIERS, Evaluation
from pipelines.evaluate.mistakes import worst
from pipelines.evaluate.outcomes import Outcome
from pipelines.evaluate.plots import found_plot, scores_plot, seconds_plot
from pipelines.evaluate.words import cost_lines, spoken
from scoring.errors import SettingsError
from scoring.recipe import Tiers

MOST_MISTAKES = 12
"""Of each sort."""


@dataclass(frozen=True, slots=True)
class _Case:
    outcome: Outcome
    listing: Shown
    reference: Shown


def check_writable(report: Path) -> None:
    """Raise `SettingsError` where no report can be written; told before the scan, not after it."""
    if report.is_dir():
        raise SettingsError(f"{report} is a folder.", hint="Name a file: --report report.html.")
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        with report.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise SettingsError(
            f"{report} cannot be written: {error.strerror}.", hint="Name another place with --report."
        ) from error


def write_report(
    report: Path, evaluation: Evaluation, judged: Sequence[Outcome], *, album: Album, tiers: Tiers
) -> None:
    """Write it, under another name until it is whole."""
    unfinished = report.with_name(report.name + ".part")
    unfinished.write_text(render(evaluation, judged, album=album, tiers=tiers), "utf-8", errors="replace")
    unfinished.replace(report)


def render(evaluation: Evaluation, judged: Sequence[Outcome], *, album: Album, tiers: Tiers) -> str:
    """The report as text. Whatever listings say is escaped."""
    mistakes = worst(judged, most=MOST_MISTAKES)
    environment = Environment(
        loader=PackageLoader("pipelines.evaluate", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spoken"] = spoken
    infringing = [it for it in evaluation.scenarios if it.verdict == "infringing"]
    lawful = [it for it in evaluation.scenarios if it.verdict == "lawful"]
    most_fired = max((n for it in evaluation.scenarios for n in it.fired.values()), default=1)
    return environment.get_template("report.html.jinja").render(
        it=evaluation,
        groups=(("Infringing", infringing), ("Lawful", lawful)),
        signals=[it.signal for it in evaluation.signals],
        most_fired=most_fired,
        tiers=TIERS,
        cost=cost_lines(evaluation.cost),
        plots={
            "found": found_plot([*infringing, *lawful]),
            "scores": scores_plot(judged, tiers),
            "seconds": seconds_plot(evaluation.cost.seconds),
        },
        mistakes=(
            (
                "False alarms",
                "Lawful, and yet a person is asked to look.",
                _cases(mistakes.false_alarms, album),
            ),
            ("Misses", "Infringing, and nobody is told.", _cases(mistakes.misses, album)),
            ("Misnamed", "Found, under another brand's name.", _cases(mistakes.misnamed, album)),
        ),
    )


def _cases(chosen: Sequence[Outcome], album: Album) -> list[_Case]:
    return [_Case(it, *album.pair(it)) for it in chosen]
