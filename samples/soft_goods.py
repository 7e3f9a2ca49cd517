"""More of other people's goods, those without a simple volume: shoes, tools, cloth, printed things."""

import cv2
import numpy as np

from samples.camera import turned
from samples.drawing import Artboard, Picture, mix
from samples.lettering import Face
from samples.relief import Bulge, Sheet, inflated, silhouette
from samples.solids import Pose, Solid
from samples.textures import cloth, knit, noise

_LETTER = Face(weight=0.1)


def shoe(x: float, z: float, colour: str, trim: str, *, flip: bool = False) -> list[Solid]:
    """A sneaker from its side."""
    upper = [
        (60, 250),
        (70, 150),
        (130, 60),
        (230, 50),
        (300, 110),
        (420, 190),
        (560, 225),
        (640, 262),
        (660, 320),
        (60, 320),
    ]
    sole = [(46, 310), (668, 310), (680, 350), (650, 392), (80, 392), (44, 360)]
    ink = silhouette((720, 420), [upper, sole], rounding=9)
    board = Artboard(720, 420, colour)
    board.fill([(60, 320), (60, 210), (190, 190), (230, 320)], trim)
    board.fill([(500, 208), (700, 250), (700, 330), (540, 330)], trim)
    board.fill([(130, 50), (240, 40), (262, 96), (140, 120)], mix(colour, "#000000", 0.55))
    for step in range(6):
        left = 262 + step * 38
        board.line([(left, 96 + step * 22), (left + 62, 84 + step * 24)], "#F4F1EA", 11)
    for a, b in (((190, 190), (230, 320)), ((500, 208), (540, 330)), ((262, 96), (300, 320))):
        board.line([a, b], "#F4F1EA", 2)
    board.rect((0, 318, 720, 420), "#F1EEE6")
    for left in range(60, 660, 16):
        board.line([(left, 372), (left + 8, 392)], "#B9B4A8", 3)
    board.line([(40, 340), (690, 340)], trim, 5)
    lit = inflated(board.pixels, ink, Bulge(70, 0.55, crinkle=0.12, gloss=0.12, seed=3))
    if flip:
        lit, ink = np.ascontiguousarray(lit[:, ::-1]), np.ascontiguousarray(ink[:, ::-1])
    return [Sheet(lit, ink, 29, Pose((x, 0, z)))]


def wrench(x: float, z: float, turn: float = 20) -> list[Solid]:
    """An open-ended spanner, lying."""
    ring = [(110 + 92 * np.cos(a), 110 + 92 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 32)]
    jaw = [(800, 30), (930, 60), (880, 96), (860, 124), (930, 160), (800, 194), (740, 140), (740, 84)]
    ink = silhouette((960, 220), [ring, jaw, [(150, 78), (780, 84), (780, 136), (150, 142)]], rounding=6)
    cv2.circle(ink, (110, 110), 46, 0, -1, cv2.LINE_AA)
    brushed = np.asarray(np.clip(168 + 16 * noise(4, (220, 960), (110, 4), octaves=2), 0, 255), np.uint8)
    board = Artboard.over(np.repeat(brushed[..., None], 3, axis=2))
    board.text("CHROME VANADIUM  17", (460, 110), 22, "#7C7F82")
    lit = inflated(board.pixels, ink, Bulge(18, 0.8, gloss=1.1, tightness=16))
    return [Sheet(lit, ink, 24, Pose((x, 0, z), turned(yaw=turn)), lying=True, thickness=0.8)]


def cable(x: float, z: float, colour: str) -> list[Solid]:
    """A coiled cable with its plug, lying."""
    board, ink = Artboard(640, 640, colour), np.zeros((640, 640), np.uint8)
    angle = np.linspace(0, 2 * np.pi * 5.4, 420)
    radius = 175 + 34 * np.sin(angle * 0.37) + angle * 1.5
    spiral = np.stack([310 + radius * np.cos(angle), 300 + radius * 0.9 * np.sin(angle)], axis=1)
    path = [(float(px), float(py)) for px, py in spiral]
    path += [(560, 480), (590, 560)]
    dark = mix(colour, "#000000", 0.55)
    pale = mix(colour, "#FFFFFF", 0.4)
    for start in range(0, len(path) - 20, 20):
        piece = path[start : start + 22]
        board.line(piece, dark, 19)
        board.line(piece, colour, 13)
        board.line([(px - 2, py - 3) for px, py in piece], pale, 4)
    cv2.polylines(
        ink,
        [(np.array(path) * 16).round().astype(np.int32)],
        isClosed=False,
        color=255,
        thickness=19,
        lineType=cv2.LINE_AA,
        shift=4,
    )
    board.rect((560, 540, 625, 625), "#2B2C2E", radius=10)
    cv2.rectangle(ink, (562, 542), (623, 623), 255, -1)
    return [Sheet(board.pixels, ink, 21, Pose((x, 0, z)), lying=True, thickness=0.6)]


def cushion(x: float, z: float, skin: Picture) -> list[Solid]:
    """A cushion, upright against the wall."""
    edge = [(20, 20), (300, 46), (580, 20), (556, 300), (580, 580), (300, 554), (20, 580), (44, 300)]
    ink = silhouette((600, 600), [edge], rounding=10)
    small = np.asarray(cv2.resize(skin, (600, 600), interpolation=cv2.INTER_AREA), np.uint8)
    lit = inflated(small, ink, Bulge(220, 0.4, crinkle=0.5, gloss=0.03, seed=9))
    return [Sheet(lit, ink, 40, Pose((x, -0.6, z), turned(pitch=-12)))]


