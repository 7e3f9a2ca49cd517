"""The plots of a report: SVG that takes its colours and its type from the page around it."""

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.evaluate.comparison import Scenario
from pipelines.evaluate.outcomes import Outcome
from pipelines.evaluate.words import spoken
from scoring.recipe import Tiers

_WIDTH = 5.2
"""Inches: on a phone the plot shrinks to about two thirds, and its type stays readable."""
_PAGE = {"#010101": "var(--ink)", "#020202": "var(--muted)", "#030303": "var(--line)",
         "#040404": "var(--bad)", "#050505": "var(--good)", "#060606": "var(--accent)"}  # fmt: skip
"""Colours that nobody draws with, and what of the page's style they stand for."""
INK, MUTED, LINE, BAD, GOOD, ACCENT = _PAGE
_LONGEST = 28
"""Letters of a label."""


def found_plot(scenarios: Sequence[Scenario]) -> str:
    """For each scenario the share that reaches a person, with its interval."""

    def draw(axes: Axes) -> None:
        for place, it in enumerate(scenarios):
            if it.flagged.share is None:
                continue
            colour = ACCENT if it.verdict == "infringing" else BAD
            ends = [it.flagged.low, it.flagged.high]
            axes.plot(ends, [place, place], color=colour, linewidth=2, alpha=0.45, solid_capstyle="round")
            axes.plot([it.flagged.share], [place], "o", color=colour, markersize=5)
        axes.set_yticks(range(len(scenarios)), [_label(it.kind) for it in scenarios], parse_math=False)
        axes.set_ylim(len(scenarios) - 0.4, -0.6)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
        axes.grid(axis="x")

    return _svg("found", 0.7 + 0.24 * max(1, len(scenarios)), draw)


def scores_plot(judged: Sequence[Outcome], tiers: Tiers) -> str:
    """How scores are spread over what infringes and what does not."""

    def draw(axes: Axes) -> None:
        edges = np.linspace(0, 1, 21)
        for infringing, colour, name in ((True, ACCENT, "infringing"), (False, BAD, "lawful")):
            scores = [it.score for it in judged if it.label.infringing is infringing]
            heights, _ = np.histogram(scores, edges)
            axes.bar(edges[:-1] + (0.007 if infringing else 0.027), heights, width=0.018, align="edge",
                     color=colour, label=name)  # fmt: skip
        for threshold, name in ((tiers.low, "tier 3"), (tiers.watch, "tier 2"), (tiers.priority, "tier 1")):
            axes.axvline(threshold, color=MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
            axes.text(threshold + 0.006, 0.98, name, transform=axes.get_xaxis_transform(), fontsize=8,
                      color=MUTED, va="top")  # fmt: skip
        axes.set_yscale("symlog", linthresh=10)
        axes.set_yticks([0, 5, 10, 50, 100, 500], ["0", "5", "10", "50", "100", "500"])
        axes.set_ylim(0, max(20, len(judged)))
        axes.set_xlim(0, 1.01)
        axes.set_xlabel("fused score", color=MUTED)
        axes.set_ylabel("listings", color=MUTED)
        axes.legend(frameon=False, loc="upper center", labelcolor=INK, ncols=2, bbox_to_anchor=(0.5, 1.16))
        axes.grid(axis="y")

    return _svg("scores", 2.9, draw)


def seconds_plot(seconds: Mapping[str, float]) -> str:
    """Where the time went."""

    def draw(axes: Axes) -> None:
        names = list(seconds)
        axes.barh(range(len(names)), [seconds[name] for name in names], color=ACCENT, height=0.55)
        for place, name in enumerate(names):
            axes.text(seconds[name], place, f" {seconds[name]:.1f} s", va="center", fontsize=8.5, color=MUTED)
        axes.set_yticks(range(len(names)), [_label(name) for name in names], parse_math=False)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(0, max([*seconds.values(), 0.1]) * 1.18)
        axes.set_xticks([])

    return _svg("seconds", 0.4 + 0.28 * max(1, len(seconds)), draw)


def _label(text: str) -> str:
    """A name short enough, and without signs that no page can show."""
    shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in spoken(text))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


_STYLE: Final[Mapping[Any, Any]] = {
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's own type
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.linewidth": 0.8,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": LINE,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}


def _svg(name: str, height: float, draw: Callable[[Axes], None]) -> str:
    buffer = io.StringIO()
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcParams.update({**_STYLE, "svg.hashsalt": name})  # the same ids every time
        # The page's own fonts draw the letters; what matplotlib's lacks is only misplaced a little.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.add_subplot())
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    for stand_in, wanted in _PAGE.items():
        drawn = drawn.replace(stand_in, wanted)
    # Ids are unique within a plot only, and all plots share one page.
    return re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\g<1>{name}-", drawn)
