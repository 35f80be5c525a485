"""Warning signs, drawn: a triangle with what is meant inside. They read in black on a label printer too."""

from collection.documents.pdf.paper import Paper
from collection.rules.labels import Mark

BLACK, YELLOW, WHITE = (0, 0, 0), (255, 209, 0), (255, 255, 255)


def draw_mark(paper: Paper, mark: Mark, *, x: float, y: float, side: float) -> None:
    """Draw the sign of `mark` in a square of `side` mm at (x, y)."""
    tall = side * 0.9
    _triangle(paper, x, y + (side - tall) / 2, side, tall)
    within_x, within_y, unit = x + side / 2, y + side * 0.66, side / 10
    if mark is Mark.MAGNETISED:
        _horseshoe(paper, within_x, within_y, unit)
    elif mark is Mark.BATTERY:
        _battery(paper, within_x, within_y, unit)
    else:
        _exclamation(paper, within_x, within_y, unit)


def _triangle(paper: Paper, x: float, y: float, wide: float, tall: float) -> None:
    paper.set_draw_color(*BLACK)
    paper.set_fill_color(*YELLOW)
    paper.set_line_width(wide * 0.07)
    edge = wide * 0.035
    corners = [(x + wide / 2, y + edge), (x + wide - edge, y + tall - edge), (x + edge, y + tall - edge)]
    paper.polygon(corners, style="DF")


def _horseshoe(paper: Paper, x: float, y: float, unit: float) -> None:
    """A magnet, its two poles upwards."""
    paper.set_fill_color(*BLACK)
    outer, inner = unit * 1.6, unit * 0.75
    paper.circle(x, y + unit * 0.4, outer, style="F")
    paper.rect(x - outer, y - unit * 1.2, outer * 2, unit * 1.6, style="F")
    paper.set_fill_color(*YELLOW)
    paper.circle(x, y + unit * 0.4, inner, style="F")
    paper.rect(x - inner, y - unit * 1.3, inner * 2, unit * 1.7, style="F")
    # The poles' ends, set off from the arms.
    paper.rect(x - outer, y - unit * 0.75, outer * 2, unit * 0.25, style="F")


def _battery(paper: Paper, x: float, y: float, unit: float) -> None:
    paper.set_fill_color(*BLACK)
    paper.rect(x - unit * 1.7, y - unit * 0.7, unit * 3.4, unit * 2.2, style="F")
    for pole in (-1.2, 0.6):
        paper.rect(x + unit * pole, y - unit * 1.15, unit * 0.6, unit * 0.5, style="F")
    paper.set_fill_color(*YELLOW)
    paper.rect(x - unit * 1.25, y + unit * 0.25, unit * 0.9, unit * 0.28, style="F")
    paper.rect(x + unit * 0.4, y + unit * 0.25, unit * 0.9, unit * 0.28, style="F")
    paper.rect(x + unit * 0.71, y - unit * 0.06, unit * 0.28, unit * 0.9, style="F")


def _exclamation(paper: Paper, x: float, y: float, unit: float) -> None:
    paper.set_fill_color(*BLACK)
    paper.rect(x - unit * 0.45, y - unit * 2.2, unit * 0.9, unit * 2.6, style="F")
    paper.circle(x, y + unit * 1.15, unit * 0.5, style="F")
