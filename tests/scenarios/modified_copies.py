"""Sixteen things that sellers do to a copied picture, at the strengths that they use.

Every modification takes a picture (uint8 RGB, height x width x 3) and a random generator, and
returns another such picture; its size may differ. The generator alone decides the strength, so
one seed gives one copy. Strengths are shares of the picture's long side, not pixels: a 200 px
thumbnail and a 2,000 px studio picture are modified alike.

    copy = KINDS["stripes"](picture, np.random.default_rng(7))
"""

import io
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

Pixels = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
Modify = Callable[[Pixels, np.random.Generator], Pixels]

SLOGANS = ("NEW 2026!!", "FREE SHIPPING", "100% ORIGINAL", "BEST PRICE", "-50% TODAY", "FACTORY OUTLET")
BRIGHT: tuple[Colour, ...] = ((220, 20, 40), (20, 60, 220), (250, 210, 20), (20, 20, 20), (255, 255, 255))
PALE: tuple[Colour, ...] = ((255, 255, 255), (0, 0, 0), (240, 240, 235), (225, 235, 250), (250, 225, 225))


def reencode(picture: Pixels, *, quality: int) -> Pixels:
    """The picture saved as JPEG at `quality` (1 to 95) and read again."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


def _crop(picture: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = picture.shape[:2]
    tall, wide = (int(side * rng.uniform(0.55, 0.85)) for side in (height, width))
    top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
    return picture[top : top + tall, left : left + wide].copy()


def _text(picture: Pixels, rng: np.random.Generator) -> Pixels:
    image = Image.fromarray(picture)
    for _ in range(rng.integers(1, 4)):
        _write(image, rng, str(rng.choice(SLOGANS)), share=rng.uniform(0.06, 0.12))
    return np.asarray(image)


def _emoji(picture: Pixels, rng: np.random.Generator) -> Pixels:
    image = Image.fromarray(picture)
    for _ in range(rng.integers(1, 5)):
        radius = max(image.size) * rng.uniform(0.05, 0.13)
        _draw_smiley(
            image, radius, x=rng.uniform(0.1, 0.9) * image.width, y=rng.uniform(0.1, 0.9) * image.height
        )
    return np.asarray(image)


def _stripes(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Half transparent diagonal bands over 15 to 40 % of the picture."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    angle = rng.uniform(0, np.pi)
    period = max(height, width) * rng.uniform(0.08, 0.2)
    phase = (rows * np.sin(angle) + columns * np.cos(angle)) / period % 1.0
    band = (phase < rng.uniform(0.15, 0.4))[..., None]
    opacity = rng.uniform(0.4, 0.9)
    return _blend(picture, np.broadcast_to(_colour(rng, BRIGHT), picture.shape), band * opacity)


def _jitter(picture: Pixels, rng: np.random.Generator) -> Pixels:
    image = Image.fromarray(picture)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(rng.uniform(0.6, 1.5))
    hue, saturation, value = image.convert("HSV").split()
    turned = (np.asarray(hue).astype(np.int16) + rng.integers(-25, 26)) % 256
    channels = (Image.fromarray(turned.astype(np.uint8)), saturation, value)
    return np.asarray(Image.merge("HSV", channels).convert("RGB"))


def _grey(picture: Pixels, rng: np.random.Generator) -> Pixels:
    image = ImageEnhance.Contrast(Image.fromarray(picture).convert("L")).enhance(rng.uniform(0.8, 1.2))
    return np.asarray(image.convert("RGB"))


def _mirror(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Left for right; and saved again, as every editor does."""
    return reencode(np.ascontiguousarray(picture[:, ::-1]), quality=int(rng.integers(70, 95)))


