"""What a lot says besides product and amount, as bodies: weights, waste, source, the dealer's record, hold points."""

from typing import Any

from rest_framework import serializers

from collection.actions.dealer_records import LONGEST_REASON
from collection.api.base import Shape, instant
from collection.models import DealerRecord, HoldPointRecord, Lot, SourceDetails, WasteDetails, WeightReading
from collection.models.source_details import DRIVES, SCANNER_MAGNETS
from collection.models.weights import WeightMethod
from collection.rules.classification import Hazard
from collection.rules.dealer_record import DOCUMENT_LABELS, Payment
from collection.rules.hold_points import HOLD_WORDS, HoldPoint, open_points
from collection.rules.look_alikes import DECISION_LABELS, Decision
from collection.rules.waste_terms import CONTAINERS, HAZARDOUS_PROPERTIES, PhysicalForm

GRAMS: dict[str, Any] = {"required": False, "allow_null": True}
WORDS: dict[str, Any] = {"required": False, "allow_blank": True}


class ParticularsIn(Shape):
    """The fields of a new lot that only some sources are asked, or that only some holders know."""

    pallet_grams = serializers.IntegerField(**GRAMS, help_text="Pallet and packing")
    stated_net_grams = serializers.IntegerField(
        **GRAMS, help_text="Net weight a ticket gives; it must add up"
    )
    weight_method = serializers.ChoiceField(choices=WeightMethod.choices, **WORDS)
    hazard = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Hazard],
        **WORDS,
        help_text="Your answer to the question that decides between the clean and the hazardous code",
    )
    hazardous_properties = serializers.ListField(
        child=serializers.ChoiceField(choices=list(HAZARDOUS_PROPERTIES)), required=False
    )
    physical_form = serializers.ChoiceField(choices=[(one.value, one.value) for one in PhysicalForm], **WORDS)
    container_type = serializers.ChoiceField(choices=list(CONTAINERS.items()), **WORDS)
    container_count = serializers.IntegerField(**GRAMS)
    drive = serializers.ChoiceField(choices=DRIVES, **WORDS, help_text="Required for lots from vehicles")
    turbine_model = serializers.CharField(**WORDS, max_length=60, help_text="Code of the turbine table")
    scanner_magnet = serializers.ChoiceField(
        choices=SCANNER_MAGNETS, **WORDS, help_text="Required for medical equipment"
    )
    stock_number = serializers.CharField(**WORDS, max_length=20, help_text="NATO stock number, 13 figures")
    maker = serializers.CharField(**WORDS, max_length=60)
    model_name = serializers.CharField(**WORDS, max_length=80)
    power_kw = serializers.DecimalField(max_digits=9, decimal_places=3, **GRAMS)
    look_alike_decision = serializers.ChoiceField(
        choices=[(one.value, DECISION_LABELS[one]) for one in (Decision.DIFFERENT, Decision.PASSED_ON)],
        **WORDS,
        help_text="What a person decided after 409 `looks_the_same`",
    )


class DealerRecordIn(Shape):
    """The record of a receipt by a scrap metal dealer in England or Wales. Paid in cash it is refused."""

    form = serializers.CharField(max_length=100)
    condition = serializers.CharField(max_length=100)
    marks = serializers.CharField(max_length=300, help_text="“none” where there are none")
    received_at = serializers.DateTimeField()
    vehicle = serializers.CharField(**WORDS, default="", max_length=10)
    seller_name = serializers.CharField(max_length=120)
    seller_address = serializers.CharField(max_length=400)
    document = serializers.ChoiceField(choices=[(key.value, label) for key, label in DOCUMENT_LABELS.items()])
    document_reference = serializers.CharField(max_length=100)
    paid_by = serializers.CharField(max_length=120)
    payment = serializers.ChoiceField(choices=[(one.value, one.value) for one in Payment])
    payment_reference = serializers.CharField(**WORDS, default="", max_length=100)


class DealerRecordOut(DealerRecordIn):
    """A dealer's record as kept."""

    id = serializers.IntegerField(help_text="Names it when it is corrected")
    keep_until = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    reason = serializers.CharField(
        allow_blank=True, help_text="Why it replaced the one before; empty for the first"
    )


class DealerCorrectionIn(DealerRecordIn):
    """The record as it should have been."""

    replaces = serializers.IntegerField(help_text="`id` of the record that you read and correct")
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="What was wrong")


