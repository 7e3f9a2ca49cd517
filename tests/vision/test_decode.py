"""Strangers' bytes become the right pixels, or one named error."""

import io
import itertools
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from scoring.errors import (
    CorruptImageError,
    DecodeTimeoutError,
    ImageError,
    OversizedImageError,
    TruncatedImageError,
    UnknownFormatError,
)
from vision.decode import DecodeLimits, decode

# Production ignores Pillow's warnings of damage (see vision.decode); pytest would turn them into errors.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

ODD = Path(__file__).parents[2].parent / "shared/data/odd-images"


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """Red on the left, blue on the right, a green corner: tells every turn and mirror apart."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    image.paste((30, 200, 30), (0, 0, width // 4, height // 4))
    return image


def saved(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def close(pixels: np.ndarray, image: Image.Image, tolerance: float) -> bool:
    return bool(np.abs(pixels.astype(int) - np.asarray(image).astype(int)).mean() <= tolerance)


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        pytest.param("JPEG", {"quality": 90}, 3, id="the usual"),
        pytest.param("JPEG", {"quality": 90, "progressive": True}, 3, id="several scans"),
        pytest.param("PNG", {}, 0, id="lossless"),
        pytest.param("WEBP", {"lossless": True}, 0, id="lossless WebP"),
        pytest.param("WEBP", {"quality": 90}, 4, id="lossy WebP"),
        pytest.param("GIF", {}, 3, id="palette"),
        pytest.param("BMP", {}, 0, id="raw rows, bottom first"),
        pytest.param("TIFF", {}, 0, id="raw TIFF"),
        pytest.param("TIFF", {"compression": "tiff_lzw"}, 0, id="through libtiff"),
        pytest.param("AVIF", {"quality": 90}, 4, id="AVIF"),
    ],
)
def test_every_format_gives_the_same_pixels(kind, options, tolerance):
    picture = decode(saved(scene(), kind, **options))
    assert (picture.format, picture.width, picture.height) == (kind, 96, 64)
    assert picture.pixels.shape == (64, 96, 3)
    assert picture.pixels.dtype == np.uint8
    assert close(picture.pixels, scene(), tolerance)
    assert not picture.pixels.flags.writeable


def test_a_stereo_file_is_its_first_picture():
    data = saved(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))])
    assert close(decode(data).pixels, scene(), 5)


def test_sha256_is_of_the_bytes():
    data = saved(scene(), "PNG")
    assert decode(data).sha256 == __import__("hashlib").sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(kind, orientation):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the Transpose that a camera's turn is saved by
    upright = scene()
    turned = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    picture = decode(saved(turned, kind, exif=exif, **options))
    assert (picture.width, picture.height) == (96, 64)
    assert close(picture.pixels, upright, 6)


def grey_16_bit() -> Image.Image:
    ramp = np.linspace(0, 65535, 96 * 64).reshape(64, 96).astype(np.uint16)
    return Image.fromarray(ramp)


MODES = [
    (
        "16-bit grey is scaled, not clipped",
        grey_16_bit(),
        "PNG",
        np.linspace(0, 255, 96 * 64).reshape(64, 96),
    ),
    ("16-bit grey in a TIFF", grey_16_bit(), "TIFF", np.linspace(0, 255, 96 * 64).reshape(64, 96)),
    (
        "dim 16-bit grey stays dim",
        Image.new("I;16", (96, 64), 20_000),
        "PNG",
        np.full((64, 96), 20_000 / 257),
    ),
    (
        "floating point from 0 to 1",
        Image.fromarray(np.linspace(0, 1, 96 * 64, dtype=np.float32).reshape(64, 96)),
        "TIFF",
        np.linspace(0, 255, 96 * 64).reshape(64, 96),
    ),
    (
        "floating point with a NaN keeps the rest",
        Image.fromarray(np.full((64, 96), np.nan, np.float32)),
        "TIFF",
        np.zeros((64, 96)),
    ),
    ("one bit", scene().convert("1"), "PNG", np.asarray(scene().convert("1").convert("L"))),
    ("grey", scene().convert("L"), "JPEG", np.asarray(scene().convert("L"))),
    ("32-bit integers", Image.new("I", (96, 64), 65535), "TIFF", np.full((64, 96), 255)),
]


@pytest.mark.parametrize(("reason", "image", "kind", "expected"), MODES, ids=[mode[0] for mode in MODES])
def test_every_grey_keeps_its_range(reason, image, kind, expected):
    pixels = decode(saved(image, kind)).pixels
    assert np.abs(pixels[..., 0].astype(int) - expected.astype(int)).mean() <= 3, reason
    assert (pixels[..., 0] == pixels[..., 2]).all()


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("RGBA", "WEBP"), ("LA", "PNG"), ("P", "PNG")])
def test_transparent_parts_are_white(mode, kind):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 20, 40))
    image = image.quantize(8) if mode == "P" else image.convert(mode)
    pixels = decode(saved(image, kind, **({"lossless": True} if kind == "WEBP" else {}))).pixels
    assert pixels[:, 25:].min() >= 250
    assert pixels[:, :15].max() <= 5


def test_colour_key_transparency_is_white():
    assert (
        decode(saved(Image.new("RGB", (8, 8), (1, 2, 3)), "PNG", transparency=(1, 2, 3))).pixels.min() == 255
    )


def test_cmyk_of_adobe_is_not_inverted():
    picture = decode(saved(scene().convert("CMYK"), "JPEG", quality=95))
    assert close(picture.pixels, scene(), 8)


def test_lab_is_converted():
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(scene(), to_lab)
    assert close(decode(saved(lab, "TIFF")).pixels, scene(), 5)  # 8-bit LAB is coarse


def test_an_embedded_profile_is_applied_and_a_broken_one_ignored():
    image = scene()
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The same profile under another description, its red and blue primaries exchanged.
    swapped = swapped.replace(b"s\0R\0G\0B", b"x\0R\0G\0B").replace(b"sRGB", b"xRGB")
    red, blue = swapped.index(b"rXYZ"), swapped.index(b"bXYZ")
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    exchanged = decode(saved(image, "PNG", icc_profile=bytes(swapped))).pixels
    assert close(exchanged[..., ::-1], image, 12)
    assert close(decode(saved(image, "PNG", icc_profile=b"not a profile")).pixels, image, 0)
    assert close(decode(saved(image, "PNG", icc_profile=bytes(swapped[:200]))).pixels, image, 0)


def test_only_the_first_frame_is_read():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    for kind, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("AVIF", {})):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        assert close(decode(data).pixels, frames[0], 6), kind


@pytest.mark.parametrize(
    ("size", "long_side", "expected"),
    [
        pytest.param((96, 64), 1024, (64, 96), id="never scaled up"),
        pytest.param((4096, 40), 1024, (16, 1024), id="no side under a 64th of the long one"),
        pytest.param((2048, 1024), 1024, (512, 1024), id="halved"),
        pytest.param((4000, 1), 1024, (1, 1024), id="one pixel stays one"),
        pytest.param((1025, 600), 1024, (599, 1024), id="one pixel over"),
        pytest.param((3000, 2000), 256, (171, 256), id="JPEG draft and the rest by resizing"),
    ],
)
def test_scaled_to_the_long_side(size, long_side, expected):
    for kind in ("JPEG", "PNG"):
        picture = decode(saved(scene(*size), kind), DecodeLimits(long_side=long_side))
        assert picture.pixels.shape == (*expected, 3)
        assert (picture.width, picture.height) == size


WHOLE = saved(scene(), "JPEG", quality=90)

BAD = [
    ("nothing", b"", UnknownFormatError, "an empty file"),
    ("a login page", b"\n<!DOCTYPE html><html><p>Sign in", UnknownFormatError, "an HTML page"),
    (
        "a drawing",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        UnknownFormatError,
        "an SVG",
    ),
    ("a document", b"%PDF-1.7 ...", UnknownFormatError, "a PDF"),
    ("PostScript, which Pillow would run", b"%!PS-Adobe-3.0 EPSF-3.0\n", UnknownFormatError, "a PostScript"),
    ("a layered file, which Pillow could read", b"8BPS\0\1" + b"\0" * 40, UnknownFormatError, "a Photoshop"),
    ("an API's error", b'{"error": "not found"}', UnknownFormatError, "JSON"),
    ("a plain error", b"404 page not found", UnknownFormatError, "text"),
    ("an archive", b"PK\x03\x04" + b"\0" * 30, UnknownFormatError, "a ZIP"),
    ("a phone's HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", UnknownFormatError, "a HEIC"),
    ("a film", b"\0\0\0\x18ftypisom\0\0\0\0", UnknownFormatError, "an MP4"),
    ("noise", b"\x01\x02\x03\x04\x00\xff\xfe\x7f" * 4, UnknownFormatError, "starts with 01 02 03 04"),
    ("half a JPEG", WHOLE[: len(WHOLE) // 2], TruncatedImageError, "ends too early"),
    ("the start of a JPEG", WHOLE[:20], TruncatedImageError, "ends too early"),
    ("half a PNG", saved(scene(), "PNG")[:100], TruncatedImageError, "ends too early"),
    ("half a WebP", saved(scene(), "WEBP")[:80], TruncatedImageError, "ends too early"),
    ("half a GIF", saved(scene(), "GIF")[:120], TruncatedImageError, "ends too early"),
    ("half a BMP", saved(scene(), "BMP")[:400], TruncatedImageError, "ends too early"),
    ("half a TIFF", saved(scene(), "TIFF")[:-9000], TruncatedImageError, "ends too early"),
    ("a PNG of zeros", saved(scene(), "PNG")[:41] + b"\0" * 400 + b"IEND", CorruptImageError, "damaged"),
    (
        "an AVIF whose picture is missing",
        saved(scene(), "AVIF").replace(b"av01", b"xx01"),
        CorruptImageError,
        "AVIF",
    ),
    ("50,000 pixels square", png_header(50_000, 50_000), OversizedImageError, "pixels"),
    ("just over the limit", png_header(8_001, 8_000), OversizedImageError, "8,001 by 8,000"),
    ("scans without end", WHOLE[:-2] + b"\xff\xda" * 101 + WHOLE[-2:], OversizedImageError, "scans"),
]


@pytest.mark.parametrize(("reason", "data", "error", "says"), BAD, ids=[bad[0] for bad in BAD])
def test_bad_bytes_have_a_name_and_a_hint(reason, data, error, says):
    with pytest.raises(ImageError) as raised:
        decode(data)
    assert type(raised.value) is error, reason
    assert says in raised.value.args[0]
    assert raised.value.hint


def test_byte_and_pixel_limits_are_inclusive():
    data = saved(scene(), "PNG")
    assert decode(data, DecodeLimits(max_bytes=len(data), max_pixels=96 * 64))
    with pytest.raises(OversizedImageError, match="bytes"):
        decode(data, DecodeLimits(max_bytes=len(data) - 1))
    with pytest.raises(OversizedImageError, match="96 by 64"):
        decode(data, DecodeLimits(max_pixels=96 * 64 - 1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"])
def test_time_is_up(kind):
    ticks = itertools.count()
    data = saved(scene(), kind)
    assert decode(data, DecodeLimits(seconds=1000), now=lambda: float(next(ticks)))
    with pytest.raises(DecodeTimeoutError, match="2 s"):
        decode(data, DecodeLimits(seconds=2), now=lambda: float(next(ticks)))


def test_the_clock_is_read_while_a_jpeg_decodes():
    """A scan bomb spends its time inside the decoder, so looking before and after is not enough."""
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    data = saved(Image.fromarray(noise), "JPEG", quality=95)
    looks = itertools.count()
    decode(data, now=lambda: float(next(looks)) * 0)
    assert next(looks) > len(data) / 1024


SEEDS = [
    saved(scene(24, 16), kind, **options)
    for kind, options in (
        ("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("GIF", {}), ("WEBP", {}),
        ("WEBP", {"lossless": True}), ("BMP", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}), ("AVIF", {}),
    )
] + [saved(scene(24, 16).quantize(5), "PNG"), saved(grey_16_bit().resize((24, 16)), "PNG")]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), max_size=5),
    cut=st.floats(0.05, 1),
)
def test_mutations_of_real_files_raise_nothing_else(seed, changes, cut):
    data = bytearray(seed)
    for at, value in changes:
        start = int(at * len(data))
        data[start : start + len(value)] = value
    try:
        picture = decode(bytes(data[: int(cut * len(data))]), DecodeLimits(max_pixels=1_000_000, seconds=5))
    except ImageError:
        return
    assert picture.pixels.ndim == 3


@pytest.mark.data
@pytest.mark.skipif(not ODD.is_dir(), reason="the shared folder of odd pictures is not here")
@pytest.mark.parametrize(
    ("name", "size", "mean"),
    [
        # The same scene in many modes: means that agree are the proof.
        ("pdq-original.jpg", (1600, 1004), (123, 118, 105)),
        ("pdq-CMYK.jpg", (1600, 1004), (123, 118, 105)),
        ("pdq-HSV.webp", (1600, 1004), (123, 118, 105)),
        ("pdq-LAB.webp", (1600, 1004), (123, 118, 105)),
        ("pdq-P.png", (1600, 1004), (123, 118, 105)),
        ("pdq-PA.webp", (1600, 1004), (123, 118, 105)),
        ("pdq-RGBA.png", (1600, 1004), (123, 118, 105)),
        ("pdq-L.png", (1600, 1004), (118, 118, 118)),
        ("pdq-LA.png", (1600, 1004), (118, 118, 118)),
        ("pdq-I.webp", (1600, 1004), (118, 118, 118)),
        ("pdq-wee.jpg", (34, 42), (179, 119, 74)),
        ("imagededup-giphy.gif", (314, 400), (195, 197, 201)),
        ("imagededup-copyleft.tiff", (220, 220), (142, 142, 142)),
        ("imagededup-ukbench09380.png", (640, 480), (148, 140, 129)),  # a JPEG under another name
    ],
)
def test_odd_files(name, size, mean):
    picture = decode((ODD / name).read_bytes())
    assert (picture.width, picture.height) == size
    assert np.abs(picture.pixels.mean((0, 1)) - mean).max() <= 2


@pytest.mark.data
@pytest.mark.skipif(not ODD.is_dir(), reason="the shared folder of odd pictures is not here")
def test_every_odd_file_decodes_but_the_scrambled_one():
    failed = {}
    for path in sorted(ODD.iterdir()):
        if path.suffix != ".md":
            try:
                decode(path.read_bytes())
            except ImageError as error:
                failed[path.name] = type(error)
    assert failed == {"imagededup-ukbench09268_corrupt.jpg": UnknownFormatError}
