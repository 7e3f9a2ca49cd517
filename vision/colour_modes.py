"""Any of Pillow's pixel modes, scaled and brought to sRGB."""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""Larger ICC profiles are ignored; the largest press profiles in use are under 3 MiB."""


def scaled(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    """Scaled to the target, in a mode that can be scaled and coloured."""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        image = _to_8_bit(image)
    elif image.mode in ("P", "PA", "La", "RGBa") or image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    # LAB's a and b wrap around in 8 bits, HSV's hue is an angle: neither may be averaged.
    if image.mode in ("LAB", "HSV"):
        image = _lab_to_rgb(image) if image.mode == "LAB" else image.convert("RGB")
    if image.size != target:
        return image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image.copy()


def _to_8_bit(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits, or floating point, scaled by its full range instead of clipped at 255."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low = min(0.0, float(values.min(initial=0.0)))
    top = float(values.max(initial=0.0))
    full = (
        (1.0, 255.0, 65535.0) if image.mode == "F" else (65535.0,) if "16" in image.mode else (255.0, 65535.0)
    )
    high = next((value for value in full if top <= value), top)
    return Image.fromarray(((values - low) / (high - low) * 255.0).round().astype(np.uint8), mode=None)


def srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB with transparent parts over white; through the embedded ICC profile where that works."""
    if image.mode in ("LA", "RGBA"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile is not None and len(profile) <= _MAX_PROFILE_BYTES and image.mode in ("RGB", "CMYK"):
        transform = _to_srgb(profile, image.mode)
        if transform is not None:
            converted = ImageCms.applyTransform(image, transform)
            if converted is not None:
                return converted
    return image.convert("RGB")


@lru_cache(maxsize=32)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform to sRGB; None where the profile is sRGB, is for another mode, or is broken.

    A broken profile only means a colour cast: the picture counts, so it is not an error.
    """
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in (ImageCms.getProfileDescription(embedded) or "").lower():
            return None
        return ImageCms.buildTransform(embedded, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _lab_to_rgb(image: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    converted = ImageCms.applyTransform(image, transform)
    return image.convert("RGB") if converted is None else converted
