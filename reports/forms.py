"""Choosing a period and a breakdown."""

import datetime as dt
from collections.abc import Mapping

from django import forms

from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Select
from reports.definitions.retention import BREAKDOWNS, Period

QUARTERS_OFFERED = 9
EXACT = "exact"


def periods_on(today: dt.date) -> dict[str, tuple[str, Period]]:
    """The periods people ask for, by code: their label and their days."""
    tomorrow = today + dt.timedelta(days=1)
    this_month = today.replace(day=1)
    found = {
        "12-months": ("Last 12 months", Period(from_day=_months_before(this_month, 11), until_day=tomorrow)),
        "24-months": ("Last 24 months", Period(from_day=_months_before(this_month, 23), until_day=tomorrow)),
    }
    for year in (today.year, today.year - 1, today.year - 2):
        until = tomorrow if year == today.year else dt.date(year + 1, 1, 1)
        label = f"{year} so far" if year == today.year else str(year)
        found[str(year)] = (label, Period(from_day=dt.date(year, 1, 1), until_day=until))
    start = dt.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    for _ in range(QUARTERS_OFFERED):
        following = (start + dt.timedelta(days=93)).replace(day=1)
        code = f"{start.year}-Q{(start.month + 2) // 3}"
        label = f"{start:%B} to {following - dt.timedelta(days=1):%B %Y}"
        found[code] = (label, Period(from_day=start, until_day=min(following, tomorrow)))
        start = _months_before(start, 3)
    return found


def _months_before(first: dt.date, months: int) -> dt.date:
    number = first.year * 12 + first.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


class PeriodForm(KitForm):
    """A named period, or exact days `from` and `to` (the day after the last) as links carry them."""

    period = forms.ChoiceField(label="Period", widget=Select)
    by = forms.ChoiceField(label="Lines by", choices=list(BREAKDOWNS.items()), widget=Select)

    def __init__(self, data: Mapping[str, str], *, today: dt.date) -> None:
        self.periods = periods_on(today)
        self.exact, self.problem = _exact_days(data)
        usual = EXACT if self.exact else next(iter(self.periods))
        given = {"period": data.get("period") or usual, "by": data.get("by") or "month"}
        super().__init__(given)
        choices = [(code, label) for code, (label, _) in self.periods.items()]
        if self.exact:
            choices.insert(0, (EXACT, period_words(self.exact)))
        self.fields["period"].choices = choices  # type: ignore[attr-defined]
        if not self.is_valid() and not self.problem:
            self.problem = "Choose the period and the lines from the lists."
        self.is_usable = not self.problem

    def choice(self) -> tuple[Period, str]:
        """The period and breakdown to show: what was asked for, else the last twelve months by month."""
        by = self.cleaned_data.get("by") or "month"
        code = self.cleaned_data.get("period")
        if self.exact and code == EXACT:
            return self.exact, by
        return self.periods.get(code or "", next(iter(self.periods.values())))[1], by

    @staticmethod
    def query(period: Period, by: str) -> dict[str, str]:
        return {"from": period.from_day.isoformat(), "to": period.until_day.isoformat(), "by": by}


def period_words(period: Period) -> str:
    """The first and the last day, as people say them."""
    return f"{period.from_day:%-d %B %Y} to {period.until_day - dt.timedelta(days=1):%-d %B %Y}"


def _exact_days(data: Mapping[str, str]) -> tuple[Period | None, str]:
    """The period of `from` and `to`, or what is wrong with them; neither when they are not given."""
    days = {}
    if not data.get("from") and not data.get("to"):
        return None, ""
    for name in ("from", "to"):
        text = data.get(name, "")
        try:
            days[name] = dt.date.fromisoformat(text)
        except ValueError:
            return None, f"“{name}” must be a day, written as 2025-01-31, not “{text[:20]}”."
    try:
        return Period.asked(days["from"], days["to"]), ""
    except ValueError as error:
        return None, f"{error} “to” is the day after the last."
