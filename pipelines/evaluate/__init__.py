"""How right the verdicts on a labelled set are, scenario by scenario, in words, figures and pictures."""

from pipelines.evaluate.comparison import Evaluation, compare
from pipelines.evaluate.interval import Interval
from pipelines.evaluate.labels import Label, read_labels
from pipelines.evaluate.outcomes import Outcome, outcomes
from pipelines.evaluate.run import evaluate_file
from pipelines.evaluate.words import to_text

__all__ = [
    "Evaluation",
    "Interval",
    "Label",
    "Outcome",
    "compare",
    "evaluate_file",
    "outcomes",
    "read_labels",
    "to_text",
]
