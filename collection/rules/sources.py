"""What only one kind of source can tell, and whether it fits the product: drive, turbine model, scanner.

A petrol car has no traction motor; a doubly fed or squirrel-cage generator holds no magnets; most scanners are
superconducting and hold none either. All of it is said before the lot is logged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from collection.rules.answers import Problem, RefusedAnswerError, error, warning
from collection.rules.identities import read_stock_number, read_vehicle_number
from collection.rules.new_lot import NewLot, Unit
from collection.rules.plausibility import ProductFacts


class Drive(StrEnum):
    """What moves a vehicle."""

    BATTERY_ELECTRIC = "battery_electric"
    PLUG_IN_HYBRID = "plug_in_hybrid"
    FULL_HYBRID = "full_hybrid"
    MILD_HYBRID = "mild_hybrid"
    COMBUSTION = "petrol_or_diesel"
    SEVERAL = "several"


class ScannerMagnet(StrEnum):
    """What makes the field of a scanner."""

    PERMANENT = "permanent"
    SUPERCONDUCTING = "superconducting"
    NONE = "not_a_scanner"
    UNKNOWN = "unknown"


GENERATORS = {
    "PMSG": "permanent magnets",
    "EESG": "wound rotor, no permanent magnets",
    "DFIG": "doubly fed, no permanent magnets",
    "SCIG": "squirrel cage, no permanent magnets",
    "WRIG": "wound rotor, no permanent magnets",
}
# Product → the drives of the vehicles it comes from.
_DRIVES_OF_PRODUCT = {
    "auto_bev_traction_motor": {Drive.BATTERY_ELECTRIC},
    "auto_phev_traction_motor": {Drive.PLUG_IN_HYBRID},
    "auto_hev_motor_generator_set": {Drive.FULL_HYBRID, Drive.PLUG_IN_HYBRID},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurbineFacts:
    """What is known of a turbine model; `rated_mw` is one turbine's nameplate power."""

    code: str
    name: str
    maker: str
    rated_mw: Decimal
    drive_train: str
    generator: str
    has_magnets: bool
    product_code: str = ""

    @property
    def generator_words(self) -> str:
        return GENERATORS.get(self.generator, self.generator)


def check_source(
    new_lot: NewLot, product: ProductFacts | None, turbine: TurbineFacts | None
) -> Iterator[Problem]:
    """Every problem of the answers that belong to the kind of source."""
    if new_lot.source_kind == "vehicle":
        yield from _check_vehicle(new_lot, product)
    if new_lot.source_kind == "medical":
        yield from _check_scanner(new_lot, product)
    if turbine is not None:
        yield from _check_turbine(new_lot, product, turbine)
    if new_lot.stock_number:
        try:
            read_stock_number(new_lot.stock_number)
        except RefusedAnswerError as refused:
            yield refused.problem
    if new_lot.power_kw is not None and not 0 < new_lot.power_kw <= 20_000:
        yield error(
            "power_kw",
            "not_possible",
            f"A rated power of {new_lot.power_kw:,f} kW cannot be.",
            "Copy it from the nameplate in kW, or leave it empty.",
        )


def _check_vehicle(new_lot: NewLot, product: ProductFacts | None) -> Iterator[Problem]:
    if new_lot.drive not in tuple(Drive):
        shown = (
            f"“{new_lot.drive[:40]}” is not one of the answers."
            if new_lot.drive
            else "this was not answered."
        )
        yield error(
            "drive", "not_a_choice", f"Electric or hybrid: {shown}", f"Choose one of: {', '.join(Drive)}."
        )
    if new_lot.serial:
        try:
            read_vehicle_number(new_lot.serial)
        except RefusedAnswerError as refused:
            yield refused.problem
        if new_lot.drive == Drive.SEVERAL:
            yield error(
                "serial",
                "one_number_for_several",
                "One VIN or plate cannot stand for several vehicles.",
                "Leave it empty, or log each vehicle as a lot of its own.",
            )
    expected = _DRIVES_OF_PRODUCT.get(product.code) if product else None
    if product and expected and new_lot.drive in set(Drive) - expected - {Drive.SEVERAL}:
        yield warning(
            "drive",
            "drive_does_not_fit",
            f"{product.name} does not come out of a vehicle that is {DRIVE_LABELS[Drive(new_lot.drive)].lower()}.",
            "Check the product and the vehicle.",
        )


DRIVE_LABELS: dict[Drive, str] = {
    Drive.BATTERY_ELECTRIC: "Battery electric",
    Drive.PLUG_IN_HYBRID: "Plug-in hybrid",
    Drive.FULL_HYBRID: "Full hybrid",
    Drive.MILD_HYBRID: "Mild hybrid (48 V)",
    Drive.COMBUSTION: "Petrol or diesel only",
    Drive.SEVERAL: "Several kinds of vehicle",
}
SCANNER_LABELS: dict[ScannerMagnet, str] = {
    ScannerMagnet.PERMANENT: "Permanent magnets",
    ScannerMagnet.SUPERCONDUCTING: "Superconducting coil",
    ScannerMagnet.NONE: "It is not a scanner",
    ScannerMagnet.UNKNOWN: "I do not know",
}


def _check_scanner(new_lot: NewLot, product: ProductFacts | None) -> Iterator[Problem]:
    if new_lot.scanner_magnet not in tuple(ScannerMagnet):
        given = new_lot.scanner_magnet
        shown = f"“{given[:40]}” is not one of the answers." if given else "this was not answered."
        yield error(
            "scanner_magnet",
            "not_a_choice",
            f"What makes the field: {shown}",
            f"Choose one of: {', '.join(ScannerMagnet)}.",
        )
    if new_lot.scanner_magnet == ScannerMagnet.SUPERCONDUCTING and (
        product is None or product.magnet_kg_high > 0
    ):
        yield warning(
            "scanner_magnet",
            "superconducting_is_empty",
            "A superconducting scanner holds no permanent magnets: its field comes from a cooled coil.",
            "Log it only for the record, as the superconducting scanner.",
        )
    if (
        product
        and product.code == "med_mri_superconducting"
        and new_lot.scanner_magnet == ScannerMagnet.PERMANENT
    ):
        yield warning(
            "scanner_magnet",
            "permanent_but_logged_empty",
            "A scanner with permanent magnets was chosen as the superconducting product.",
            "Choose the open, permanent-magnet scanner: it can hold more than a tonne of magnets.",
        )


def _check_turbine(new_lot: NewLot, product: ProductFacts | None, turbine: TurbineFacts) -> Iterator[Problem]:
    if not turbine.has_magnets and (product is None or product.magnet_kg_high > 0):
        yield warning(
            "turbine_model",
            "generator_without_magnets",
            f"{turbine.maker} {turbine.name} has no permanent magnets: its generator is {turbine.generator_words}.",
            "Log it only if the generator was replaced by one with magnets.",
        )
    if new_lot.unit != Unit.MEGAWATTS or not new_lot.quantity.is_finite() or new_lot.quantity <= 0:
        return
    turbines = new_lot.quantity / turbine.rated_mw
    nearest = max(turbines.to_integral_value(), Decimal(1))
    if abs(turbines - nearest) > nearest * Decimal("0.05"):
        yield warning(
            "quantity",
            "not_whole_turbines",
            f"{new_lot.quantity:f} MW is not a whole number of {turbine.maker} {turbine.name} "
            f"({turbine.rated_mw.normalize():f} MW each).",
            "Check the power, or the model.",
        )
