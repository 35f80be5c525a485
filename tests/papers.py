"""Papers as somebody holding one has them: the words that can be read, the pixels, the QR symbols a phone reads."""

from collections.abc import Sequence

import pypdfium2
import zxingcpp
from PIL.Image import Image

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72


def words_on(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def pictures_of(pdf: bytes, *, dpi: int = 200) -> list[Image]:
    """Each page as a printer would lay it down."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / POINTS_PER_INCH).to_pil() for page in document]


def sizes_of(pdf: bytes) -> list[tuple[float, float]]:
    """Each page's width and height in mm."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [
            tuple(round(points / POINTS_PER_INCH * MM_PER_INCH, 1) for points in page.get_size())
            for page in document
        ]


def qr_texts(pictures: Sequence[Image]) -> list[str]:
    """Every QR symbol that can be read on the pages, from top left to bottom right."""
    return [
        found.text
        for picture in pictures
        for found in sorted(
            zxingcpp.read_barcodes(picture),
            key=lambda one: (one.position.top_left.y // 20, one.position.top_left.x),
        )
    ]
