"""The catalogue: products by what people call them, and how much magnet each holds according to whom."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.api.base import LISTING, READING, ErrorSerializer, LodestoneView, Shape
from collection.models import ProductType, Unit
from collection.queries.reference import current_catalogue, find_products
from collection.rules.content.coefficients import Product
from collection.rules.new_lot import UNITS_OF_BASIS
from collection.rules.roles import Permission

INSIDE = frozenset({Permission.SEE_LOTS})


class KilogramRange(Shape):
    """Kilograms in one unit of a product: the 10th percentile, the central value, the 90th."""

    low_kg = serializers.FloatField()
    central_kg = serializers.FloatField()
    high_kg = serializers.FloatField()


class CoefficientOut(Shape):
    """How much magnet one unit holds, and who says so."""

    magnet_per_unit = KilogramRange()
    unit_basis = serializers.CharField(help_text="per_item, per_MW or per_tonne_of_item")
    prevalence = serializers.FloatField(help_text="Share of such products that hold this magnet at all")
    grade_code = serializers.CharField()
    version = serializers.CharField()
    basis = serializers.CharField(help_text="Measured, derived or judged")
    confidence = serializers.CharField()
    citation = serializers.CharField()
    citation_url = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    notes = serializers.CharField()


class ProductOut(Shape):
    """A kind of product that may hold magnets."""

    code = serializers.CharField()
    name = serializers.CharField()
    sector = serializers.CharField()
    magnet_family = serializers.CharField()
    synonyms = serializers.ListField(child=serializers.CharField())
    units = serializers.ListField(
        child=serializers.ChoiceField(choices=Unit.choices), help_text="Units a lot of it may be logged in"
    )
    ewc_code = serializers.CharField()
    typical_form = serializers.CharField()
    preferred_route = serializers.CharField()
    service_life_years = serializers.FloatField()
    is_defence_controlled = serializers.BooleanField()
    coefficient = CoefficientOut()


class FoundProduct(Shape):
    """A product that fits the words."""

    code = serializers.CharField()
    name = serializers.CharField()
    matched = serializers.CharField(help_text="The name or synonym that fitted")
    score = serializers.FloatField(allow_null=True, help_text="Only for ranking; null in the whole list")


class FoundProducts(Shape):
    """Products, best first; without words every product by name."""

    results = FoundProduct(many=True)


class ProductsAsked(Shape):
    """What to look for."""

    q = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Any name: “HDD”, “hard drive”, “disk”"
    )
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=20)


class ProductsView(LodestoneView):
    """Finding products."""

    needs = {"GET": INSIDE}

    @extend_schema(
        operation_id="products_search",
        summary="Find products by what people call them",
        description="Synonyms, plurals and a slip of the finger are understood. Without `q`: every product.",
        parameters=[ProductsAsked],
        responses={200: FoundProducts, 400: ErrorSerializer, **LISTING},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(ProductsAsked)
        if not asked.get("q", "").strip():
            everything = sorted(current_catalogue().products.values(), key=lambda product: product.name)
            found = [
                {"code": product.code, "name": product.name, "matched": product.name, "score": None}
                for product in everything
            ]
            return Response({"results": found})
        matches = find_products(asked["q"], limit=asked["limit"])
        return Response(
            {
                "results": [
                    {"code": each.code, "name": each.name, "matched": each.matched, "score": each.score}
                    for each in matches
                ]
            }
        )


class ProductView(LodestoneView):
    """One product."""

    needs = {"GET": INSIDE}

    @extend_schema(
        operation_id="products_read",
        summary="Read a product with its coefficient and where that comes from",
        responses={200: ProductOut, **READING},
    )
    def get(self, request: Request, code: str) -> Response:
        product = current_catalogue().products.get(code)
        if product is None:
            raise ProductType.DoesNotExist
        return Response(product_shape(product))


def product_shape(product: Product) -> dict[str, Any]:
    return {
        "code": product.code,
        "name": product.name,
        "sector": product.source_sector,
        "magnet_family": product.magnet_family,
        "synonyms": list(product.synonyms),
        "units": [unit.value for unit in UNITS_OF_BASIS[product.unit_basis]],
        "ewc_code": product.ewc_code,
        "typical_form": product.typical_form,
        "preferred_route": product.preferred_route,
        "service_life_years": product.service_life_years,
        "is_defence_controlled": product.is_defence_controlled,
        "coefficient": {
            "magnet_per_unit": {
                "low_kg": product.magnet_kg.low,
                "central_kg": product.magnet_kg.central,
                "high_kg": product.magnet_kg.high,
            },
            "unit_basis": product.unit_basis,
            "prevalence": product.prevalence,
            "grade_code": product.grade_code,
            "version": product.version,
            "basis": product.basis,
            "confidence": product.confidence,
            "citation": product.source,
            "citation_url": product.source_url,
            "year": product.year,
            "notes": product.notes,
        },
    }