class ParticularsOut(Shape):
    """What a lot says besides product and amount. `net_grams` is gross less tare less pallet."""

    pallet_grams = serializers.IntegerField(allow_null=True)
    net_grams = serializers.IntegerField(allow_null=True)
    weight_method = serializers.CharField()
    weight_is_estimate = serializers.BooleanField(allow_null=True, help_text="Null where there is no weight")
    hazard = serializers.CharField()
    hazardous_properties = serializers.ListField(child=serializers.CharField())
    physical_form = serializers.CharField()
    container_type = serializers.CharField()
    container_count = serializers.IntegerField(allow_null=True)
    drive = serializers.CharField()
    turbine_model = serializers.CharField()
    rated_mw = serializers.DecimalField(max_digits=6, decimal_places=3, allow_null=True)
    drive_train = serializers.CharField()
    generator = serializers.CharField()
    generator_has_magnets = serializers.BooleanField(allow_null=True)
    scanner_magnet = serializers.CharField()
    stock_number = serializers.CharField()
    supply_class = serializers.CharField()
    maker = serializers.CharField()
    model_name = serializers.CharField()
    power_kw = serializers.DecimalField(max_digits=9, decimal_places=3, allow_null=True)
    is_on_hold = serializers.BooleanField(
        help_text="A defence lot with hold points open: it cannot be collected"
    )


class HoldPointIn(Shape):
    """The evidence of one hold point, and the named person who checked it."""

    evidence = serializers.CharField(max_length=300)
    checked_by = serializers.CharField(max_length=120)
    checked_on = serializers.DateField()


class HoldPointOut(Shape):
    """One hold point of a defence lot; without evidence it is open."""

    point = serializers.ChoiceField(choices=[(one.value, one.value) for one in HoldPoint])
    name = serializers.CharField()
    is_cleared = serializers.BooleanField()
    evidence = serializers.CharField()
    checked_by = serializers.CharField()
    checked_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField(allow_null=True)


NO_DETAILS, NO_WASTE = SourceDetails(), WasteDetails()


def particulars(lot: Lot) -> dict[str, Any]:
    """The body of a lot fetched by `readable_lots`."""
    details = getattr(lot, "details", None) or NO_DETAILS
    waste = getattr(lot, "waste", None) or NO_WASTE
    weight: WeightReading | None = getattr(lot, "weighed", None)
    return {
        **_weight(weight),
        "hazard": waste.hazard,
        "hazardous_properties": waste.hazardous_properties,
        "physical_form": waste.physical_form,
        "container_type": waste.container_type,
        "container_count": waste.container_count,
        "drive": details.drive,
        "turbine_model": details.turbine_model.code if details.turbine_model else "",
        "rated_mw": _decimal(details.rated_mw),
        "drive_train": details.drive_train,
        "generator": details.generator,
        "generator_has_magnets": details.generator_has_magnets,
        "scanner_magnet": details.scanner_magnet,
        "stock_number": details.stock_number,
        "supply_class": str(details.supply_class) if details.supply_class else "",
        "maker": details.maker,
        "model_name": details.model_name,
        "power_kw": _decimal(details.power_kw),
        "is_on_hold": lot.is_on_hold,
    }


def _weight(weight: WeightReading | None) -> dict[str, Any]:
    return {
        "pallet_grams": weight.pallet_grams if weight else None,
        "net_grams": weight.net_grams if weight else None,
        "weight_method": weight.method if weight else "",
        "weight_is_estimate": weight.is_estimate if weight else None,
    }


def _decimal(value: Any) -> str | None:
    return None if value is None else f"{value:f}"


def dealer_record(record: DealerRecord) -> dict[str, Any]:
    plain = {str(name): getattr(record, str(name)) for name in DealerRecordIn().fields}
    return plain | {
        "id": record.pk,
        "reason": record.reason,
        "received_at": instant(record.received_at),
        "keep_until": record.keep_until.isoformat(),
        "recorded_at": instant(record.recorded_at),
    }


def hold_points(records: list[HoldPointRecord]) -> list[dict[str, Any]]:
    """All five, in order, with the evidence of those that have it."""
    by_point = {record.point: record for record in records}
    still_open = open_points(by_point)
    return [
        {
            "point": point.value,
            "name": HOLD_WORDS[point].name,
            "is_cleared": point not in still_open,
            "evidence": by_point[point].evidence if point in by_point else "",
            "checked_by": by_point[point].checked_by if point in by_point else "",
            "checked_on": by_point[point].checked_on.isoformat() if point in by_point else None,
            "recorded_at": instant(by_point[point].recorded_at) if point in by_point else None,
        }
        for point in HoldPoint
    ]
