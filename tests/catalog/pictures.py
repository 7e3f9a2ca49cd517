"""Small real pictures, drawn, and an inspection of them that looks at the pixels."""

import io
from hashlib import sha256

import cv2
import imagehash
import numpy as np
from PIL import Image, ImageDraw, UnidentifiedImageError

from catalog.quality import Inspection
from scoring.errors import CorruptImageError, UnknownFormatError


def drawn(seed, *, side=320):
    """A picture of 300 coloured shapes: sharp, and unlike that of any other seed."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (side, side), tuple(random.integers(0, 255, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(300):
        x, y, w, h = random.integers(0, side, 4)
        colour = tuple(int(c) for c in random.integers(0, 255, 3))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((int(x), int(y), int(x + w // 8), int(y + h // 8)), fill=colour)
    return image


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(seed, *, side=320):
    return encoded(drawn(seed, side=side))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><path d="M8 8h40v9L20 60z"/></svg>'


def inspect(data, name):
    """What vision does for the front door, in small: the real hashes of the real pixels."""
    if name.endswith(".svg"):
        if b"<svg" not in data:
            raise UnknownFormatError("This is not an SVG.", hint="Export it again.")
        # Drawing it is vision's business: every file has a picture of its own here.
        image = drawn(int(sha256(data).hexdigest()[:8], 16))
    else:
        try:
            image = Image.open(io.BytesIO(data)).convert("RGB")
        except UnidentifiedImageError as error:
            raise UnknownFormatError("This is not a picture.", hint="Export it as JPEG or PNG.") from error
        except OSError as error:
            raise CorruptImageError(f"The picture is damaged: {error}.") from error
    grey = image.convert("L")
    scale = 512 / max(grey.size)
    scaled = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.BILINEAR)
    return Inspection(
        width=image.width,
        height=image.height,
        sharpness=float(cv2.Laplacian(np.asarray(scaled, dtype=np.uint8), cv2.CV_64F).var()),
        dhash=int(str(imagehash.dhash(image)), 16),
        phash=int(str(imagehash.phash(image)), 16),
        flat=float(np.asarray(grey).std()) < 2.0,
    )
