"""How a plain mention is meant: as the goods' own name, as what they fit, or as an ordinary word."""

import re

from scoring.names.common_words import words_of
from scoring.names.normalise import normalise
from scoring.names.reading import Reading
from scoring.names.spelling import Hit

_BEFORE = (
    # en
    "for|fits|fit for|fitting|like|inspired by|compatible with|works with|similar to|compared? (?:to|with)|"
    "alternative to|replacement for|dupe (?:of|for)|dupes? for|suitable for|"
    # de
    r"für|passend für|passt (?:für|zu|auf)|kompatibel mit|geeignet für|ersatz für|wie|ähnlich wie|"
    "inspiriert von|"
    # fr
    r"pour|compatible avec|adapté à|comme|inspiré de|inspirée de|type|façon|"
    # es, pt, it, nl
    r"para|compatible con|como|estilo|tipo|inspirado en|inspirada en|compatível com|inspirado em|"
    r"per|compatibile con|come|ispirato a|adatto (?:a|per)|voor|geschikt voor|compatibel met|zoals|"
    # id
    r"untuk|cocok untuk|seperti|kompatibel dengan"
)
_FILLER = r"(?:the|your|all|any|new|den|die|das|dein|deine|le|la|les|votre|el|tu|il|il tuo|o|a)"
_REFERRED = re.compile(rf"(?<!\w)(?:{_BEFORE})(?:\s+{_FILLER})?\s*[\"'“(]?$")
_REFERRED_UNSPACED = re.compile("(?:适用于|适用|適用於|適用|兼容|相容|仿|类似|類似)$")
_AFTER = re.compile(
    r"[\"'”)]?[\s-]*(?:(?:compatible|compatibles|inspired|style|styled|type|dupes?|look-?alike|replicas?|kompatibel|"
    r"stil|art|voor|alternative|replacement)(?!\w)|対応|互換|风格|同款|風)"
)


def refers(reading: Reading, hit: Hit) -> bool:
    """Whether the words about a mention say that the goods are for, like or compatible with the name's.

    The words must stand right before ("strap for X") or after it ("X compatible"): anywhere else they
    may speak of other things.
    """
    if hit.start < 0:
        text, word = normalise(reading.text), normalise(hit.word)
        before, after = text.partition(word)[::2]
    else:
        before, after = reading.around(hit.start, hit.end)
    before = before.rstrip()
    return bool(_REFERRED.search(before[-40:]) or _REFERRED_UNSPACED.search(before) or _AFTER.match(after))


def is_ordinary(word: str, languages: tuple[str, ...]) -> bool:
    """Whether a brand's word is one of the dictionary in a language of its own, or in English.

    >>> is_ordinary("Supreme", ("en",)), is_ordinary("Northpine", ("en",)), is_ordinary("Gant", ("fr",))
    (True, False, True)
    >>> is_ordinary("Simply", ("en",)), is_ordinary("Oatly", ("en",)), is_ordinary("Oats", ("en",))
    (True, False, True)
    """
    return normalise(word) in words_of(frozenset((*languages, "en")))


def stands_out(reading: Reading, hit: Hit) -> bool:
    """Whether an ordinary word is written as a name: with its owner's capitals, in a text of small letters.

    Says nothing of the first word of a text, nor of texts that capitalise every word.
    """
    if hit.start < 1 or hit.word.islower() or hit.written not in (hit.word, hit.word.upper()):
        return False
    others = [
        token.raw
        for at, token in enumerate(reading.tokens)
        if at > 0 and not hit.start <= at < hit.end and token.raw.isalpha()
    ]
    return len(others) >= 2 and 3 * sum(not other.islower() for other in others) <= len(others)
