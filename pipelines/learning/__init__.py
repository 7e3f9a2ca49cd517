"""What reviewers' decisions say about a tenant's recipe: weights fitted, and measured on what was held out."""

from pipelines.learning.comparison import Comparison
from pipelines.learning.weights import Learned, learn_weights

__all__ = ["Comparison", "Learned", "learn_weights"]
