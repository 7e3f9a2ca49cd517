"""A brand's marks in a picture: its artwork by shape, and what its own photographs taught."""

from vision.marks.artwork import Artwork
from vision.marks.detector import Detector
from vision.marks.embedding import BuiltIn, CropEmbedder, OpenClip
from vision.marks.index import MarkHit, MarkIndex

__all__ = ["Artwork", "BuiltIn", "CropEmbedder", "Detector", "MarkHit", "MarkIndex", "OpenClip"]
