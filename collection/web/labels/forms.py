"""Which labels to print, on what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from collection.models import Lot
from collection.rules.labels import MOST_CONTAINERS, SHEETS, LabelSheet
from collection.web.kit.forms import KitForm
from collection.web.kit.widgets import Checkboxes, Number, Radios


class SheetForm(KitForm):
    """The paper the labels are printed on, and where on a used sheet to begin."""

    sheet = forms.ChoiceField(
        label="Label paper",
        choices=[(sheet.code, sheet.words) for sheet in SHEETS.values()],
        widget=Radios(hints={sheet.code: sheet.hint for sheet in SHEETS.values()}),
        initial="a4-8",
        error_messages={"required": "Choose the label paper you have"},
    )
    first_free = forms.IntegerField(
        label="First free label on the sheet",
        help_text="1 for a new sheet. Count along each row from the top left. Not for rolls.",
        required=False,
        min_value=1,
        widget=Number(whole=True, width=2),
        error_messages={"invalid": "First free label must be a whole number, like 3"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        sheet, first = self.chosen_sheet, data.get("first_free")
        if sheet is not None and first and not sheet.is_roll and first > sheet.on_one_page:
            self.add_error(
                "first_free", f"That sheet has {sheet.on_one_page} labels: give a number from 1 to that"
            )
        return data

    @property
    def chosen_sheet(self) -> LabelSheet | None:
        return SHEETS.get(self.cleaned_data.get("sheet", ""))


class LotLabelsForm(SheetForm):
    """Labels of one lot."""

    containers = forms.IntegerField(
        label="How many containers?",
        help_text="Each gets a label of its own: 1 of 3, 2 of 3, 3 of 3.",
        min_value=1,
        max_value=MOST_CONTAINERS,
        initial=1,
        widget=Number(whole=True, width=2),
        error_messages={
            "required": "Enter how many containers the lot is in; 1 if it is in one piece",
            "invalid": "Containers must be a whole number, like 3",
            "min_value": "Enter how many containers the lot is in; 1 if it is in one piece",
            "max_value": f"At most {MOST_CONTAINERS} labels can be printed at once",
        },
    )
    field_order = ("containers", "sheet", "first_free")


class SeveralLabelsForm(SheetForm):
    """One label for each of several lots."""

    lots = forms.MultipleChoiceField(
        label="Which lots?",
        widget=Checkboxes(small=True),
        error_messages={"required": "Choose at least one lot"},
    )
    field_order = ("lots", "sheet", "first_free")

    def __init__(self, *args: Any, lots: Sequence[Lot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lots"].choices = [  # type: ignore[attr-defined]
            (lot.reference, f"{lot.reference}: {lot.quantity_text}, {lot.product.name}") for lot in lots
        ]
