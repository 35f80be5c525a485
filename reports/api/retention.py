"""The retention report for software: JSON or CSV, and the custody entries behind each figure."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from collection.api.base import LISTING, ErrorSerializer, LodestoneView, MassRange, Shape, mass_range
from collection.api.shapes import PLACES
from collection.models import CustodyEntry
from collection.rules.lifecycle import Place
from collection.rules.roles import Permission
from reports.definitions.retention import BREAKDOWNS, COLUMNS, Period, Row, build, scope_of
from reports.entries import entries_behind, month_within, narrowed
from reports.measures import ELEMENTS
from reports.renderers import as_csv

SEE = frozenset({Permission.SEE_REPORTS})


class PeriodAsked(Shape):
    """The period, and what its lines are by."""

    by = serializers.ChoiceField(choices=list(BREAKDOWNS.items()), default="month")

    def get_fields(self) -> dict[str, Any]:
        # Declared here because `from` is a word of the language.
        return {
            "from": serializers.DateField(help_text="First day"),
            "to": serializers.DateField(help_text="The day after the last"),
            **super().get_fields(),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            period = Period.asked(attrs["from"], attrs["to"])
        except ValueError as error:
            raise serializers.ValidationError({"to": str(error)}) from error
        return attrs | {"period": period}


class EntriesAsked(PeriodAsked):
    """Which figure."""

    measure = serializers.ChoiceField(choices=list(COLUMNS.items()))
    key = serializers.CharField(
        required=False, allow_blank=True, max_length=18, help_text="Of the line; empty: the total"
    )
    cursor = serializers.RegexField(r"^\d{4}-\d{2}-\d{2}_\d{1,18}$", required=False)


class RateOut(Shape):
    """A share from 0 to 1 with its 80 % interval."""

    low = serializers.FloatField()
    central = serializers.FloatField()
    high = serializers.FloatField()


class RetentionLineOut(Shape):
    """One line: masses of magnet, or of one element where the lines are by element."""

    key = serializers.CharField()
    name = serializers.CharField()
    figures = serializers.DictField(child=MassRange(), help_text=", ".join(COLUMNS))
    at_risk_now_grams = serializers.IntegerField()
    retention_rate = RateOut(allow_null=True, help_text="Null while nothing has ended")


class RetentionOut(Shape):
    """The report."""

    by = serializers.CharField()
    leaves_out_defence = serializers.BooleanField(
        help_text="Whether defence lots count only together, in whole quarters with enough lots and holders: the "
        "line “defence”, which leads to no entries"
    )
    rows = RetentionLineOut(many=True)
    total = RetentionLineOut()

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), "to": serializers.DateField(), **super().get_fields()}


class EntryOut(Shape):
    """A custody entry behind a figure."""

    lot = serializers.CharField()
    sequence = serializers.IntegerField()
    day = serializers.DateField()
    from_place = serializers.ChoiceField(choices=PLACES)
    to_place = serializers.ChoiceField(choices=PLACES)
    grams = serializers.IntegerField()
    product_code = serializers.CharField(allow_null=True)
    holder = serializers.CharField()
    reason = serializers.CharField()


class EntriesOut(Shape):
    """A page of entries, newest first."""

    next = serializers.URLField(allow_null=True)
    results = EntryOut(many=True)


class CsvRenderer(BaseRenderer):
    """Text that is CSV already; an error stays JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        if isinstance(data, str):
            return data.encode()
        if context and "response" in context:
            context["response"]["Content-Type"] = "application/json"
        return bytes(JSONRenderer().render(data))


class RetentionView(LodestoneView):
    """Retention."""

    needs = {"GET": SEE}
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        operation_id="reports_retention",
        summary="Read what was logged, retained, exported and lost in a period",
        description="Counts what you may see: holders their own lots, recyclers those they booked, "
        "regulators their nation. `format=csv` gives the same rows for a spreadsheet.",
        parameters=[PeriodAsked, OpenApiParameter("format", str, enum=["json", "csv"])],
        responses={
            (200, "application/json"): RetentionOut,
            (200, "text/csv"): OpenApiTypes.STR,
            400: ErrorSerializer,
            **LISTING,
        },
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(PeriodAsked)
        period = asked["period"]
        report = build(self.viewer, period, by=asked["by"])
        if isinstance(request.accepted_renderer, CsvRenderer):
            name = f"retention-by-{report.by}-{period.from_day}-{period.until_day}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(as_csv(report), headers=headers)
        return Response(
            {
                "from": period.from_day.isoformat(),
                "to": period.until_day.isoformat(),
                "by": report.by,
                "leaves_out_defence": report.leaves_out_defence,
                "rows": [_line(row) for row in report.lines],
                "total": _line(report.total),
            }
        )


class RetentionEntriesView(LodestoneView):
    """What a figure is made of."""

    needs = {"GET": SEE}

    @extend_schema(
        operation_id="reports_retention_entries",
        summary="Read the custody entries behind a figure, newest first",
        parameters=[EntriesAsked],
        responses={200: EntriesOut, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(EntriesAsked)
        period = asked["period"]
        by, key = asked["by"], asked.get("key", "")
        try:
            if by == "month" and key:
                period = month_within(key, period)
            if by == "element" and key not in ("", "REE", *ELEMENTS):
                raise ValueError(key)
            scope = narrowed(scope_of(self.viewer), by, key)
        except ValueError as error:
            raise serializers.ValidationError({"key": "There is no line with this key."}) from error
        try:
            page = entries_behind(scope, period, asked["measure"], cursor=asked.get("cursor", ""))
        except ValueError as error:
            raise serializers.ValidationError(
                {"cursor": "There is no such page. Take it from “next”."}
            ) from error
        query = {**request.query_params.dict(), "cursor": page.older}
        following = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
        return Response(
            {"next": following if page.older else None, "results": [_entry(each) for each in page.entries]}
        )


def _line(row: Row) -> dict[str, Any]:
    amounts = {name: row.figures[name] for name in COLUMNS}
    rate = row.figures.rate
    return {
        "key": row.key,
        "name": row.label,
        "figures": {name: mass_range(each.low, each.central, each.high) for name, each in amounts.items()},
        "at_risk_now_grams": row.at_risk_grams,
        "retention_rate": {"low": rate.low, "central": rate.central, "high": rate.high} if rate else None,
    }


def _entry(entry: CustodyEntry) -> dict[str, Any]:
    day: dt.date = entry.day
    return {
        "lot": entry.lot.reference,
        "sequence": entry.sequence,
        "day": day.isoformat(),
        "from_place": Place(entry.from_place).name.lower(),
        "to_place": Place(entry.to_place).name.lower(),
        "grams": entry.grams,
        "product_code": entry.product.code if entry.product else None,
        "holder": entry.holder.slug,
        "reason": entry.reason,
    }
