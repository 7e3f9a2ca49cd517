"""What reviewers' decisions say about a tenant's recipe and encoder: fitted, then measured on others."""

from pipelines.learning.adapter import LearnedAdapter, Lesson, adopt_adapter, learn_adapter
from pipelines.learning.calibration import calibrate_by_decisions
from pipelines.learning.comparison import Comparison
from pipelines.learning.weights import Learned, learn_weights

__all__ = [
    "Comparison",
    "Learned",
    "LearnedAdapter",
    "Lesson",
    "adopt_adapter",
    "calibrate_by_decisions",
    "learn_adapter",
    "learn_weights",
]
