"""What a lot says besides product and amount, as rows of its page: source, weights, waste, papers of a dealer."""

from __future__ import annotations

from django.urls import reverse

from collection.models import Lot, SourceDetails, WasteDetails, WeightReading
from collection.queries.particulars import Particulars
from collection.rules.identities import is_vin
from collection.rules.mass_input import format_mass
from collection.rules.sources import GENERATORS
from collection.rules.waste_terms import property_name
from collection.web.kit.components import Link, SummaryRow
from collection.web.logging.waste_pages import containers_text


def particular_rows(lot: Lot, told: Particulars) -> list[SummaryRow]:
    """The rows that this lot's answers give; none for what was not said."""
    rows = [SummaryRow("Serial number", lot.serial)] if lot.serial and lot.source_kind != "vehicle" else []
    if told.details is not None:
        rows = [*_source_rows(lot, told.details), *rows]
    if told.weight is not None:
        rows.append(SummaryRow("Weight", _weight(told.weight)))
    if told.waste is not None:
        rows += _waste_rows(told.waste)
    if told.wants_dealer_record:
        rows.append(_dealer_row(lot, told))
    return rows


def _source_rows(lot: Lot, details: SourceDetails) -> list[SummaryRow]:
    rows = []
    if details.drive:
        number = f"{'VIN' if is_vin(lot.serial) else 'Plate'} {lot.serial}" if lot.serial else ""
        rows.append(SummaryRow("Vehicle", [line for line in (details.get_drive_display(), number) if line]))
    if details.turbine_name:
        train = details.drive_train.replace("_", " ").capitalize()
        generator = GENERATORS.get(details.generator, details.generator)
        lines = [details.turbine_name, f"{train}, {generator}"]
        if details.rated_mw is not None:
            lines.append(f"{details.rated_mw.normalize():f} MW each")
        rows.append(SummaryRow("Turbine", lines))
    if details.scanner_magnet:
        rows.append(SummaryRow("Magnetic field", details.get_scanner_magnet_display()))
    if details.stock_number:
        rows.append(SummaryRow("NATO stock number", [details.stock_number, str(details.supply_class)]))
    power = f"{details.power_kw.normalize():f} kW" if details.power_kw is not None else ""
    plate = [" ".join(part for part in (details.maker, details.model_name) if part), power]
    if any(plate):
        rows.append(SummaryRow("Nameplate", [line for line in plate if line]))
    return rows


def _weight(weight: WeightReading) -> list[str]:
    parts = (
        ("Gross", weight.gross_grams),
        ("Tare", weight.tare_grams),
        ("Pallet", weight.pallet_grams),
        ("Net", weight.net_grams),
    )
    lines = [f"{name} {format_mass(grams)}" for name, grams in parts if grams is not None]
    how = weight.get_method_display() or "Nobody said how it was weighed"
    lines.append(f"{how}{f', {weight.ticket}' if weight.ticket else ''}")
    if weight.is_estimate:
        owner = f"; {weight.owner.name} sees to it" if weight.owner else ""
        lines.append(f"An estimate still to be replaced{owner}")
    return lines


def _waste_rows(waste: WasteDetails) -> list[SummaryRow]:
    rows = []
    if waste.hazardous_properties:
        names = [property_name(code) for code in waste.hazardous_properties]
        rows.append(SummaryRow("Hazardous properties", names))
    packing = [waste.get_physical_form_display()] if waste.physical_form else []
    packing += containers_text(waste.container_type, waste.container_count)
    return [*rows, SummaryRow("Packing", packing)] if packing else rows


def _dealer_row(lot: Lot, told: Particulars) -> SummaryRow:
    href = reverse("lot-dealer-record", args=[lot.reference])
    if told.dealer_record is None:
        link = Link("Record", href, "the dealer’s record")
        return SummaryRow("Dealer’s record", "Not recorded yet. The law wants one for metal taken in", [link])
    record = told.dealer_record
    kept = f"Kept until {record.keep_until:%-d %B %Y}"
    return SummaryRow(
        "Dealer’s record", [f"From {record.seller_name}", kept], [Link("Show", href, "the dealer’s record")]
    )
