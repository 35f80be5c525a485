"""A day typed as day, month and year: three short boxes, and an error that says which one is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Field
from django.utils.datastructures import MultiValueDict

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
PARTS = ("day", "month", "year")


class Typed(NamedTuple):
    """A date as typed, before anyone knows whether it is one."""

    day: str
    month: str
    year: str


class DayInput(forms.Widget):
    """Three text inputs named `<name>-day`, `-month` and `-year`."""

    template_name = "kit/widgets/date.html"
    use_fieldset = True
    wrong_parts: tuple[str, ...] = ()

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> Typed | None:
        typed = Typed(*(str(data.get(f"{name}-{part}", "")).strip() for part in PARTS))
        return typed if any(typed) else None

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return not any(f"{name}-{part}" in data for part in PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-day"

    def error_target(self, auto_id: str, field: Field) -> str:
        first = self.wrong_parts[0] if self.wrong_parts else "day"
        return f"{auto_id}-{first}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if isinstance(value, dt.date):
            value = Typed(str(value.day), str(value.month), str(value.year))
        invalid = bool(context["widget"]["attrs"].get("aria-invalid"))
        context["widget"]["parts"] = [
            {
                "part": part,
                "label": part.capitalize(),
                "value": text,
                "width": 4 if part == "year" else 2,
                "wrong": invalid and (not self.wrong_parts or part in self.wrong_parts),
            }
            for part, text in zip(PARTS, value or Typed("", "", ""), strict=True)
        ]
        return context


class DayField(forms.Field):
    """A calendar day. Accepts month names and two-digit years (26 is 2026).

    Raises ValidationError naming the missing or impossible part.
    """

    widget = DayInput

    def to_python(self, value: Typed | dt.date | None) -> dt.date | None:
        if value is None or isinstance(value, dt.date):
            return value
        name = self.label or "Date"
        missing = tuple(part for part, text in zip(PARTS, value, strict=True) if not text)
        if missing:
            self._fail(missing, f"{name} must include a {' and '.join(missing)}")
        day, month, year = self._day(value.day), self._month(value.month), self._year(value.year)
        try:
            return dt.date(year, month, day)
        except ValueError:
            last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
            spoken = dt.date(year, month, 1).strftime("%B %Y")
            self._fail(("day",), f"{name} must be a real date: {spoken} has {last} days")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(initial, self.to_python(data))
        except ValidationError:
            return True

    def _day(self, text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= 31:
            self._fail(("day",), f"{self.label or 'Date'}: the day must be a number from 1 to 31")
        return int(text)

    def _month(self, text: str) -> int:
        month = MONTHS.get(text.lower().rstrip("."))
        if month is None and text.isdecimal() and 1 <= int(text) <= 12:
            month = int(text)
        if month is None:
            self._fail(("month",), f"{self.label or 'Date'}: the month must be a number from 1 to 12")
        return month

    def _year(self, text: str) -> int:
        if not text.isdecimal() or len(text) not in (2, 4):
            self._fail(("year",), f"{self.label or 'Date'}: the year must be 4 numbers, for example 2026")
        year = int(text) + 2000 if len(text) == 2 else int(text)
        if not 1900 <= year <= 2100:
            self._fail(("year",), f"{self.label or 'Date'}: the year must be between 1900 and 2100")
        return year

    def _fail(self, parts: tuple[str, ...], message: str) -> NoReturn:
        # Each form has its own copy of the field and its widget, so the widget may remember the boxes.
        if isinstance(self.widget, DayInput):
            self.widget.wrong_parts = parts
        raise ValidationError(message, code="invalid")
