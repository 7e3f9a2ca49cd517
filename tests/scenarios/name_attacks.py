"""Seventeen ways in which sellers write a brand's name so that a search for it fails.

Written from what sellers do, apart from what the product undoes: it shares no table with it.

    spelling = KINDS["cyrillic"]("Northpine", random.Random(7))

Every kind changes the name or, where it cannot (a name without a letter that it changes), gives None.
"""

# ruff: noqa: RUF001 - letters that look like others are the attack
# ruff: noqa: E501 - an alphabet a line

import random
from collections.abc import Callable, Mapping

Attack = Callable[[str, random.Random], str | None]

CYRILLIC = {
    "a": "а", "c": "с", "e": "е", "i": "і", "j": "ј", "o": "о", "p": "р", "s": "ѕ", "x": "х", "y": "у", "k": "к",
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "I": "І", "J": "Ј", "K": "К", "M": "М", "N": "И", "O": "О",
    "P": "Р", "R": "Я", "S": "Ѕ", "T": "Т", "X": "Х", "Y": "У",
}  # fmt: skip
GREEK = {
    "a": "α", "e": "ε", "i": "ι", "k": "κ", "n": "η", "o": "ο", "p": "ρ", "t": "τ", "u": "υ", "v": "ν", "w": "ω",
    "x": "χ", "y": "γ", "A": "Α", "B": "Β", "E": "Ε", "H": "Η", "I": "Ι", "K": "Κ", "M": "Μ", "N": "Ν", "O": "Ο",
    "P": "Ρ", "T": "Τ", "X": "Χ", "Y": "Υ", "Z": "Ζ",
}  # fmt: skip
ACCENTED = {
    "a": "áàâäãåā", "c": "çćč", "d": "ď", "e": "éèêëē", "g": "ğģ", "i": "íìîïī", "k": "ķ", "l": "ĺļł", "n": "ñńň",
    "o": "óòôöõøō", "r": "řŕ", "s": "śšş", "t": "ťţ", "u": "úùûüū", "y": "ýÿ", "z": "źžż",
}  # fmt: skip
DIGITS = {"a": "4", "b": "8", "e": "3", "g": "9", "i": "1", "l": "1", "o": "0", "s": "5", "t": "7", "z": "2"}
SIGNS = {"a": "@", "s": "$", "i": "!", "l": "|"}
BESIDE = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "mb", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
"""Letters beside each other on an English keyboard."""
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


def _letters(name: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter.isalpha()]


def _replaced(table: Mapping[str, str]) -> Attack:
    """An attack that replaces one to three letters that the table has, each by one of its row."""

    def attack(name: str, rng: random.Random) -> str | None:
        places = [place for place in _letters(name) if name[place] in table or name[place].lower() in table]
        if not places:
            return None
        spelled = list(name)
        for place in rng.sample(places, rng.randint(1, min(3, len(places)))):
            row = table.get(name[place]) or table[name[place].lower()]
            spelled[place] = rng.choice(row)
        return "".join(spelled)

    return attack


def _shifted(small: int, capital: int) -> Attack:
    """An attack that writes every ASCII letter in another block of Unicode."""

    def attack(name: str, rng: random.Random) -> str | None:
        return "".join(
            chr((small if letter.islower() else capital) + ord(letter.lower()) - ord("a"))
            if letter.isascii() and letter.isalpha()
            else letter
            for letter in name
        )

    return attack


def _doubled(name: str, rng: random.Random) -> str | None:
    place = rng.choice(_letters(name))
    return (
        name[:place] + name[place].lower() * rng.randint(1, 2) + name[place:] if place else f"{name[0]}{name}"
    )


def _dropped(name: str, rng: random.Random) -> str | None:
    place = rng.choice(_letters(name))
    return name[:place] + name[place + 1 :]


def _swapped(name: str, rng: random.Random) -> str | None:
    pairs = [
        place for place in _letters(name)[:-1] if name[place + 1].isalpha() and name[place] != name[place + 1]
    ]
    if not pairs:
        return None
    place = rng.choice(pairs)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _mistyped(name: str, rng: random.Random) -> str | None:
    place = rng.choice(_letters(name))
    return name[:place] + rng.choice(BESIDE[name[place].lower()]) + name[place + 1 :]


def _inserted(name: str, rng: random.Random) -> str | None:
    place = rng.choice(_letters(name)[1:])
    return name[:place] + rng.choice("aeiouhrnst") + name[place:]


def _spelled_out(separator: str) -> Attack:
    """Every letter apart from the next."""

    def attack(name: str, rng: random.Random) -> str | None:
        return separator.join(name.replace(" ", ""))

    return attack


def _split(separators: str) -> Attack:
    """One separator, inside a word of the name."""

    def attack(name: str, rng: random.Random) -> str | None:
        places = [place for place in _letters(name) if place > 0 and name[place - 1].isalpha()]
        place = rng.choice(places)
        return name[:place] + rng.choice(separators) + name[place:]

    return attack


def _hidden(name: str, rng: random.Random) -> str | None:
    place = rng.randrange(1, len(name))
    return name[:place] + rng.choice(INVISIBLE) + name[place:]


def _combining(name: str, rng: random.Random) -> str | None:
    place = rng.choice(_letters(name))
    return name[: place + 1] + rng.choice("\u0301\u0307\u0323\u0336\u0332") + name[place + 1 :]


KINDS: dict[str, Attack] = {
    "cyrillic": _replaced(CYRILLIC),
    "greek": _replaced(GREEK),
    "accents": _replaced(ACCENTED),
    "digits": _replaced(DIGITS),
    "signs": _replaced(SIGNS),
    "fullwidth": _shifted(0xFF41, 0xFF21),
    "mathematical": _shifted(0x1D5EE, 0x1D5D4),
    "circled": _shifted(0x24D0, 0x24B6),
    "invisible": _hidden,
    "combining": _combining,
    "spelled out by spaces": _spelled_out(" "),
    "spelled out by dots": _spelled_out("."),
    "split by a space": _split(" "),
    "split by a sign": _split("-._*"),
    "doubled": _doubled,
    "dropped": _dropped,
    "swapped": _swapped,
    "mistyped": _mistyped,
    "inserted": _inserted,
}


def cased(name: str, rng: random.Random) -> str:
    """The name as titles write it: as it is, in capitals, or small."""
    return rng.choice((name, name.upper(), name.lower()))


def attacked(name: str, kind: str, rng: random.Random) -> str | None:
    """A spelling of the name by this kind that differs from it by more than case; None where there is none."""
    for _ in range(8):
        spelled = KINDS[kind](cased(name, rng), rng)
        if spelled is not None and spelled.casefold() != name.casefold():
            return spelled
    return None
