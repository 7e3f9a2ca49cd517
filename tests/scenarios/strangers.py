"""Goods of the same sorts as the drawn brands', designed by somebody else: same shelf, nothing in common."""

import cv2
import numpy as np

from samples.barcodes import barcode
from tests.scenarios.modified_copies import Pixels
from tests.scenarios.prints import ce_ink, plain, rgb, stamp, words_ink

_DARK = (44, 40, 52)


def robot(colour: str) -> Pixels:
    """A character of boxes."""
    board = plain("#F7F4EE", (640, 640))
    body, pale = rgb(colour), tuple(min(255, v + 70) for v in rgb(colour))
    for box, ink in (
        ((180, 300, 460, 520), body),
        ((210, 120, 430, 280), pale),
        ((110, 320, 160, 470), pale),
        ((480, 320, 530, 470), pale),
        ((210, 520, 290, 600), pale),
        ((350, 520, 430, 600), pale),
        ((240, 350, 400, 440), (250, 236, 170)),
    ):
        cv2.rectangle(board, box[:2], box[2:], ink, -1)
        cv2.rectangle(board, box[:2], box[2:], _DARK, 8)
    for x in (250, 350):
        cv2.rectangle(board, (x, 165), (x + 40, 190), _DARK, -1)
    cv2.line(board, (255, 240), (385, 240), _DARK, 8)
    cv2.line(board, (320, 120), (320, 60), _DARK, 8)
    return board


def bird(colour: str) -> Pixels:
    """A character of triangles, in profile."""
    board = plain("#EAF1F4", (640, 640))
    for points, ink in (
        ([(120, 420), (420, 220), (470, 500)], rgb(colour)),
        ([(200, 410), (380, 330), (300, 520)], (250, 226, 150)),
        ([(400, 210), (560, 250), (430, 330)], rgb(colour)),
        ([(545, 235), (625, 262), (545, 285)], (236, 150, 40)),
    ):
        shape = np.array(points, np.int32)
        cv2.fillPoly(board, [shape], ink, cv2.LINE_AA)
        cv2.polylines(board, [shape], isClosed=True, color=_DARK, thickness=7, lineType=cv2.LINE_AA)
    cv2.circle(board, (480, 255), 12, _DARK, -1, cv2.LINE_AA)
    for x in (330, 400):
        cv2.line(board, (x, 500), (x, 590), _DARK, 9, cv2.LINE_AA)
    return board


def charger_front(colour: str, name: str) -> Pixels:
    """A carton of somebody else's: a slanting band, a coiled cable, its certificate."""
    board = plain(colour, (640, 800))
    cv2.fillPoly(board, [np.array([[0, 420], [640, 250], [640, 470], [0, 640]], np.int32)], (34, 38, 46))
    for radius in range(60, 150, 22):
        cv2.circle(board, (450, 600), radius, (240, 240, 236), 9, cv2.LINE_AA)
    board = stamp(
        board, words_ink(name, font="DejaVuSerif-Bold"), width=0.56, at=(0.36, 0.1), colour=(255, 255, 255)
    )
    text = words_ink("fast & cool", font="DejaVuSans")
    board = stamp(board, text, width=0.4, at=(0.32, 0.56), colour=(255, 255, 255), angle=14)
    return stamp(board, ce_ink(), width=0.12, at=(0.14, 0.92), colour=(255, 255, 255))


def charger_side(colour: str, gtin: str) -> Pixels:
    """Its side, with a number of its own."""
    board = plain(colour, (400, 800))
    code = barcode(gtin, 3)
    board[60 : 60 + code.shape[0], 24 : 24 + code.shape[1]] = code
    return board


def game_lid(number: int, rng: np.random.Generator) -> Pixels:
    """A board game by day: a harbour, an orchard or a railway, its title below."""
    title = ("Harbour Lights", "Orchard Row", "Tin Railway")[number % 3]
    sky, field = (("#BFD9E6", "#3E6F86"), ("#E9E3C4", "#6B8E3E"), ("#D9C3B0", "#8A4B32"))[number % 3]
    board = plain(sky, (800, 800))
    cv2.rectangle(board, (0, 430), (800, 800), rgb(field), -1)
    for place in range(5):
        x, wide = 60 + place * 150 + int(rng.integers(-20, 20)), int(rng.integers(50, 100))
        tall = int(rng.integers(90, 260))
        ink = tuple(int(v) for v in rng.integers(90, 240, 3))
        if number % 3 == 1:
            cv2.line(board, (x, 440), (x, 440 - tall), (90, 62, 40), 18)
            cv2.circle(board, (x, 440 - tall), wide, ink, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(board, (x - wide // 2, 440 - tall), (x + wide // 2, 440), ink, -1)
            cv2.rectangle(board, (x - 12, 400), (x + 12, 440), _DARK, -1)
    panel = words_ink(title, font="DejaVuSansMono-Bold")
    return stamp(board, panel, width=0.8, at=(0.5, 0.78), colour=(250, 248, 240))
