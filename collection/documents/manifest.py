"""A round on paper: carrier, vehicle and plant, then each stop with the particulars of a waste transfer note and
lines for both to sign. Hazardous loads say that a consignment note goes with them."""

import datetime as dt
from collections.abc import Iterator

from collection.documents.pdf.paper import Paper
from collection.models import Lot, Pickup, PickupLot, PickupState, Round, Unloading
from collection.queries.duties import carrying
from collection.queries.unloadings import steps_of
from collection.queries.waste import hazardous_codes_among
from collection.rules.appointments import LONDON
from collection.rules.waste_codes import format_ewc_code

BETWEEN = 3.0
HEAD = ("Lot", "Waste, where it arose, how it is contained and treated", "Code", "Planned", "Loaded")
WIDTHS = (27, 79, 22, 22, 30)
CONSIGNMENT = "Hazardous: a consignment note goes with this load. Its number: ____________ / ______"
DECLARED = (
    "By signing, the holder declares that the waste hierarchy was applied, as waste law of the nation it leaves asks, "
    "and the carrier that the load was taken over as described."
)


def round_manifest(chosen: Round, *, at: dt.datetime) -> bytes:
    """The manifest of a round fetched with its stops, lots and products; one query more."""
    stops = [stop for stop in chosen.pickups.all() if stop.state != PickupState.CANCELLED]
    hazardous = hazardous_codes_among(line.lot.ewc_code for stop in stops for line in stop.lines.all())
    title = f"Manifest of {chosen.reference}"
    printed = f"{chosen.reference}, printed {at.astimezone(LONDON):%-d %B %Y, %H:%M}"
    paper = Paper(title=title, at=at, footer=printed)
    paper.add_page()
    paper.write_in(18, bold=True)
    paper.cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    _lines(paper, _head(chosen))
    for step in steps_of(chosen):
        if step.unloading:
            _unloading(paper, chosen, step.unloading)
        if step.stop in stops:
            _stop(paper, step.stop, hazardous)
    return paper.as_bytes()


def _head(chosen: Round) -> Iterator[str]:
    vehicle, plant = chosen.vehicle, chosen.facility
    carrier = carrying(vehicle).carrier
    driver = chosen.driver.name if chosen.driver else "____________________"
    yield f"{chosen.on:%A %-d %B %Y}. {vehicle.name}, {vehicle.registration}. Driver: {driver}."
    yield f"Carrier: {carrier.name}, registration {carrier.registration or '____________________'}."
    permit = plant.authorisation_number or "____________________"
    yield f"To: {plant.name}, {plant.town}, permit or licence {permit} ({chosen.organisation.name})."


def _unloading(paper: Paper, chosen: Round, unloading: Unloading) -> None:
    paper.ln(BETWEEN)
    paper.write_in(13, bold=True)
    arrives = unloading.planned_arrival_at.astimezone(LONDON)
    paper.cell(0, 7, f"{arrives:%H:%M}  Unload at {chosen.facility.name}", new_x="LMARGIN", new_y="NEXT")


