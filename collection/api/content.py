"""What a lot would hold, be worth and be good for, without logging it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from collection.api.base import CREATING, LodestoneView, MassRange, Shape, mass_range
from collection.models import Unit
from collection.queries.reference import current_catalogue
from collection.rules.content import (
    ContentEstimate,
    LotInput,
    RouteAdvice,
    Spread,
    Valuation,
    advise_route,
    estimate,
    value,
)
from collection.rules.roles import Permission
from collection.rules.routes import Upgrade
from collection.rules.valuation import BASES, BasisValue, MoneyRange


class WhatIf(Shape):
    """A lot as somebody describes it."""

    product_code = serializers.CharField(max_length=60, help_text="Code or synonym")
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    unit = serializers.ChoiceField(choices=Unit.choices)
    build_year = serializers.IntegerField(required=False, allow_null=True)
    magnet_grams_weighed = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, help_text="Freed magnets of the whole lot, if weighed"
    )


class Money(Shape):
    """A sum of money: low, central, high."""

    currency = serializers.CharField()
    low = serializers.DecimalField(max_digits=16, decimal_places=2)
    central = serializers.DecimalField(max_digits=16, decimal_places=2)
    high = serializers.DecimalField(max_digits=16, decimal_places=2)


class BasisOut(Shape):
    """The value on one dated price list."""

    basis = serializers.ChoiceField(choices=list(BASES.items()))
    contained_usd = Money()
    contained_gbp = Money()
    offer_gbp_low = serializers.DecimalField(
        max_digits=16, decimal_places=2, help_text="What a holder might be offered on this route"
    )
    offer_gbp_high = serializers.DecimalField(max_digits=16, decimal_places=2)
    oldest_price_on = serializers.DateField(allow_null=True)
    newest_price_on = serializers.DateField(allow_null=True)
    sources = serializers.ListField(child=serializers.CharField())
    unpriced = serializers.ListField(child=serializers.CharField())


class ValueOut(Shape):
    """The value on both price lists, and what the figures leave out."""

    bases = BasisOut(many=True)
    not_valued = serializers.ListField(child=serializers.CharField())
    statements = serializers.ListField(child=serializers.CharField())


class UpgradeOut(Shape):
    """Something to do, and the better route it opens."""

    action = serializers.CharField()
    route_code = serializers.CharField()
    route_name = serializers.CharField()
    yield_gain = serializers.FloatField(help_text="Share of contained rare earths")


class RouteOut(Shape):
    """Which way the lot should be processed, and why."""

    route_code = serializers.CharField()
    name = serializers.CharField()
    because = serializers.CharField()
    is_provisional = serializers.BooleanField()
    assumptions = serializers.ListField(child=serializers.CharField())
    then_route_code = serializers.CharField(allow_null=True, help_text="After taking apart, if it must be")
    yield_low = serializers.FloatField()
    yield_central = serializers.FloatField()
    yield_high = serializers.FloatField()
    plants = serializers.ListField(child=serializers.CharField())
    upgrades = UpgradeOut(many=True)
    mixing_rules = serializers.ListField(child=serializers.CharField())


class WhatIfOut(Shape):
    """The answer, with where it comes from."""

    product_code = serializers.CharField()
    magnet_family = serializers.CharField()
    grade_code = serializers.CharField()
    magnet = MassRange()
    elements = serializers.DictField(child=MassRange(), help_text="Nd, Pr, Dy, Tb, Sm, NdPr, total_ree")
    interval = serializers.CharField(help_text="What low and high mean")
    evidence_class = serializers.ChoiceField(choices=["A", "B", "C", "D", "E"])
    method = serializers.CharField()
    coefficient_version = serializers.CharField()
    coefficient_source = serializers.CharField(help_text="The citation")
    coefficient_source_url = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())
    value = ValueOut()
    route = RouteOut()


class ContentView(LodestoneView):
    """What if."""

    needs = {"POST": frozenset({Permission.SEE_LOTS})}

    @extend_schema(
        operation_id="content_estimate",
        summary="Estimate what a lot would hold, without logging it",
        description="Nothing is written. The estimate is the one that logging the lot would make.",
        request=WhatIf,
        responses={200: WhatIfOut, **CREATING},
    )
    def post(self, request: Request) -> Response:
        wanted = self.body(WhatIf)
        catalogue = current_catalogue()
        found = estimate(catalogue, LotInput(**wanted | {"quantity": float(wanted["quantity"])}))
        advice = advise_route(catalogue, found)
        worth = value(found, catalogue, route_code=advice.route_code)
        return Response(what_if_shape(found, advice, worth))


def what_if_shape(found: ContentEstimate, advice: RouteAdvice, worth: Valuation) -> dict[str, Any]:
    elements = {**found.elements, "NdPr": found.ndpr, "total_ree": found.total_ree}
    return {
        "product_code": found.product.code,
        "magnet_family": found.magnet_family,
        "grade_code": found.grade_code,
        "magnet": _grams(found.magnet),
        "elements": {element: _grams(spread) for element, spread in elements.items()},
        "interval": found.interval,
        "evidence_class": found.evidence_class,
        "method": found.method,
        "coefficient_version": found.coefficient_version,
        "coefficient_source": found.source,
        "coefficient_source_url": found.product.source_url,
        "warnings": list(found.warnings),
        "value": {
            "bases": [_basis(basis) for basis in worth.bases.values()],
            "not_valued": list(worth.not_valued),
            "statements": list(worth.statements),
        },
        "route": _route(advice),
    }


def _grams(spread: Spread) -> dict[str, int]:
    return mass_range(spread.low, spread.central, spread.high)


def _basis(basis: BasisValue) -> dict[str, Any]:
    oldest, newest = basis.oldest_price_on, basis.newest_price_on
    return {
        "basis": basis.basis,
        "contained_usd": _money(basis.contained_usd),
        "contained_gbp": _money(basis.contained_gbp),
        "offer_gbp_low": f"{basis.offer_gbp_low:.2f}",
        "offer_gbp_high": f"{basis.offer_gbp_high:.2f}",
        "oldest_price_on": oldest.isoformat() if oldest else None,
        "newest_price_on": newest.isoformat() if newest else None,
        "sources": sorted({line.source for line in basis.prices}),
        "unpriced": list(basis.unpriced),
    }


def _money(money: MoneyRange) -> dict[str, str]:
    return {
        "currency": money.currency,
        "low": f"{money.low:.2f}",
        "central": f"{money.central:.2f}",
        "high": f"{money.high:.2f}",
    }


def _route(advice: RouteAdvice) -> dict[str, Any]:
    return {
        "route_code": advice.route_code,
        "name": advice.name,
        "because": advice.deciding_observation,
        "is_provisional": advice.is_provisional,
        "assumptions": list(advice.assumptions),
        "then_route_code": advice.then_route_code,
        "yield_low": advice.ree_yield.low,
        "yield_central": advice.ree_yield.central,
        "yield_high": advice.ree_yield.high,
        "plants": [plant.sentence for plant in advice.plants],
        "upgrades": [_upgrade(upgrade) for upgrade in advice.upgrades],
        "mixing_rules": list(advice.mixing_rules),
    }


def _upgrade(upgrade: Upgrade) -> dict[str, Any]:
    return {
        "action": upgrade.action,
        "route_code": upgrade.route_code,
        "route_name": upgrade.route_name,
        "yield_gain": round(upgrade.yield_gain, 4),
    }
