"""Google Cloud Vision's answers in the terms that signals read. Pure: messages in, matches out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from google.cloud.vision_v1 import AnnotateImageResponse, Feature, TextAnnotation, Word

from scoring.features import (
    VISION_LOGO,
    VISION_OBJECTS,
    VISION_TEXT,
    VISION_WEB,
    Match,
    PaidLogo,
    PaidObject,
    PaidText,
    Quad,
    WebMatch,
)

_MOST = 20
"""Addresses and entities kept of each sort: the service gives hundreds of pages for a popular picture."""

Size = tuple[int, int]
"""Width and height in pixels of the picture that was sent."""


class Extractor(NamedTuple):
    """What to ask the service for, and how to read its answer."""

    asks: int
    """A `Feature.Type`, whose members the library's types call numbers."""
    read: Callable[[AnnotateImageResponse, Size], tuple[Match, ...]]


class _Point(Protocol):
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...


def matches_of(feature: str, response: AnnotateImageResponse, size: Size) -> tuple[Match, ...]:
    """What an answer says of one of our features."""
    return EXTRACTORS[feature].read(response, size)


def _logos(response: AnnotateImageResponse, size: Size) -> tuple[PaidLogo, ...]:
    return tuple(
        PaidLogo(
            description=logo.description,
            score=_share(logo.score),
            quad=_quad(logo.bounding_poly.vertices, size),
        )
        for logo in response.logo_annotations
        if logo.description
    )


def _text(response: AnnotateImageResponse, size: Size) -> tuple[PaidText, ...]:
    """Lines as the service broke them, in its reading order."""
    return tuple(
        PaidText(text=text, language=language, quad=_around(words, size))
        for page in response.full_text_annotation.pages
        for block in page.blocks
        for paragraph in block.paragraphs
        for text, words in _lines(paragraph.words)
        for language in (_language(words),)
    )


def _web(response: AnnotateImageResponse, _size: Size) -> tuple[WebMatch, ...]:
    web = response.web_detection
    match = WebMatch(
        labels=tuple(label.label for label in web.best_guess_labels if label.label)[:_MOST],
        entities=tuple(
            (entity.description, round(entity.score, 6))
            for entity in sorted(web.web_entities, key=lambda entity: -entity.score)
            if entity.description
        )[:_MOST],
        full_urls=tuple(image.url for image in web.full_matching_images)[:_MOST],
        partial_urls=tuple(image.url for image in web.partial_matching_images)[:_MOST],
        page_urls=tuple(page.url for page in web.pages_with_matching_images if page.full_matching_images)[
            :_MOST
        ],
    )
    known = match.labels, match.entities, match.full_urls, match.partial_urls, match.page_urls
    return (match,) if any(known) else ()


def _objects(response: AnnotateImageResponse, _size: Size) -> tuple[PaidObject, ...]:
    return tuple(
        PaidObject(
            name=thing.name,
            score=_share(thing.score),
            quad=_quad(thing.bounding_poly.normalized_vertices, (1, 1)),
        )
        for thing in response.localized_object_annotations
        if thing.name
    )


EXTRACTORS: Mapping[str, Extractor] = {
    VISION_LOGO: Extractor(Feature.Type.LOGO_DETECTION, _logos),
    VISION_TEXT: Extractor(Feature.Type.TEXT_DETECTION, _text),
    VISION_WEB: Extractor(Feature.Type.WEB_DETECTION, _web),
    VISION_OBJECTS: Extractor(Feature.Type.OBJECT_LOCALIZATION, _objects),
}
"""By our features' names."""


def _lines(words: Iterable[Word]) -> Iterator[tuple[str, list[Word]]]:
    """A paragraph's words, line by line. Each symbol says what stands after it."""
    breaks = TextAnnotation.DetectedBreak.BreakType
    text, line = "", list[Word]()
    for word in words:
        line.append(word)
        for symbol in word.symbols:
            text += symbol.text
            match symbol.property.detected_break.type_:
                case breaks.SPACE | breaks.SURE_SPACE:
                    text += " "
                case breaks.EOL_SURE_SPACE | breaks.LINE_BREAK | breaks.HYPHEN:
                    if text.strip():
                        yield text.strip(), line
                    text, line = "", []
    if text.strip():
        yield text.strip(), line


def _language(words: Iterable[Word]) -> str:
    return next((one.language_code for word in words for one in word.property.detected_languages), "")


def _around(words: Sequence[Word], size: Size) -> Quad:
    """The upright box around a line's words."""
    return _box([_fractions(vertex, size) for word in words for vertex in word.bounding_box.vertices])


def _quad(vertices: Sequence[_Point], size: Size) -> Quad:
    corners = [_fractions(vertex, size) for vertex in vertices]
    if len(corners) != 4:
        return _box(corners)
    first, second, third, fourth = corners
    return first, second, third, fourth


def _box(corners: Sequence[tuple[float, float]]) -> Quad:
    """The upright box around points; the whole picture where there are none."""
    if not corners:
        return (0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _fractions(vertex: _Point, size: Size) -> tuple[float, float]:
    """Of width and height. What the service places a little outside lies on the edge."""
    width, height = size
    return _share(vertex.x / width), _share(vertex.y / height)


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 6)
