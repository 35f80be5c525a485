"""QR symbols as plain rectangles: sharp on any printer, and nothing to load."""

from itertools import groupby

import segno

from collection.documents.pdf.paper import Paper

# Light modules around the symbol that a reader needs (ISO/IEC 18004: four).
QUIET_MODULES = 4


def draw_qr(paper: Paper, text: str, *, x: float, y: float, side: float) -> None:
    """Draw `text` as a QR symbol in a square of `side` mm at (x, y), its light border included.

    Error correction M: a symbol that has lost about a seventh to dirt still reads.
    """
    matrix = segno.make(text, error="m", micro=False, boost_error=True).matrix
    module = side / (len(matrix) + 2 * QUIET_MODULES)
    edge = QUIET_MODULES * module
    paper.set_fill_color(0, 0, 0)
    for row, cells in enumerate(matrix):
        column = 0
        for is_dark, run in groupby(cells):
            length = len(list(run))
            if is_dark:
                # Overlapping by a hair, so that no printer leaves a white seam between rows.
                paper.rect(
                    x + edge + column * module,
                    y + edge + row * module,
                    length * module,
                    module * 1.02,
                    style="F",
                )
            column += length
