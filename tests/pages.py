"""Pages as they are read: how their templates break lines is nobody's business."""

from django.http import HttpResponseBase


def on_one_line(page: HttpResponseBase | str) -> str:
    """The HTML of a page with every run of white space as one space."""
    html = page if isinstance(page, str) else page.content.decode()  # type: ignore[attr-defined]
    return " ".join(html.split())