def clock(x: float, z: float, rim: str) -> list[Solid]:
    """A round alarm clock."""
    board = Artboard(500, 500, rim)
    board.disc((250, 250), 205, "#F6F2E8")
    for hour in range(12):
        angle = hour * np.pi / 6
        board.text(str(hour or 12), (250 + 165 * np.sin(angle), 250 - 165 * np.cos(angle)), 26, "#20201E")
        board.disc((250 + 196 * np.sin(angle), 250 - 196 * np.cos(angle)), 4, "#20201E")
    board.line([(250, 250), (160, 190)], "#20201E", 12)
    board.line([(250, 250), (300, 110)], "#20201E", 8)
    board.line([(250, 270), (230, 400)], "#B8342A", 3)
    board.disc((250, 250), 12, "#20201E")
    ink = np.zeros((500, 500), np.uint8)
    cv2.circle(ink, (250, 250), 244, 255, -1, cv2.LINE_AA)
    lit = inflated(board.pixels, ink, Bulge(36, 0.8, gloss=0.5))
    return [Sheet(lit, ink, 13, Pose((x, 0, z)))]


def hat(x: float, z: float, dark: str, light: str) -> list[Solid]:
    """A knitted hat with a bobble, standing by itself."""
    dome = (
        [(70, 470)]
        + [(300 - 235 * np.cos(a), 330 - 240 * np.sin(a)) for a in np.linspace(0.1, np.pi - 0.1, 20)]
        + [(530, 470)]
    )
    band = [(50, 400), (550, 400), (560, 520), (40, 520)]
    bobble = [
        (300 + 74 * np.cos(a) * (1 + 0.08 * np.sin(9 * a)), 82 + 72 * np.sin(a))
        for a in np.linspace(0, 2 * np.pi, 40)
    ]
    ink = silhouette((600, 540), [dome, band, bobble], rounding=5)
    board = Artboard.over(np.ascontiguousarray(knit(3, dark, light)[:540, :600]))
    board.paste(np.ascontiguousarray(knit(5, light, dark)[:130, :600]), (0, 400))
    board.fill(bobble, light)
    lit = inflated(board.pixels, ink, Bulge(120, 0.5, crinkle=0.1, gloss=0.02))
    return [Sheet(lit, ink, 24, Pose((x, 0, z)))]


def garment(x: float, z: float, colour: str) -> list[Solid]:
    """A T-shirt laid out flat."""
    shape = [
        (200, 40),
        (280, 66),
        (360, 66),
        (440, 40),
        (620, 130),
        (560, 270),
        (480, 230),
        (480, 640),
        (160, 640),
        (160, 230),
        (80, 270),
        (20, 130),
    ]
    ink = silhouette((640, 660), [shape], rounding=5)
    pale = mix(colour, "#FFFFFF", 0.14)
    board = Artboard.over(np.ascontiguousarray(cloth(44, colour, pale, 128)[:660, :640]))
    board.line(
        [(250, 58), (285, 92), (320, 100), (355, 92), (390, 58)],
        mix(colour, "#000000", 0.3),
        9,
    )
    lit = inflated(board.pixels, ink, Bulge(26, 0.7, crinkle=0.7, gloss=0.02, seed=12))
    return [Sheet(lit, ink, 52, Pose((x, 0, z)), lying=True, thickness=0.5)]


def phone_case(x: float, z: float, skin: Picture, turn: float = -14) -> list[Solid]:
    """A phone case with a printed back, lying."""
    board = Artboard.over(
        np.ascontiguousarray(np.asarray(cv2.resize(skin, (760, 760)), np.uint8)[:720, :360])
    )
    mask = Artboard(360, 720, "#000000")
    mask.rect((6, 6, 354, 714), "#FFFFFF", radius=54)
    board.rect((28, 28, 178, 178), "#1B1C1F", radius=36)
    for px, py in ((70, 70), (136, 70), (70, 136)):
        board.disc((px, py), 27, "#2E3238")
        board.disc((px, py), 16, "#0C1220")
        board.disc((px - 5, py - 5), 4, "#8FB0D8")
    ink = np.ascontiguousarray(mask.pixels[..., 0])
    lit = inflated(board.pixels, ink, Bulge(16, 1.0, gloss=0.5, tightness=30))
    return [Sheet(lit, ink, 8, Pose((x, 0, z), turned(yaw=turn)), lying=True, thickness=1.0)]


def tote(x: float, z: float, skin: Picture) -> list[Solid]:
    """A printed shopping bag, upright."""
    bag = [(40, 260), (560, 260), (580, 800), (20, 800)]
    ink = silhouette((600, 820), [bag], rounding=4)
    cv2.ellipse(ink, (300, 265), (130, 220), 0, 180, 360, 255, 22, cv2.LINE_AA)
    board = Artboard(600, 820, "#E9DFC9")
    board.paste(
        np.asarray(cv2.resize(skin, (600, 600), interpolation=cv2.INTER_AREA), np.uint8)[:558], (0, 262)
    )
    lit = inflated(board.pixels, ink, Bulge(60, 0.35, crinkle=0.7, gloss=0.02, seed=21))
    return [Sheet(lit, ink, 36, Pose((x, 0, z)))]
