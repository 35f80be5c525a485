"""Writing what belongs to a new lot besides its own columns: source, weights, waste, the dealer's record."""

import datetime as dt

from collection.actions.custody import LONDON
from collection.models import DealerRecord, Lot, SourceDetails, SupplyClass, WasteDetails, WeightReading
from collection.queries.turbines import turbine_of
from collection.rules.dealer_record import NewDealerRecord, kept_until
from collection.rules.identities import identity_key, read_plate
from collection.rules.intake import LookedUp
from collection.rules.new_lot import NewLot, Unit
from collection.rules.roles import Viewer
from collection.rules.weighing import is_estimate


def write_details(
    viewer: Viewer,
    lot: Lot,
    new_lot: NewLot,
    looked_up: LookedUp,
    supply_class: SupplyClass | None,
    *,
    at: dt.datetime,
) -> None:
    """Everything the answers say besides the lot's own columns, inside the caller's transaction."""
    _write_source(lot, new_lot, looked_up, supply_class)
    _write_weight(viewer, lot, new_lot, at)
    _write_waste(lot, new_lot)
    if new_lot.dealer_record is not None:
        write_dealer_record(viewer, lot, new_lot.dealer_record, at=at)


def write_dealer_record(
    viewer: Viewer,
    lot: Lot,
    record: NewDealerRecord,
    *,
    at: dt.datetime,
    replaces: DealerRecord | None = None,
    reason: str = "",
) -> DealerRecord:
    """The record of a receipt, checked before. A second current one for the same lot is an IntegrityError."""
    return DealerRecord.unscoped.create(
        lot=lot,
        dealer_id=lot.holder_id,
        replaces=replaces,
        reason=reason,
        form=record.form.strip(),
        condition=record.condition.strip(),
        marks=record.marks.strip(),
        received_at=record.received_at,
        vehicle=read_plate(record.vehicle) if record.vehicle.strip() else "",
        seller_name=record.seller_name.strip(),
        seller_address=record.seller_address.strip(),
        document=record.document,
        document_reference=record.document_reference.strip(),
        paid_by=record.paid_by.strip(),
        payment=record.payment,
        payment_reference=record.payment_reference.strip(),
        keep_until=kept_until(record.received_at.astimezone(LONDON).date()),
        recorded_at=at,
        recorded_by_id=viewer.user_id,
    )


def _write_source(lot: Lot, new_lot: NewLot, looked_up: LookedUp, supply_class: SupplyClass | None) -> None:
    facts = looked_up.turbine
    turbine = turbine_of(facts.code) if facts else None
    key = identity_key(
        source_kind=new_lot.source_kind,
        product_code=new_lot.product_code,
        serial=new_lot.serial,
        maker=facts.maker if facts else new_lot.maker,
    )
    details = SourceDetails(
        lot=lot,
        identity_key=key,
        drive=new_lot.drive,
        turbine_model=turbine,
        turbine_name=str(turbine) if turbine else "",
        rated_mw=facts.rated_mw if facts else None,
        drive_train=facts.drive_train if facts else "",
        generator=facts.generator if facts else "",
        generator_has_magnets=facts.has_magnets if facts else None,
        scanner_magnet=new_lot.scanner_magnet,
        stock_number=new_lot.stock_number,
        supply_class=supply_class,
        maker=new_lot.maker,
        model_name=new_lot.model_name,
        power_kw=new_lot.power_kw,
    )
    told = (key, new_lot.drive, turbine, new_lot.scanner_magnet, new_lot.stock_number, new_lot.maker)
    if any((*told, new_lot.model_name, new_lot.power_kw)):
        details.save(force_insert=True)


def _write_weight(viewer: Viewer, lot: Lot, new_lot: NewLot, at: dt.datetime) -> None:
    """A reading where there is a weight: of the scale, of a ticket, or the quantity itself."""
    net = new_lot.net_grams
    if net is None and new_lot.unit in (Unit.KG_GROSS, Unit.KG_MAGNETS):
        net = int(new_lot.quantity * 1000)
    if net is None:
        return
    WeightReading.objects.create(
        lot=lot,
        gross_grams=new_lot.gross_grams,
        tare_grams=new_lot.tare_grams,
        pallet_grams=new_lot.pallet_grams,
        net_grams=net,
        method=new_lot.weight_method,
        is_estimate=is_estimate(new_lot.weight_method, has_weight=True),
        read_at=at,
        read_by_id=viewer.user_id,
    )


def _write_waste(lot: Lot, new_lot: NewLot) -> None:
    if not (
        new_lot.hazard or new_lot.hazardous_properties or new_lot.physical_form or new_lot.container_type
    ):
        return
    WasteDetails.objects.create(
        lot=lot,
        hazard=new_lot.hazard,
        hazardous_properties=list(new_lot.hazardous_properties),
        physical_form=new_lot.physical_form,
        container_type=new_lot.container_type,
        container_count=new_lot.container_count,
    )
