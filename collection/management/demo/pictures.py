"""Drawings that stand in for a yard's photos: a pallet of the goods, plainly marked as a demonstration."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from collection.documents.pictures import Picture, redraw

SIZE = (960, 720)
GROUND, FLOOR, WOOD, DARK = (214, 219, 226), (150, 156, 165), (168, 126, 82), (52, 58, 70)
METALS = ((120, 128, 140), (96, 104, 118), (140, 120, 104), (84, 110, 128))


def draw_lot(random: np.random.Generator, words: str) -> Picture:
    """A picture of one pallet: round parts for motors and rotors, flat ones for the rest."""
    image = Image.new("RGB", SIZE, GROUND)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 500, SIZE[0], SIZE[1]), fill=FLOOR)
    _pallet(pen)
    is_round = any(word in words.lower() for word in ("motor", "rotor", "compressor", "turbine", "generator"))
    for row in range(3):
        for column in range(7 - row):
            metal = METALS[random.integers(len(METALS))]
            _part(
                pen,
                190 + 45 * row + column * 88,
                470 - row * 84,
                metal,
                is_round,
                int(random.integers(-5, 6)),
            )
    pen.rectangle((0, 0, SIZE[0], 64), fill=DARK)
    pen.text((24, 14), f"DEMONSTRATION: {words}", fill=(255, 255, 255), font_size=30)
    file = BytesIO()
    image.save(file, "JPEG", quality=80)
    file.seek(0)
    return redraw(file, "demonstration.jpg")


def _pallet(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((150, 560, 810, 584), fill=WOOD)
    for left in (160, 455, 750):
        pen.rectangle((left, 584, left + 50, 630), fill=DARK)
    pen.rectangle((150, 630, 810, 648), fill=WOOD)


def _part(
    pen: ImageDraw.ImageDraw, left: int, top: int, metal: tuple[int, int, int], is_round: bool, tilt: int
) -> None:
    box = (left, top + tilt, left + 80, top + 80 + tilt)
    if is_round:
        pen.ellipse(box, fill=metal, outline=DARK, width=4)
        pen.ellipse(
            (left + 28, top + 28 + tilt, left + 52, top + 52 + tilt), fill=GROUND, outline=DARK, width=3
        )
    else:
        pen.rounded_rectangle(box, radius=8, fill=metal, outline=DARK, width=4)
        pen.line((left + 12, top + 40 + tilt, left + 68, top + 40 + tilt), fill=GROUND, width=4)
