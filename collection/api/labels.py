"""Labels: print them, and find the lot of one that was scanned."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.labels import MAY_PRINT, issue_labels
from collection.api.base import CHANGING, READING, LodestoneView, Shape
from collection.queries.labels import label_of
from collection.rules.labels import MOST_CONTAINERS, SHEETS
from collection.rules.roles import Permission


class LabelsIn(Shape):
    """How many containers the lot is in, and the label paper."""

    containers = serializers.IntegerField(min_value=1, max_value=MOST_CONTAINERS, default=1)
    sheet = serializers.ChoiceField(choices=[(s.code, s.words) for s in SHEETS.values()], default="a4-8")
    first_free = serializers.IntegerField(
        min_value=1, max_value=21, default=1, help_text="Where on a partly used sheet to begin"
    )


class LabelOut(Shape):
    """What a label is stuck on; `container` 0 is the lot as a whole."""

    lot = serializers.CharField()
    container = serializers.IntegerField()


class LotLabelsView(LodestoneView):
    """Labels of a lot."""

    needs = {"POST": frozenset(MAY_PRINT)}

    @extend_schema(
        operation_id="lots_labels",
        summary="Print a lot's labels",
        description="A PDF: one label for each container. Each container keeps its QR symbol when printed "
        "again.",
        request=LabelsIn,
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **CHANGING},
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        from collection.documents.labels import draw_labels

        wanted = self.body(LabelsIn)
        now, sheet = self.now(), SHEETS[wanted["sheet"]]
        issued = issue_labels(self.viewer, [reference], containers=wanted["containers"], at=now)
        pdf = draw_labels(issued, sheet, at=now, first_free=1 if sheet.is_roll else wanted["first_free"])
        return HttpResponse(pdf, content_type="application/pdf")


class LabelView(LodestoneView):
    """A scanned label."""

    needs = {"GET": frozenset({Permission.SEE_LOTS})}

    @extend_schema(
        operation_id="labels_read",
        summary="Find the lot of a scanned label",
        description="`token` is the last part of the address in the QR symbol. A label of a lot you may not "
        "see answers as one that does not exist.",
        responses={200: LabelOut, **READING},
    )
    def get(self, request: Request, token: str) -> Response:
        label = label_of(self.viewer, token)
        return Response({"lot": label.lot.reference, "container": label.container})
