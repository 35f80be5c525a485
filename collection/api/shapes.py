"""The bodies of lots, custody and events: what goes in, what comes out. One place for the field names."""

from typing import Any

from rest_framework import serializers

from collection.api.base import MassRange, Page, Shape, instant, mass_range
from collection.api.particulars import DealerRecordIn, ParticularsIn, ParticularsOut, particulars
from collection.models import (
    Condition,
    CustodyEntry,
    DestinationClass,
    Estimate,
    Event,
    Intent,
    Lot,
    Score,
    SourceKind,
    Unit,
    WeightReading,
)
from collection.rules.dealer_record import NewDealerRecord
from collection.rules.lifecycle import LotState, Place, Verb
from collection.rules.new_lot import NewLot

PLACES = [(place.name.lower(), place.name.lower()) for place in Place]
STATES = [(state.value, state.value) for state in LotState]


class ContentOut(Shape):
    """What a lot is believed to hold, and why."""

    magnet = MassRange()
    elements = serializers.DictField(child=MassRange(), help_text="Nd, Pr, Dy, Tb, Sm, and sums of them")
    evidence_class = serializers.ChoiceField(choices=["A", "B", "C", "D", "E"])
    method = serializers.CharField()
    coefficient_version = serializers.CharField()
    coefficient_source = serializers.CharField(help_text="The citation")
    route_code = serializers.CharField()
    made_at = serializers.DateTimeField()


class RiskOut(Shape):
    """How likely a lot is to leave the country within 30, 60 and 90 days; probabilities from 0 to 1."""

    p30 = serializers.FloatField()
    p60 = serializers.FloatField()
    p90 = serializers.FloatField()
    p_retained = serializers.FloatField()
    p_lost = serializers.FloatField()
    band = serializers.CharField()
    expected_export_grams = serializers.IntegerField()
    model_version = serializers.CharField()
    scored_at = serializers.DateTimeField()


class LotOut(ParticularsOut):
    """A lot. Masses in grams, days local to Europe/London, instants in UTC."""

    reference = serializers.CharField()
    submission_id = serializers.UUIDField()
    holder = serializers.CharField(help_text="Slug of the organisation that holds it")
    source_kind = serializers.ChoiceField(choices=SourceKind.choices)
    product_code = serializers.CharField()
    magnet_family = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    unit = serializers.ChoiceField(choices=Unit.choices)
    gross_grams = serializers.IntegerField(allow_null=True)
    tare_grams = serializers.IntegerField(allow_null=True)
    condition = serializers.ChoiceField(choices=Condition.choices)
    is_magnetised = serializers.BooleanField(allow_null=True)
    build_year = serializers.IntegerField(allow_null=True)
    serial = serializers.CharField()
    available_from_on = serializers.DateField()
    intent = serializers.ChoiceField(choices=Intent.choices)
    ewc_code = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    outcode = serializers.CharField()
    nation = serializers.CharField()
    magnet_grams = serializers.IntegerField(help_text="The central estimate standing in the custody ledger")
    is_demonstration = serializers.BooleanField()
    logged_at = serializers.DateTimeField()
    content = ContentOut(allow_null=True)
    export_risk = RiskOut(allow_null=True, help_text="Null until the lot has been scored")


class LotPage(Page):
    """A page of lots."""

    results = LotOut(many=True)