def _stop(paper: Paper, stop: Pickup, hazardous: frozenset[str]) -> None:
    lines = list(stop.lines.all())
    # A stop is not torn from its signatures.
    paper.ln(BETWEEN)
    if paper.will_page_break(34 + 12 * len(lines)):
        paper.add_page()
    arrives = stop.planned_arrival_at.astimezone(LONDON)
    paper.write_in(13, bold=True)
    paper.cell(0, 7, f"{stop.sequence}. {arrives:%H:%M}  {stop.place_name}", new_x="LMARGIN", new_y="NEXT")
    _lines(paper, _where(stop))
    paper.write_in(9)
    with paper.table(col_widths=WIDTHS, line_height=4.6, text_align="LEFT", width=sum(WIDTHS)) as table:
        table.row(HEAD)
        for line in lines:
            table.row(_load(line, hazardous))
    dangerous = [line for line in lines if line.lot.ewc_code in hazardous]
    if dangerous:
        paper.write_in(9, bold=True)
        paper.multi_cell(0, 5, CONSIGNMENT, new_x="LMARGIN", new_y="NEXT")
        paper.write_in(9)
        for line in dangerous:
            paper.multi_cell(0, 4.6, _for_consignment_note(line), new_x="LMARGIN", new_y="NEXT")
    paper.write_in(8)
    paper.multi_cell(0, 4, DECLARED, new_x="LMARGIN", new_y="NEXT")
    paper.write_in(10)
    paper.ln(4)
    handed, taken = stop.signed_by or "_" * 26, stop.carrier_signed_by or "_" * 26
    when = stop.finished_at.astimezone(LONDON).strftime("%H:%M") if stop.finished_at else "_______"
    signed = f"Handed over: {handed}    Taken over: {taken}    Time: {when}"
    paper.cell(0, 6, signed, new_x="LMARGIN", new_y="NEXT")


def _where(stop: Pickup) -> Iterator[str]:
    """The holder, as transferor, and where the load is handed over."""
    site = stop.site
    address = " ".join(f"{site.address} {site.postcode}".split()) if site else ""
    code = stop.holder.sic_code or "_" * 8
    yield f"From: {stop.holder.name}{f', {address}' if address else ''}. SIC 2007 code {code}."
    if site and (site.contact_name or site.contact_phone):
        yield f"Ask for {site.contact_name} {site.contact_phone}".rstrip() + "."
    if stop.slot_starts_at and stop.slot_ends_at:
        starts, ends = stop.slot_starts_at.astimezone(LONDON), stop.slot_ends_at.astimezone(LONDON)
        yield f"Promised between {starts:%H:%M} and {ends:%H:%M} ({stop.get_answer_display().lower()})."


def _load(line: PickupLot, hazardous: frozenset[str]) -> tuple[str, ...]:
    lot = line.lot
    code = format_ewc_code(lot.ewc_code, is_hazardous=lot.ewc_code in hazardous) if lot.ewc_code else "______"
    what = f"{lot.product.name}, {lot.quantity_text}; from {lot.get_source_kind_display().lower()}"
    loaded = f"{line.collected_gross_grams / 1000:,.0f} kg" if line.collected_gross_grams else "__________ kg"
    return (
        lot.reference,
        f"{what}. {_contained(lot)} {_treated(lot)}",
        code,
        f"{line.planned_gross_grams / 1000:,.0f} kg",
        loaded,
    )


def _contained(lot: Lot) -> str:
    """How the load is held together, as the holder said; a line to fill in where nobody did."""
    waste = getattr(lot, "waste", None)
    if waste is None or not waste.container_type:
        return "Contained: ____________________."
    count = f"{waste.container_count} × " if waste.container_count else ""
    return f"Contained: {count}{waste.get_container_type_display().lower()}."


def _treated(lot: Lot) -> str:
    """What was done to it before it was handed over."""
    field = {True: ", magnetised", False: ", demagnetised", None: ""}[lot.is_magnetised]
    return f"Treatment: {lot.get_condition_display().lower()}{field}."


def _for_consignment_note(line: PickupLot) -> str:
    """What part B of the note asks of a hazardous lot and the register knows; the rest is written in."""
    lot = line.lot
    waste = getattr(lot, "waste", None)
    form = waste.get_physical_form_display().lower() if waste and waste.physical_form else "__________"
    properties = waste.hazardous_properties if waste else []
    hazards = ", ".join(code.replace("_", " ") for code in properties) or "__________"
    return (
        f"{lot.reference}: from {lot.get_source_kind_display().lower()}; form {form}; hazards {hazards}; "
        f"{line.planned_gross_grams / 1000:,.0f} kg planned. {_contained(lot)}"
    )


def _lines(paper: Paper, words: Iterator[str]) -> None:
    paper.write_in(10)
    for line in words:
        paper.multi_cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
