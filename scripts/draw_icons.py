"""Draw the PNG icons from the mark's geometry: run after changing `config/static/lodestone/brand/icon.svg`.

The mark is a crystal of lodestone, which is also a compass needle, between two lines of its field.
"""

from pathlib import Path

from PIL import Image, ImageDraw

BRAND = Path(__file__).resolve().parent.parent / "config" / "static" / "lodestone" / "brand"
UNITS = 64
OVERSAMPLE = 4
INK, FIELD = "#131a2c", "#9b86ea"
FACETS = {
    "#d9cffb": [(32, 8), (21, 32), (32, 32)],
    "#ffffff": [(32, 8), (43, 32), (32, 32)],
    "#7d66d9": [(32, 56), (21, 32), (32, 32)],
    "#a997ee": [(32, 56), (43, 32), (32, 32)],
}
# Circles of radius 25 through (20, 13)-(20, 51) and (44, 13)-(44, 51), as in the SVG.
ARCS = [((36.25, 32), 130.5, 229.5), ((27.75, 32), -49.5, 49.5)]
RADIUS, STROKE = 25, 4


def draw(pixels: int) -> Image.Image:
    """The icon as a square of `pixels`, ink to the edges so that any mask may cut it."""
    scale = pixels * OVERSAMPLE / UNITS
    image = Image.new("RGB", (pixels * OVERSAMPLE,) * 2, INK)
    pen = ImageDraw.Draw(image)
    reach = RADIUS + STROKE / 2
    for (x, y), start, end in ARCS:
        box = [(x - reach) * scale, (y - reach) * scale, (x + reach) * scale, (y + reach) * scale]
        pen.arc(box, start, end, fill=FIELD, width=round(STROKE * scale))
    for end_x, end_y in [(20, 13), (20, 51), (44, 13), (44, 51)]:
        dot = STROKE / 2
        pen.ellipse(
            [(end_x - dot) * scale, (end_y - dot) * scale, (end_x + dot) * scale, (end_y + dot) * scale],
            fill=FIELD,
        )
    for colour, corners in FACETS.items():
        pen.polygon([(x * scale, y * scale) for x, y in corners], fill=colour)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    for size in (192, 512):
        draw(size).save(BRAND / f"icon-{size}.png", optimize=True)
