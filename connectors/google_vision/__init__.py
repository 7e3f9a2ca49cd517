"""Google Cloud Vision, which is paid: its client speaks its words, `translate` turns them into ours."""

from connectors.google_vision.client import Answer, Patience, Question, VisionClient, open_client
from connectors.google_vision.foreign import Refusal
from connectors.google_vision.translate import EXTRACTORS, matches_of

__all__ = [
    "EXTRACTORS",
    "Answer",
    "Patience",
    "Question",
    "Refusal",
    "VisionClient",
    "matches_of",
    "open_client",
]
