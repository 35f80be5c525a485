"""Forms of splitting, merging and taking apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from collection.actions.estimates import kept_composition, lot_input
from collection.models import Lot, Unit
from collection.queries.catalogue import current_catalogue
from collection.rules.content import estimate
from collection.rules.content.disassembly import MATERIALS, OBSTACLES, Apart, expected_parts
from collection.rules.spoken_mass import mass
from collection.web.kit.forms import KitForm
from collection.web.kit.mass_field import MassField
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import Checkboxes, Number, Text

UNIT_SUFFIX = {Unit.ITEMS: "items", Unit.MW: "MW", Unit.KG_GROSS: "kg", Unit.KG_MAGNETS: "kg"}


class SplitForm(KitForm):
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    quantity = NumberField(
        label="How much is divided off?",
        max_digits=14,
        decimal_places=3,
        error_messages={
            "required": "Enter how much is divided off",
            "invalid": "How much is divided off must be a number, like 20",
        },
    )
    reason = forms.CharField(
        label="Why",
        help_text="For example: another grade, sold apart, stored in another bay",
        required=False,
        max_length=190,
        widget=Text(),
    )

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].widget = Number(width=10, suffix=UNIT_SUFFIX[Unit(lot.unit)])
        self.fields["quantity"].help_text = f"The lot has {lot.quantity_text}; what you leave stays in it."


class MergeForm(KitForm):
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    others = forms.MultipleChoiceField(
        label="Which lots go in with it?",
        help_text="Your held lots of the same product, counted alike, in the same place",
        widget=Checkboxes(),
        error_messages={"required": "Choose at least one other lot"},
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=190,
        widget=Text(),
        help_text="For example: same pallet",
    )

    def __init__(self, *args: Any, others: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].choices = [  # type: ignore[attr-defined]
            (str(lot.pk), f"{lot.reference}: {lot.quantity_text}, about {mass(lot.magnet_grams)} of magnets")
            for lot in others
        ]


class ApartForm(KitForm):
    """What came out, what it took, and what stood in the way."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    maker = forms.CharField(
        label="Maker",
        help_text="As on the plate. “Unmarked” where nothing is on it.",
        max_length=60,
        widget=Text(width=20, attrs={"list": "makers"}),
        error_messages={"required": "Enter the maker, or “unmarked”"},
    )
    model = forms.CharField(
        label="Model",
        max_length=60,
        widget=Text(width=20),
        error_messages={"required": "Enter the model, or “unmarked”"},
    )
    items = forms.IntegerField(
        label="How many were taken apart?",
        help_text="To take apart only some, split the lot first.",
        min_value=1,
        max_value=10_000_000,
        widget=Number(whole=True, suffix="items"),
        error_messages={"required": "Enter how many were taken apart"},
    )
    minutes = forms.IntegerField(
        label="How long did it take together?",
        help_text="Working minutes of everybody, for all of them",
        min_value=1,
        max_value=10_000_000,
        widget=Number(whole=True, suffix="minutes"),
        error_messages={"required": "Enter how many minutes it took"},
    )
    obstacles = forms.MultipleChoiceField(
        label="What stood in the way?",
        required=False,
        choices=[(code, words.capitalize()) for code, words in OBSTACLES.items()],
        widget=Checkboxes(),
    )
    freed = MassField(
        label="Magnets that came out",
        may_be_zero=True,
        error_messages={"required": "Enter the weight of the magnets that came out, 0 if none did"},
    )
    intact = MassField(
        label="Of these, unbroken",
        may_be_zero=True,
        error_messages={"required": "Enter the weight of the unbroken magnets, 0 if none are"},
    )
    residue = MassField(
        label="Magnet left in the scrap",
        help_text="Could not be freed and goes on with the steel",
        may_be_zero=True,
        required=False,
    )
    loss = MassField(
        label="Magnet lost",
        help_text="Dust, splinters and what nobody can find",
        may_be_zero=True,
        required=False,
    )
    unexplained_reason = forms.CharField(
        label="Why the weights differ",
        help_text="Only needed where parts and gate weight are more than 3 % apart",
        required=False,
        max_length=200,
        widget=Text(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in MATERIALS.items():
            self.fields[f"other_{code}"] = MassField(label=name, may_be_zero=True, required=False)
        self.order_fields(
            [*(name for name in self.fields if name != "unexplained_reason"), "unexplained_reason"]
        )

    def apart(self) -> Apart:
        answers = self.cleaned_data
        return Apart(
            maker=answers["maker"],
            model=answers["model"],
            items=answers["items"],
            minutes=answers["minutes"],
            freed_grams=answers["freed"],
            intact_grams=answers["intact"],
            residue_grams=answers["residue"] or 0,
            loss_grams=answers["loss"] or 0,
            other_grams={code: grams for code in MATERIALS if (grams := answers[f"other_{code}"])},
            obstacles=frozenset(answers["obstacles"]),
            unexplained_reason=answers["unexplained_reason"],
        )


@dataclass(frozen=True)
class Expected:
    """What should come out of a lot, as sentences and as the form's first values."""

    sentences: Sequence[str]
    initial: dict[str, Any]


def expected_of(lot: Lot) -> Expected:
    """From the product's bill of materials: its magnets, how many of them usually come free, and the rest."""
    catalogue = current_catalogue()
    kept = lot.estimates.get(is_current=True)
    content = estimate(catalogue, lot_input(lot, composition=kept_composition(kept)))
    net = None if lot.gross_grams is None else lot.gross_grams - (lot.tare_grams or 0)
    parts = expected_parts(content, catalogue.assumptions, net)
    share = catalogue.assumptions.separation_yield
    sentences = [
        f"Magnets freed: about {mass(parts.freed_magnet_grams)} ({share.low:.0%} to {share.high:.0%} usually come "
        "free).",
        f"Magnet left inside: about {mass(parts.magnet_left_inside_grams)}.",
    ]
    if parts.rest_grams:
        sentences.append(f"Steel, copper and the rest: about {mass(parts.rest_grams)}.")
    initial: dict[str, Any] = {
        "freed": _typed(parts.freed_magnet_grams),
        "residue": _typed(parts.magnet_left_inside_grams),
    }
    if lot.unit == Unit.ITEMS:
        initial["items"] = int(lot.quantity)
    return Expected(sentences, initial)


def _typed(grams: int) -> str:
    """Kilograms as a person would type them."""
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".") or "0"
