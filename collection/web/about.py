"""Pages about the service itself: where its data comes from, and who can use it."""

from __future__ import annotations

import csv
import functools
from pathlib import Path
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.web.access import public

SOURCES = Path(__file__).resolve().parents[1] / "data" / "sources.csv"


class DataSource(NamedTuple):
    """One shipped file: what is in it, where it came from and on what terms. A line of `sources.csv`."""

    file: str
    what: str
    origin: str
    licence: str
    data_date: str
    credit: str


@functools.cache
def data_sources() -> tuple[DataSource, ...]:
    with SOURCES.open(newline="", encoding="utf-8") as lines:
        return tuple(DataSource(**row) for row in csv.DictReader(lines))


@public
@require_safe
def data_sources_page(request: HttpRequest) -> HttpResponse:
    """Every data set the service ships, with the credits their licences ask for."""
    sources = data_sources()
    credits = [source.credit for source in sources if source.credit]
    return render(request, "about/data_sources.html", {"sources": sources, "credits": credits})


@public
@require_safe
def accessibility_page(request: HttpRequest) -> HttpResponse:
    """What has been done so that everybody can use the service, and what is known not to work."""
    return render(request, "about/accessibility.html")
