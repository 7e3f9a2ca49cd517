"""What reviewers' decisions say about a tenant's recipe: weights fitted, then measured on others."""

from pipelines.learning.comparison import Comparison
from pipelines.learning.weights import Learned, learn_weights

__all__ = ["Comparison", "Learned", "learn_weights"]
