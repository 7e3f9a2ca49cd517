"""How different two colours look: CIEDE2000, in plain Python.

Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test
data, and mathematical observations" (2005); `tests/scoring/test_colour.py` holds pairs of their table.
About 1 is just seen side by side, 2 to 3 passes for the same in print, above 10 are different colours.
"""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

Lab = tuple[float, float, float]
"""CIE L*a*b* under D65."""

_WHITE = (0.95047, 1.0, 1.08883)
_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_FAR = 25.0**7


def lab_of(colour: str) -> Lab:
    """An sRGB colour, `#RRGGBB`, in L*a*b*.

    >>> [round(value) for value in lab_of("#FF0000")]
    [53, 80, 67]
    """
    linear = []
    for at in (1, 3, 5):
        value = int(colour[at : at + 2], 16) / 255
        linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    x, y, z = (
        _root(sum(factor * channel for factor, channel in zip(row, linear, strict=True)) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def chroma(colour: str) -> float:
    """How colourful a colour is: 0 for greys, about 20 for a pale and 50 or more for a strong one."""
    _, a, b = lab_of(colour)
    return hypot(a, b)


def difference(one: Lab, other: Lab) -> float:
    """CIEDE2000 with all weights 1; symmetrical.

    >>> round(difference(lab_of("#0B5D3B"), lab_of("#0B5D3B")), 9)
    0.0
    """
    (l1, a1, b1), (l2, a2, b2) = one, other
    c7 = ((hypot(a1, b1) + hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * sqrt(c7 / (c7 + _FAR))
    c1, c2 = hypot(a1 * stretch, b1), hypot(a2 * stretch, b2)
    h1, h2 = (degrees(atan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if not c1 * c2 else (h2 - h1 + 180) % 360 - 180
    if turn == -180:  # the formula's own choice between two equal ways round
        turn = 180 if h2 > h1 else -180
    hue = h1 + h2 if not c1 * c2 else (h1 + h2) / 2 + (180 if abs(h1 - h2) > 180 else 0)
    light, colourful = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * colourful)
    dh = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * colourful * weight)
    c7 = colourful**7
    blue = -2 * sqrt(c7 / (c7 + _FAR)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(max(0.0, dl**2 + dc**2 + dh**2 + blue * dc * dh))


def _root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116
