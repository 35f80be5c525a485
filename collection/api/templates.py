"""Named templates of lots: what stays the same, saved under a name, and lots logged from one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.templates import TemplateNameTakenError, note_used, save_template
from collection.api.base import (
    CHANGING,
    CREATING,
    LISTING,
    ErrorSerializer,
    LodestoneView,
    Shape,
    instant,
    instant_or_none,
)
from collection.api.lots import log_from
from collection.api.shapes import LotIn, LotOut
from collection.models import LotTemplate, ProductType, Site, WasteCode
from collection.queries.templates import template_of, templates_of
from collection.queries.turbines import turbine_of
from collection.rules.lot_templates import KEPT, lot_fields_of, pages_of
from collection.rules.roles import Permission

KEEP = frozenset({Permission.LOG_LOT})


class LotAnswersIn(LotIn):
    """The fields of a lot that are the same from lot to lot; all may be left out."""

    def get_fields(self) -> dict[str, Any]:
        fields = {name: field for name, field in super().get_fields().items() if name in KEPT}
        for field in fields.values():
            field.required = False
        return fields


class TemplateIn(Shape):
    """A template: a name, and what stays the same."""

    name = serializers.CharField(max_length=60)
    answers = LotAnswersIn()


class TemplateOut(TemplateIn):
    """A template of your organisation."""

    id = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)


class TemplatesOut(Shape):
    """All templates of your organisation, by name."""

    results = TemplateOut(many=True)


class LotFromTemplateIn(LotIn):
    """What is new about this lot. What you leave out comes from the template; what you say goes before it."""

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for name in KEPT:
            fields[name].required = False
        return fields


class TemplatesView(LodestoneView):
    """Templates of lots."""

    needs = {"GET": KEEP, "POST": KEEP}

    @extend_schema(
        operation_id="templates_list",
        summary="List templates of lots",
        responses={200: TemplatesOut, **LISTING},
    )
    def get(self, request: Request) -> Response:
        return Response({"results": [_shape(template) for template in templates_of(self.viewer)]})

    @extend_schema(
        operation_id="templates_create",
        summary="Save a template of lots",
        request=TemplateIn,
        responses={201: TemplateOut, **CREATING, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(TemplateIn)
        pages = pages_of(wanted["answers"], self._words(wanted["answers"]))
        try:
            saved = save_template(self.viewer, wanted["name"], pages, at=self.now())
        except TemplateNameTakenError as taken:
            raise serializers.ValidationError({"name": f"{taken} Choose another name."}) from taken
        return Response(_shape(saved), status=status.HTTP_201_CREATED)

    def _words(self, answers: dict[str, Any]) -> dict[str, str]:
        """What people read for each code. Raises ValidationError for one that is in no table, or a site that is
        not yours."""
        known = {
            "product_code": ProductType.objects.filter(
                code=answers.get("product_code"), is_current=True
            ).first(),
            "turbine_model": turbine_of(answers.get("turbine_model") or ""),
            "ewc_code": WasteCode.objects.filter(code=answers.get("ewc_code")).first(),
            "site_id": Site.objects.visible_to(self.viewer).filter(pk=answers.get("site_id")).first(),
        }
        wrong = {
            name: "There is none of this name. Leave it out, or look it up first."
            for name, row in known.items()
            if answers.get(name) and row is None
        }
        if wrong:
            raise serializers.ValidationError({"answers": wrong})
        return {name: str(row) for name, row in known.items() if row is not None}


class TemplateLotsView(LodestoneView):
    """Logging from a template."""

    needs = {"POST": KEEP}

    @extend_schema(
        operation_id="templates_log",
        summary="Log a lot from a template",
        request=LotFromTemplateIn,
        responses={201: LotOut, 200: LotOut, **CHANGING},
    )
    def post(self, request: Request, template_id: int) -> Response:
        template = template_of(self.viewer, template_id)
        checked = LotIn(data=lot_fields_of(template.pages) | _said(request))
        checked.is_valid(raise_exception=True)
        answer = log_from(self, dict(checked.validated_data))
        note_used(self.viewer, template, at=self.now())
        return answer


def _said(request: Request) -> dict[str, Any]:
    """The body. One place goes before the other: who says a postcode does not mean the template's site."""
    said = dict(request.data)
    if said.get("postcode"):
        said.setdefault("site_id", None)
    elif said.get("site_id"):
        said.setdefault("postcode", "")
    return said


def _shape(template: LotTemplate) -> dict[str, Any]:
    answers = lot_fields_of(template.pages)
    if "power_kw" in answers:
        answers["power_kw"] = f"{answers['power_kw'].normalize():f}"
    return {
        "id": template.pk,
        "name": template.name,
        "answers": answers,
        "made_at": instant(template.made_at),
        "used_at": instant_or_none(template.used_at),
    }
