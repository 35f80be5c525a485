"""A page that is one form: the shape most pages have."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collection.web.kit.forms import KitFormMixin


def form_page(
    request: HttpRequest,
    form: KitFormMixin,
    *,
    title: str,
    has_heading: bool | None = None,
    intro: str = "",
    back_href: str = "",
    submit_label: str = "Continue",
    template_name: str = "kit/form_page.html",
    **more: Any,
) -> HttpResponse:
    """Draw a form with its title as heading, unless a field of the form is the heading already.

    A form with errors is answered with 422, so that software sees what people read.
    """
    if has_heading is None:
        has_heading = form.heading_field is None
    context = {
        "form": form,
        "page_title": title,
        "heading": title if has_heading else "",
        "intro": intro,
        "back_href": back_href,
        "submit_label": submit_label,
        **more,
    }
    has_errors = bool(getattr(form, "is_bound", False) and getattr(form, "errors", None))
    return render(request, template_name, context, status=422 if has_errors else 200)