def _rotation(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Askew by 5 to 30 degrees, or laid on its side."""
    askew = rng.uniform(5, 30) * rng.choice((-1, 1))
    angle = askew if rng.random() < 0.75 else rng.choice((90.0, 180.0, 270.0))
    image = Image.fromarray(picture)
    return np.asarray(
        image.rotate(float(angle), Image.Resampling.BICUBIC, expand=True, fillcolor=_colour(rng, PALE))
    )


def _padding(picture: Pixels, rng: np.random.Generator) -> Pixels:
    side = max(picture.shape[:2])
    top, bottom, left, right = (int(side * share) for share in rng.uniform(0.05, 0.4, size=4))
    return np.asarray(
        cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=_colour(rng, PALE)),
        dtype=np.uint8,
    )


def _meme_frame(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A caption above, sometimes one below, and a border around."""
    height, width = picture.shape[:2]
    bar, border = int(height * rng.uniform(0.15, 0.3)), int(width * rng.uniform(0.02, 0.08))
    below = bar if rng.random() < 0.5 else border
    dark = rng.random() < 0.3
    paper: Colour = (0, 0, 0) if dark else (255, 255, 255)
    image = Image.new("RGB", (width + 2 * border, height + bar + below), paper)
    image.paste(Image.fromarray(picture), (border, bar))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(bar * 0.45)
    ink: Colour = (255, 255, 255) if dark else (0, 0, 0)
    draw.text((image.width / 2, bar / 2), str(rng.choice(SLOGANS)), fill=ink, font=font, anchor="mm")
    if below == bar:
        middle = (image.width / 2, image.height - bar / 2)
        draw.text(middle, str(rng.choice(SLOGANS)), fill=ink, font=font, anchor="mm")
    return np.asarray(image)


def _pixelation(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Squares: 80 to 130 of them along the long side."""
    height, width = picture.shape[:2]
    share = rng.uniform(80, 130) / max(height, width)
    small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _jpeg_15(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Saved at quality 15, once or several times, as pictures sent on from phone to phone are."""
    for _ in range(rng.integers(1, 4)):
        picture = reencode(picture, quality=15)
    return picture


def _perspective(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A print photographed aslant: each corner moves inwards by up to 18 % of the side."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * rng.uniform(0, 0.18, (4, 2)) * (width, height)
    warp = cv2.getPerspectiveTransform(corners, (corners + inwards).astype(np.float32))
    border = _colour(rng, PALE)
    return np.asarray(
        cv2.warpPerspective(picture, warp, (width, height), flags=cv2.INTER_AREA, borderValue=border),
        dtype=np.uint8,
    )


def _pasted(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Cut out and laid, a little askew, on a cluttered scene half as large again or more."""
    height, width = picture.shape[:2]
    side = int(max(height, width) * rng.uniform(1.5, 2.2))
    scene = Image.fromarray(_scene(side, rng))
    card = Image.fromarray(picture).convert("RGBA")
    scale = rng.uniform(0.75, 1.1)
    card = card.resize((int(width * scale), int(height * scale)), Image.Resampling.LANCZOS)
    card = card.rotate(rng.uniform(-15, 15), Image.Resampling.BICUBIC, expand=True)
    left, top = (int(rng.uniform(0, max(1, side - edge))) for edge in card.size)
    scene.paste(card, (left, top), card)
    return np.asarray(scene)


def _blur(picture: Pixels, rng: np.random.Generator) -> Pixels:
    sigma = max(picture.shape[:2]) * rng.uniform(0.003, 0.009)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.uint8)


def _watermark(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """A shop's name tiled askew over everything, half transparent."""
    side = int(max(picture.shape[:2]) * 1.5)
    tile = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(tile)
    size = side * rng.uniform(0.03, 0.06)
    font = ImageFont.load_default(size)
    name = f"shop{rng.integers(100, 999)}.example   "
    line = name * (int(side / draw.textlength(name, font=font)) + 2)
    for number, top in enumerate(np.arange(0, side, size * 2.2)):
        draw.text((-size * 3 * (number % 2), top), line, fill=255, font=font)
    height, width = picture.shape[:2]
    turned = tile.rotate(rng.uniform(15, 45), Image.Resampling.BICUBIC)
    left, top = (side - width) // 2, (side - height) // 2
    mask = np.asarray(turned.crop((left, top, left + width, top + height)))[..., None] / 255.0
    ink = np.broadcast_to(_colour(rng, ((255, 255, 255), (128, 128, 128), (20, 20, 20))), picture.shape)
    return _blend(picture, ink, mask * rng.uniform(0.25, 0.6))


KINDS: dict[str, Modify] = {
    "crop": _crop,
    "text": _text,
    "emoji": _emoji,
    "stripes": _stripes,
    "jitter": _jitter,
    "grey": _grey,
    "mirror": _mirror,
    "rotation": _rotation,
    "padding": _padding,
    "meme_frame": _meme_frame,
    "pixelation": _pixelation,
    "jpeg_15": _jpeg_15,
    "perspective": _perspective,
    "pasted": _pasted,
    "blur": _blur,
    "watermark": _watermark,
}
"""The sixteen kinds, by name."""


def _blend(under: Pixels, over: npt.ArrayLike, opacity: npt.NDArray[np.float64]) -> Pixels:
    mixed = under * (1 - opacity) + np.asarray(over) * opacity
    return np.asarray(np.clip(mixed, 0, 255), dtype=np.uint8)


def _colour(rng: np.random.Generator, choices: tuple[Colour, ...]) -> Colour:
    return choices[rng.integers(len(choices))]


def _write(image: Image.Image, rng: np.random.Generator, text: str, *, share: float) -> None:
    draw = ImageDraw.Draw(image)
    size = max(8.0, max(image.size) * share)
    font = ImageFont.load_default(size)
    at = (rng.uniform(0, 0.4) * image.width, rng.uniform(0, 0.9) * image.height)
    ink = _colour(rng, BRIGHT)
    paper: Colour = (255, 255, 255) if sum(ink) < 384 else (0, 0, 0)
    draw.text(at, text, fill=ink, font=font, stroke_width=int(size // 10), stroke_fill=paper)


def _draw_smiley(image: Image.Image, radius: float, *, x: float, y: float) -> None:
    """Drawn, not typed: an emoji font is not to be had on every machine."""
    draw = ImageDraw.Draw(image)
    line = max(1, int(radius / 8))
    draw.ellipse(
        (x - radius, y - radius, x + radius, y + radius),
        fill=(255, 205, 40),
        outline=(120, 80, 0),
        width=line,
    )
    for side in (-0.35, 0.35):
        eye, middle = radius * 0.13, (x + side * radius, y - radius * 0.25)
        draw.ellipse(
            (middle[0] - eye, middle[1] - eye * 1.5, middle[0] + eye, middle[1] + eye * 1.5), fill=(60, 40, 0)
        )
    smile = radius * 0.6
    draw.arc((x - smile, y - smile, x + smile, y + smile), 20, 160, fill=(60, 40, 0), width=line)


def _scene(side: int, rng: np.random.Generator) -> Pixels:
    """A wall and a table with things on it: gradients, boxes, discs, lines, text and grain."""
    top, bottom = rng.uniform(40, 220, 3), rng.uniform(40, 220, 3)
    ramp = np.linspace(0, 1, side)[:, None, None]
    image = Image.fromarray(
        np.broadcast_to(top * (1 - ramp) + bottom * ramp, (side, side, 3)).astype(np.uint8)
    )
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(15, 40)):
        x, y = rng.uniform(0, side, 2)
        wide, tall = rng.uniform(0.03, 0.25, 2) * side
        ink: Colour = (int(rng.integers(256)), int(rng.integers(256)), int(rng.integers(256)))
        shape = rng.integers(3)
        if shape == 0:
            draw.rectangle((x, y, x + wide, y + tall), fill=ink)
        elif shape == 1:
            draw.ellipse((x, y, x + wide, y + tall), fill=ink)
        else:
            draw.line((x, y, x + 3 * wide, y - tall), fill=ink, width=int(rng.integers(1, 6)))
    for _ in range(rng.integers(2, 5)):
        _write(image, rng, str(rng.choice(SLOGANS)), share=rng.uniform(0.03, 0.06))
    grain = rng.normal(0, rng.uniform(3, 9), (side, side, 3))
    return np.asarray(np.clip(np.asarray(image) + grain, 0, 255), dtype=np.uint8)
