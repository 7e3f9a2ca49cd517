"""Bytes from strangers in, pixels out, or an `ImageError` that says what is wrong with them.

What bounds the work, in order: the number of bytes; the format (an explicit list); the pixels the
header claims, before one of them is decoded; the number of scans of a JPEG; and a clock.

The clock is read between stages and each time the decoder asks for its next KiB, so JPEG, PNG, GIF
and BMP stop soon after their time: a limit of 0.2 s stopped honest pictures of 64 megapixels at
0.22 s. WebP, AVIF and compressed TIFF decode in one call that no thread can interrupt: there the
time is noticed right after that call, and what bounds the call itself is `max_pixels` (at 64
megapixels, on one busy core: WebP 4 s, AVIF 3 s, TIFF 2 s).
"""

import hashlib
import io
import struct
import time
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError

from scoring.errors import (
    CorruptImageError,
    DecodeTimeoutError,
    ImageError,
    OversizedImageError,
    TruncatedImageError,
    UnknownFormatError,
)
from vision.colour_modes import scaled, srgb
from vision.formats import FORMATS, ends_early, looks_like, signature

# Pillow warns of damage that it then works around. A scan reads millions of strangers' pictures:
# what matters is whether the pixels came out, and that is an error or it is nothing.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_FOREIGN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,
)
"""What Pillow and its plugins were seen or are documented to raise on bad bytes."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation (tag 0x0112) to the turn that undoes it."""

_READ_BYTES = 1024
"""How much a decoder gets between two looks at the clock. Pillow's 64 KiB hold hundreds of empty
progressive scans, each a pass over all pixels (70 ms at 64 megapixels); 1 KiB holds a dozen, and
decodes an honest picture as fast."""

_MAX_LONG_THIN = 64
"""A picture longer than this many times its breadth loses nothing by being shortened to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """What one picture may cost."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 64_000_000
    """Width times height as the header claims, before scaling; 64 megapixels are 256 MB decoded.
    Pillow refuses more than 178 megapixels whatever this says."""
    max_scans: int = 100
    """Scans of a progressive JPEG, each a pass over all pixels; honest encoders write about 10."""
    seconds: float = 10.0
    """Wall clock; see the module on what it cannot interrupt."""
    long_side: int = 1024
    """Pictures larger than this, in pixels, are scaled down to it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A decoded picture."""

    pixels: npt.NDArray[np.uint8]
    """(H, W, 3), sRGB, upright, transparent parts white, read-only."""
    sha256: str
    """Of the bytes it came from."""
    width: int
    """Of the original in pixels, upright, before scaling."""
    height: int
    format: str
    """Pillow's name: `JPEG`, `PNG`, … or `SVG`."""


DEFAULT_LIMITS = DecodeLimits()


