"""Template tags of the kit: `{% load kit %}`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from collection.rules.spoken_mass import mass
from collection.rules.waste_codes import spaced_code
from collection.web.kit import numbers
from collection.web.kit.charts import Chart
from collection.web.kit.components import (
    Contribution,
    Link,
    RangeFigure,
    SummaryRow,
    Task,
    Tile,
    Tone,
    contribution_bars,
)
from collection.web.kit.map import DrawnMap

register = template.Library()

register.filter("mass", mass)
register.filter("kilograms", numbers.kilograms)
register.filter("pounds", numbers.pounds)
register.filter("percent", numbers.percent)
register.filter("kilometres", numbers.kilometres)
register.filter("hours", numbers.hours)
register.filter("spaced_code", spaced_code)

BAND_TONES: dict[str, Tone] = {"low": "good", "medium": "caution", "high": "bad"}
SHAPES: dict[Tone, str] = {"neutral": "", "brand": "", "good": "●", "caution": "◆", "bad": "▲"}


@register.inclusion_tag("kit/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Every problem of the page's forms, each linked to its input. Put it first in the content."""
    return {"problems": [problem for form in forms for problem in form.problems()]}


@register.inclusion_tag("kit/back_link.html")
def back_link(href: str, label: str = "Back") -> dict[str, Any]:
    return {"href": href, "label": label}


# Looks of a link that is a button: the main action of a page, the same as wide as a phone, another, a grave one.
BUTTONS = {
    "": "",
    "main": " lode-button--main",
    "wide": " lode-button--main lode-button--wide",
    "secondary": " govuk-button--secondary",
    "warning": " govuk-button--warning",
}


@register.simple_tag
def button_link(words: str, name: str, *args: Any, kind: str = "") -> str:
    """A link to the page called `name` that looks like a button and is pressed like one; `kind` of `BUTTONS`."""
    return format_html(
        '<a href="{}" role="button" draggable="false" class="govuk-button{}" data-module="govuk-button">{}</a>',
        reverse(name, args=args),
        BUTTONS[kind],
        words,
    )


@register.inclusion_tag("kit/breadcrumbs.html")
def breadcrumbs(links: Sequence[Link]) -> dict[str, Any]:
    return {"links": links}


@register.inclusion_tag("kit/tag.html")
def state_tag(text: str, tone: Tone = "neutral") -> dict[str, Any]:
    """A state in words, with a colour and a shape that only repeat what the words say."""
    return {"text": capfirst(text), "tone": tone, "shape": SHAPES[tone]}


@register.inclusion_tag("kit/tag.html")
def band_tag(band: str, subject: str = "risk") -> dict[str, Any]:
    """The band of a score: "high" is drawn as a red "▲ High risk"."""
    tone = BAND_TONES.get(band, "neutral")
    text = f"{capfirst(band)} {subject}" if band else f"No {subject} score yet"
    return {"text": text, "tone": tone, "shape": SHAPES[tone]}


@register.inclusion_tag("kit/summary_list.html")
def summary_list(rows: Iterable[SummaryRow], plain: bool = False) -> dict[str, Any]:
    kept = list(rows)
    return {"rows": kept, "plain": plain, "has_actions": any(row.actions for row in kept)}


@register.inclusion_tag("kit/tiles.html")
def tiles(items: Iterable[Tile]) -> dict[str, Any]:
    return {"tiles": items}


@register.inclusion_tag("kit/task_list.html")
def task_list(items: Iterable[Task]) -> dict[str, Any]:
    return {"tasks": items}


@register.inclusion_tag("kit/panel.html")
def confirmation(title: str, reference: str = "", caption: str = "Your reference") -> dict[str, Any]:
    return {"title": title, "reference": reference, "caption": caption}


@register.inclusion_tag("kit/range_figure.html")
def range_figure(figure: RangeFigure) -> dict[str, Any]:
    return {"figure": figure}


@register.inclusion_tag("kit/contributions.html")
def contributions(items: Iterable[Contribution], total: str = "") -> dict[str, Any]:
    """Why a score is what it is: a bar, the points and a sentence for each reason."""
    return {"bars": contribution_bars(list(items)), "total": total}


@register.inclusion_tag("kit/chart.html")
def chart(drawn: Chart) -> dict[str, Any]:
    return {"chart": drawn}


@register.inclusion_tag("kit/map.html")
def uk_map(drawn: DrawnMap) -> dict[str, Any]:
    return {"map": drawn}


@register.inclusion_tag("kit/filters.html")
def filters(choices: Iterable[tuple[str, str]], show: str) -> dict[str, Any]:
    """Links that narrow a list: value of `?show=` (empty for all) and words; the chosen one is marked."""
    return {"filters": choices, "show": show}


@register.inclusion_tag("kit/table_head.html")
def table_head(*headings: str) -> dict[str, Any]:
    """The `<thead>` of a table; a heading that ends in " #" is of a column of numbers."""
    return {
        "headings": [
            {"name": heading.removesuffix(" #"), "is_numeric": heading.endswith(" #")} for heading in headings
        ]
    }


@register.inclusion_tag("kit/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, key: str, numeric: bool = False) -> dict[str, Any]:
    """A column heading that sorts. `?sort=key` is ascending, `?sort=-key` descending; paging starts anew."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    for name in ("before", "after"):
        query.pop(name, None)
    query["sort"] = f"-{key}" if current == key else key
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    return {"label": label, "href": f"?{query.urlencode()}", "order": order, "numeric": numeric}


@register.inclusion_tag("kit/keyset_pages.html", takes_context=True)
def keyset_pages(
    context: Context, older: str = "", newer: str = "", older_label: str = "Older", newer_label: str = "Newer"
) -> dict[str, Any]:
    """Links to the next and the previous page of a keyset list.

    `older` and `newer` are cursors, empty where there is no such page; they travel as `?before=` (older
    than) and `?after=` (newer than), and every other part of the address is kept.
    """

    def href(name: str, cursor: str) -> str:
        query = context["request"].GET.copy()
        for other in ("before", "after"):
            query.pop(other, None)
        query[name] = cursor
        return f"?{query.urlencode()}"

    return {
        "older": href("before", older) if older else "",
        "newer": href("after", newer) if newer else "",
        "older_label": older_label,
        "newer_label": newer_label,
    }