class LotIn(ParticularsIn):
    """A lot to log. Give `site_id` (one of your places) or `postcode`."""

    submission_id = serializers.UUIDField(help_text="Made by you; sending it again is safe")
    source_kind = serializers.ChoiceField(choices=SourceKind.choices)
    product_code = serializers.CharField(max_length=60)
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    unit = serializers.ChoiceField(choices=Unit.choices)
    condition = serializers.ChoiceField(choices=Condition.choices)
    intent = serializers.ChoiceField(choices=Intent.choices)
    available_from_on = serializers.DateField()
    site_id = serializers.IntegerField(required=False, allow_null=True)
    postcode = serializers.CharField(required=False, allow_blank=True, max_length=10)
    is_magnetised = serializers.BooleanField(required=False, allow_null=True)
    build_year = serializers.IntegerField(required=False, allow_null=True)
    gross_grams = serializers.IntegerField(required=False, allow_null=True)
    tare_grams = serializers.IntegerField(required=False, allow_null=True)
    ewc_code = serializers.CharField(required=False, allow_blank=True, max_length=9)
    serial = serializers.CharField(required=False, allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    dealer_record = DealerRecordIn(required=False, allow_null=True)


class ExportIn(Shape):
    """An export of a whole lot."""

    happened_on = serializers.DateField()
    destination_class = serializers.ChoiceField(choices=DestinationClass.choices, default="unknown")
    country = serializers.CharField(required=False, allow_blank=True, max_length=60)
    port = serializers.CharField(required=False, allow_blank=True, max_length=80)
    explanation = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class LossIn(Shape):
    """A loss of a whole lot."""

    happened_on = serializers.DateField()
    explanation = serializers.CharField(max_length=2000)


class WithdrawIn(Shape):
    """Why a lot should not have been logged."""

    why = serializers.CharField(max_length=150)


class CustodyOut(Shape):
    """One custody entry: grams that moved from one place of mass to another."""

    sequence = serializers.IntegerField()
    from_place = serializers.ChoiceField(choices=PLACES)
    to_place = serializers.ChoiceField(choices=PLACES)
    grams = serializers.IntegerField()
    composition_ppm = serializers.DictField(child=serializers.IntegerField())
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    reason = serializers.CharField()
    fingerprint = serializers.CharField(help_text="SHA-256, over this entry and the fingerprint before it")
    previous_fingerprint = serializers.CharField()


class EventOut(Shape):
    """Something that happened to a lot."""

    verb = serializers.ChoiceField(choices=[(verb.value, verb.value) for verb in Verb])
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    organisation = serializers.CharField(allow_null=True)
    words = serializers.CharField()


def lot_shape(lot: Lot) -> dict[str, Any]:
    """The body of a lot fetched by `readable_lots`."""
    estimate: Estimate | None = getattr(lot, "now", None)
    score = getattr(lot, "score", None)
    return {
        "reference": lot.reference,
        "submission_id": str(lot.submission_id),
        "holder": lot.holder.slug,
        "source_kind": lot.source_kind,
        "product_code": lot.product.code,
        "magnet_family": lot.magnet_family,
        "quantity": f"{lot.quantity:f}",
        "unit": lot.unit,
        "gross_grams": lot.gross_grams,
        "tare_grams": _tare(lot),
        "condition": lot.condition,
        "is_magnetised": lot.is_magnetised,
        "build_year": lot.build_year,
        "serial": lot.serial,
        "available_from_on": lot.available_from_on.isoformat(),
        "intent": lot.intent,
        "ewc_code": lot.ewc_code,
        "state": lot.state,
        "outcode": lot.outcode,
        "nation": lot.nation,
        "magnet_grams": lot.magnet_grams,
        "is_demonstration": lot.is_demonstration,
        "logged_at": instant(lot.logged_at),
        **particulars(lot),
        "content": content(estimate) if estimate else None,
        "export_risk": risk(score) if score else None,
    }


def _tare(lot: Lot) -> int | None:
    """The empty vehicle or container alone, where a reading keeps it apart from the pallet."""
    weight: WeightReading | None = getattr(lot, "weighed", None)
    return lot.tare_grams if weight is None else weight.tare_grams


def content(estimate: Estimate) -> dict[str, Any]:
    magnet = (estimate.magnet_low_grams, estimate.magnet_central_grams, estimate.magnet_high_grams)
    return {
        "magnet": mass_range(*magnet),
        "elements": {element: mass_range(*bounds) for element, bounds in estimate.elements.items()},
        "evidence_class": estimate.evidence_class,
        "method": estimate.method,
        "coefficient_version": estimate.coefficient_version,
        "coefficient_source": estimate.source,
        "route_code": estimate.route_code,
        "made_at": instant(estimate.made_at),
    }


def risk(score: Score) -> dict[str, Any]:
    return {
        "p30": score.p30,
        "p60": score.p60,
        "p90": score.p90,
        "p_retained": score.p_retained,
        "p_lost": score.p_lost,
        "band": score.get_band_display().lower(),
        "expected_export_grams": score.expected_export_grams,
        "model_version": score.model.version,
        "scored_at": instant(score.scored_at),
    }


def custody_entry(entry: CustodyEntry) -> dict[str, Any]:
    elements = ("nd", "pr", "dy", "tb", "sm")
    return {
        "sequence": entry.sequence,
        "from_place": Place(entry.from_place).name.lower(),
        "to_place": Place(entry.to_place).name.lower(),
        "grams": entry.grams,
        "composition_ppm": {e.capitalize(): getattr(entry, f"{e}_ppm") for e in elements},
        "at": instant(entry.at),
        "recorded_at": instant(entry.recorded_at),
        "reason": entry.reason,
        "fingerprint": bytes(entry.fingerprint).hex(),
        "previous_fingerprint": bytes(entry.previous_fingerprint).hex(),
    }


def event(row: Event) -> dict[str, Any]:
    return {
        "verb": row.verb,
        "at": instant(row.at),
        "recorded_at": instant(row.recorded_at),
        "organisation": row.organisation.slug if row.organisation else None,
        "words": row.words,
    }


def new_lot_of(body: dict[str, Any]) -> NewLot:
    """The checked body of a `LotIn` as the value every door builds."""
    record = body.pop("dealer_record", None)
    properties = tuple(body.pop("hazardous_properties", ()))
    return NewLot(
        **body,
        hazardous_properties=properties,
        dealer_record=NewDealerRecord(**record) if record else None,
    )