class _Clock:
    """Raises once the time is up."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._now = now
        self._seconds = seconds
        self._end = now() + seconds

    def check(self) -> None:
        if self._now() > self._end:
            raise DecodeTimeoutError(
                f"Decoding this picture took longer than {self._seconds:g} s.",
                hint="Raise the limit in DecodeLimits.seconds, or leave the picture out.",
            )


class _ClockedBytes(io.BytesIO):
    """Bytes that look at the clock whenever a decoder comes back for more."""

    def __init__(self, data: bytes, clock: _Clock) -> None:
        super().__init__(data)
        self._clock = clock

    def read(self, size: int | None = -1, /) -> bytes:
        self._clock.check()
        return super().read(size)


def decode(
    data: bytes, limits: DecodeLimits = DEFAULT_LIMITS, *, now: Callable[[], float] = time.monotonic
) -> Picture:
    """Decode the first frame of a picture, upright, in sRGB, scaled to `limits.long_side`.

    Args:
        data: the file's bytes; the format is told from them, never from a name.
        limits: what it may cost.
        now: a clock in seconds.

    Raises:
        UnknownFormatError: not one of `formats.FORMATS`; says what it looks like.
        OversizedImageError: more bytes, pixels or JPEG scans than allowed.
        TruncatedImageError: the file ends early.
        DecodeTimeoutError: it took longer than `limits.seconds`.
        CorruptImageError: anything else the decoder refused.
    """
    clock = _Clock(limits.seconds, now)
    if len(data) > limits.max_bytes:
        raise OversizedImageError(
            f"The file has {len(data):,} bytes; at most {limits.max_bytes:,} are read.",
            hint="Send a smaller file, or raise DecodeLimits.max_bytes.",
        )
    try:
        return _decode(data, limits, clock)
    except ImageError:
        raise
    except MemoryError as error:
        raise OversizedImageError(
            "There was not enough memory to decode this picture.", hint="Lower DecodeLimits.max_pixels."
        ) from error
    except _FOREIGN as error:
        raise _translated(error, data, limits) from error


def _decode(data: bytes, limits: DecodeLimits, clock: _Clock) -> Picture:
    if data[:3] == b"\xff\xd8\xff" and (scans := data.count(b"\xff\xda")) > limits.max_scans:
        raise OversizedImageError(
            f"This JPEG has {scans} scans; at most {limits.max_scans} are decoded.",
            hint="Honest encoders write about ten; it is built to keep a decoder busy.",
        )
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
        # Pillow reads on to the first row of a PNG before it tells the size: one that holds nothing but a
        # monstrous header is to be called what it is.
        _check_pixels(int.from_bytes(data[16:20]), int.from_bytes(data[20:24]), limits)
    with Image.open(_ClockedBytes(data, clock), formats=FORMATS) as image:
        claimed = image.size
        _check_pixels(*claimed, limits)
        kind = image.format or "unknown"
        target = _fit(claimed, limits.long_side)
        image.draft(None, target)
        image.decodermaxblock = _READ_BYTES
        image.load()
        clock.check()
        turn = _TURNS.get(_orientation(image))
        profile = image.info.get("icc_profile")
        shrunk = scaled(image, target)
    clock.check()
    colour = srgb(shrunk, profile if isinstance(profile, bytes) else None)
    if turn is not None:
        colour = colour.transpose(turn)
    clock.check()
    pixels = np.asarray(colour)
    pixels.setflags(write=False)
    sideways = turn is not None and turn not in (_TURNS[2], _TURNS[3], _TURNS[4])
    width, height = claimed[::-1] if sideways else claimed
    return Picture(
        pixels=pixels, sha256=hashlib.sha256(data).hexdigest(), width=width, height=height, format=kind
    )


def _fit(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """The size scaled down, never up, to a long side, each side at least long_side / 64."""
    scale = min(1.0, long_side / max(size))
    least = max(1, long_side // _MAX_LONG_THIN)
    width, height = (max(round(side * scale), min(side, least)) for side in size)
    return width, height


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; 1 where the EXIF block cannot be read, for the pixels still can."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _FOREIGN:
        return 1
    return value if isinstance(value, int) else 1


def _check_pixels(width: int, height: int, limits: DecodeLimits) -> None:
    if width * height > limits.max_pixels:
        raise _too_many_pixels(f"{width:,} by {height:,}", limits)


def _too_many_pixels(size: str, limits: DecodeLimits) -> OversizedImageError:
    return OversizedImageError(
        f"The picture's header claims {size} pixels; at most {limits.max_pixels:,} in all are decoded.",
        hint="Send a smaller picture, or raise DecodeLimits.max_pixels.",
    )


def _translated(error: BaseException, data: bytes, limits: DecodeLimits) -> ImageError:
    """Our name for what Pillow raised, from the bytes first and its words last."""
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return _too_many_pixels("far too many", limits)
    known = signature(data)
    if known is None and isinstance(error, UnidentifiedImageError):
        return UnknownFormatError(
            f"This is {looks_like(data)}, not a picture that can be read.",
            hint=f"Send {', '.join(FORMATS)}.",
        )
    kind = known or "picture"
    if ends_early(data, kind) or "truncated" in str(error).lower() or isinstance(error, EOFError):
        return TruncatedImageError(
            f"This {kind} ends too early: {len(data):,} bytes are not all of it.",
            hint="Fetch it again, or save it again from the original.",
        )
    return CorruptImageError(
        f"This {kind} is damaged: {str(error)[:200] or type(error).__name__}.",
        hint="Save it again from the original.",
    )
