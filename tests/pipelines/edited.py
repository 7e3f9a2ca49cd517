"""What sellers do to a photo before they show it as theirs, so little that hashes must bear it."""

import io


def copies(image):
    """(what was done, JPEG) of a photo: as it is, re-encoded, half as large, a little brighter."""
    yield "as it is", _jpeg(image, 92)
    yield "re-encoded", _jpeg(image, 40)
    yield "half", _jpeg(image.resize((image.width // 2, image.height // 2)), 80)
    yield "brighter", _jpeg(image.point(lambda level: min(255, round(level * 1.1))), 85)


def _jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
