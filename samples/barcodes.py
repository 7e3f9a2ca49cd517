"""EAN-13: check digits and bars (GS1 General Specifications, section 5.2)."""

from samples.drawing import Artboard, Picture

_LEFT = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")
_QUIET = 11  # modules of white on the left, the wider of the two sides


def check_digit(body: str) -> str:
    """The last digit of a GTIN, from all the others.

    >>> check_digit("952123400001")
    '3'
    """
    return str(-sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body))) % 10)


def modules(gtin: str) -> str:
    """The 95 modules of a 13-digit GTIN, `1` for a bar."""
    inverted = str.maketrans("01", "10")
    left = [
        _LEFT[int(digit)] if parity == "L" else _LEFT[int(digit)].translate(inverted)[::-1]
        for digit, parity in zip(gtin[1:7], _PARITY[int(gtin[0])], strict=True)
    ]
    right = [_LEFT[int(digit)].translate(inverted) for digit in gtin[7:]]
    return f"101{''.join(left)}01010{''.join(right)}101"


def barcode(gtin: str, module: int = 3) -> Picture:
    """Black bars and digits on white, quiet zones included; `module` pixels to the thinnest bar."""
    bars = modules(gtin)
    height = 62 * module
    board = Artboard((len(bars) + 2 * _QUIET) * module, height + 13 * module)
    for place, bar in enumerate(bars):
        if bar == "1":
            guard = place < 3 or place > 91 or 45 <= place <= 49
            left = (place + _QUIET) * module
            board.pixels[2 * module : height + (5 * module if guard else 0), left : left + module] = 16
    middle = height + 6.5 * module
    spots = [
        6.0,
        *(_QUIET + 6.5 + 7 * place for place in range(6)),
        *(_QUIET + 53.5 + 7 * place for place in range(6)),
    ]
    for digit, spot in zip(gtin, spots, strict=True):
        board.text(digit, (spot * module, middle), 6 * module, "#101010")
    return board.pixels
