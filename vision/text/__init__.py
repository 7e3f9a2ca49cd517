"""Text in pictures, read by PP-OCRv6 on the CPU; nothing leaves the machine."""

from vision.text.reading import Line, read_text
from vision.text.settings import DEFAULT_TEXT, TextSettings

__all__ = ["DEFAULT_TEXT", "Line", "TextSettings", "read_text"]
