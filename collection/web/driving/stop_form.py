"""What a driver records at a stop: for each lot all, part or nothing, and who signed."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.forms import BoundField

from collection.actions.collections import CollectedLine, record_collection
from collection.models import FailureReason, Lot, Pickup, PickupLot
from collection.rules.mass_input import plain_number
from collection.rules.planning.weights import usual_gross_grams
from collection.rules.roles import Viewer
from collection.rules.signature import SignatureError, Strokes, checked_strokes
from collection.rules.weighing import weight_loaded_problem
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.widgets import LongText, Number, Radios, Select, Text

WHOLE, PART, LEFT = "whole", "part", "left"
PRACTICALLY_ALL = Decimal("0.98")


@dataclass(frozen=True, slots=True)
class LotFields:
    """A lot of the stop with the fields that ask about it."""

    lot: Lot
    planned_grams: int
    fields: list[BoundField]


def planned_part(line: PickupLot) -> Decimal | None:
    """How much was planned of a lot that outgrows the vehicle, in its own unit; None for all of it."""
    lot = line.lot
    whole = lot.gross_grams or usual_gross_grams(
        product_code=lot.product.code,
        sector=lot.product.sector,
        quantity=float(lot.quantity),
        unit=lot.unit,
        magnet_grams=lot.magnet_grams,
    )
    share = Decimal(line.planned_gross_grams) / whole if whole else Decimal(1)
    if share > PRACTICALLY_ALL:
        return None
    places = Decimal(1) if lot.unit == "items" else Decimal("0.001")
    return (lot.quantity * share).quantize(places, ROUND_DOWN) or None


class StopForm(KitForm):
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    signed_by = forms.CharField(
        label="Who signed for it",
        max_length=120,
        required=False,
        help_text="The name of whoever handed the lots over. Not needed when nothing was loaded.",
        widget=Text(autocomplete="off"),
    )
    signature = forms.CharField(required=False, max_length=120_000, widget=forms.HiddenInput)
    note = forms.CharField(label="Note", required=False, max_length=2000, widget=LongText(rows=2))
    photos = FilesField(
        label="Photos",
        required=False,
        capture="environment",
        help_text="Of the load, or of why it stayed behind.",
    )

    def __init__(self, *args: Any, pickup: Pickup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not optional when something is loaded, which only the answers above it decide.
        self.fields["signed_by"].widget.says_optional = False
        self.carries_grams = pickup.round.vehicle.capacity_kg * 1000
        self.lines = [line for line in pickup.lines.all() if line.state == PickupLot.State.PLANNED]
        for line in self.lines:
            self._ask_about(line)

    def _ask_about(self, line: PickupLot) -> None:
        lot, name = line.lot, f"lot{line.lot_id}"
        part = planned_part(line)
        self.fields[f"{name}_outcome"] = forms.ChoiceField(
            label="What did you load?",
            choices=[(WHOLE, "All of it"), (PART, "Part of it"), (LEFT, "None of it")],
            initial=WHOLE if part is None else PART,
            widget=Radios(reveals={PART: f"{name}_quantity", LEFT: f"{name}_reason"}),
            error_messages={"required": f"Say what you loaded of {lot.reference}"},
        )
        self.fields[f"{name}_quantity"] = forms.CharField(
            label=f"How much of {lot.quantity_text}",
            required=False,
            initial=part,
            max_length=20,
            widget=Number(suffix=lot.get_unit_display()),
        )
        self.fields[f"{name}_reason"] = forms.ChoiceField(
            label="Why did it stay behind?",
            required=False,
            choices=[("", "Choose a reason"), *FailureReason.choices],
            widget=Select,
        )
        self.fields[f"{name}_gross"] = MassField(
            label="Weight loaded",
            required=False,
            help_text="From the scale or the ticket, if it was weighed.",
        )
        # Set by the script that reads a label.
        self.fields[f"{name}_scanned"] = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def lots(self) -> Iterator[LotFields]:
        """The lots in order; the quantity and the reason are revealed by the outcome."""
        for line in self.lines:
            name = f"lot{line.lot_id}"
            fields = [self[f"{name}_outcome"], self[f"{name}_gross"]]
            yield LotFields(line.lot, line.planned_gross_grams, fields)

    def general_fields(self) -> list[BoundField]:
        return [self["signed_by"], self["note"]]

    def clean_signature(self) -> Strokes:
        try:
            return checked_strokes(json.loads(self.cleaned_data["signature"] or "[]"))
        except (ValueError, RecursionError) as error:
            words = str(error) if isinstance(error, SignatureError) else "Sign again, or enter the name only."
            raise forms.ValidationError(words) from error

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        for line in self.lines:
            self._clean_line(line, answers)
        loaded = [answers.get(f"lot{line.lot_id}_outcome") in (WHOLE, PART) for line in self.lines]
        if any(loaded) and not answers.get("signed_by"):
            self.add_error("signed_by", "Enter who signed for what you loaded")
        return answers

    def _clean_line(self, line: PickupLot, answers: dict[str, Any]) -> None:
        name, lot = f"lot{line.lot_id}", line.lot
        outcome = answers.get(f"{name}_outcome")
        if outcome == LEFT and not answers.get(f"{name}_reason"):
            self.add_error(f"{name}_reason", f"Choose why {lot.reference} stayed behind")
        if outcome == PART:
            self._clean_part(f"{name}_quantity", lot, answers)
        gross = answers.get(f"{name}_gross") or 0
        problem = weight_loaded_problem(lot.reference, gross, self.carries_grams)
        if outcome != LEFT and problem:
            self.add_error(f"{name}_gross", f"{problem} (kg or t)")

    def _clean_part(self, name: str, lot: Lot, answers: dict[str, Any]) -> None:
        typed = plain_number(str(answers.get(name) or ""))
        try:
            quantity = Decimal(typed)
        except InvalidOperation:
            self.add_error(name, f"Enter how much of {lot.reference} you loaded, for example 12")
            return
        if not quantity.is_finite() or not 0 < quantity < lot.quantity:
            self.add_error(name, f"Part of {lot.reference} must be above 0 and less than {lot.quantity_text}")
        elif lot.unit == "items" and quantity != quantity.to_integral_value():
            self.add_error(name, f"{lot.reference} is counted in whole items")
        elif quantity != round(quantity, 3):
            self.add_error(name, "Enter at most three decimal places")
        else:
            answers[name] = quantity

    def collected_lines(self) -> list[CollectedLine]:
        """The valid form as the action takes it."""
        answers = self.cleaned_data
        lines = []
        for line in self.lines:
            name = f"lot{line.lot_id}"
            outcome = answers[f"{name}_outcome"]
            quantities = {WHOLE: line.lot.quantity, LEFT: Decimal(0)}
            quantity = quantities.get(outcome)
            lines.append(
                CollectedLine(
                    lot_id=line.lot_id,
                    quantity=answers[f"{name}_quantity"] if quantity is None else quantity,
                    gross_grams=answers[f"{name}_gross"] if outcome != LEFT else None,
                    failure_reason=answers[f"{name}_reason"] if outcome == LEFT else "",
                    is_label_scanned=answers[f"{name}_scanned"],
                )
            )
        return lines


def record_stop(
    viewer: Viewer, pickup: Pickup, form: StopForm, *, at: dt.datetime, recorded_at: dt.datetime
) -> Pickup:
    """Record what a valid form says happened `at`; once, however often it is sent."""
    answers = form.cleaned_data
    return record_collection(
        viewer,
        pickup.pk,
        form.collected_lines(),
        submission_id=answers["submission_id"],
        at=at,
        recorded_at=recorded_at,
        signed_by=answers["signed_by"],
        note=answers["note"],
        signature=answers["signature"],
    )


def was_recorded_from(pickup: Pickup, sent: Mapping[str, Any]) -> bool:
    """Whether the stop was recorded from this very form before: a second press, an answer that was lost."""
    try:
        return pickup.submission_id == uuid.UUID(str(sent.get("submission_id")))
    except ValueError:
        return False
