"""Adding a product type, and changing the figures of one: a person's doing, kept as versions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from collection.actions.catalogue import add_product, change_figures
from collection.models import ProductType, SourceKind, UnitBasis
from collection.queries.catalogue import current_catalogue
from collection.rules.content.product_entry import Figures, NewProduct, ProductRefusedError
from collection.rules.roles import Permission
from collection.web.access import ViewerRequest, requires
from collection.web.catalogue.citations import BASIS, CONFIDENCE
from collection.web.catalogue.products import ACCESSIBILITY
from collection.web.form_page import form_page
from collection.web.kit.forms import KitForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import Checkbox, LongText, Number, Radios, Select, Text

PER_CENT = Decimal(100)


def _kilograms(label: str, help_text: str = "") -> NumberField:
    return NumberField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=12,
        decimal_places=6,
        widget=Number(width=10, suffix="kg"),
    )


class FiguresForm(KitForm):
    """How much magnet a unit holds, and who says so."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    grade_code = forms.ChoiceField(label="Grade of the magnets", widget=Select())
    low = _kilograms("Magnets in one unit: low", "One in ten holds less")
    central = _kilograms("Magnets in one unit: central", "Half hold more, half less")
    high = _kilograms("Magnets in one unit: high", "One in ten holds more")
    prevalence = NumberField(
        label="Share of such products that hold them",
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=2,
        widget=Number(suffix="%"),
    )
    basis = forms.ChoiceField(label="What the figure rests on", choices=list(BASIS.items()), widget=Radios())
    confidence = forms.ChoiceField(
        label="How sure it is", choices=list(CONFIDENCE.items()), widget=Radios(inline=True)
    )
    source = forms.CharField(
        label="Source",
        help_text="Author, title and year, or who measured it and how",
        max_length=1000,
        widget=LongText(rows=3),
        error_messages={"required": "Enter the source: an estimate without one is not kept"},
    )
    source_url = forms.URLField(
        label="Web address of the source",
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=Text(),
    )
    year = forms.IntegerField(
        label="Year of the source", required=False, min_value=1900, max_value=2100, widget=Number(whole=True)
    )
    notes = forms.CharField(label="Notes", required=False, max_length=1000, widget=LongText(rows=2))
    synonyms = forms.CharField(
        label="What people call it",
        help_text="One name a line. Whoever logs a lot finds the product by any of them.",
        required=False,
        max_length=3000,
        widget=LongText(rows=4),
    )

    def __init__(self, *args: Any, family: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = current_catalogue().grades.values()
        self.fields["grade_code"].choices = [  # type: ignore[attr-defined]
            (grade.code, grade.name) for grade in grades if family in ("", grade.magnet_family)
        ]

    def figures(self) -> Figures:
        answers = self.cleaned_data
        return Figures(
            grade_code=answers["grade_code"],
            low=answers["low"],
            central=answers["central"],
            high=answers["high"],
            prevalence=(answers["prevalence"] / PER_CENT).quantize(Decimal("0.0001")),
            basis=answers["basis"],
            confidence=answers["confidence"],
            source=answers["source"],
            source_url=answers["source_url"],
            year=str(answers["year"] or ""),
            notes=answers["notes"],
        )

    def terms(self) -> tuple[str, ...]:
        lines = (" ".join(line.split()) for line in self.cleaned_data["synonyms"].splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def show(self, refusal: ProductRefusedError) -> None:
        """Every problem at its field."""
        for field, words in refusal.problems:
            self.add_error(field if field in self.fields else None, words)


class ProductForm(FiguresForm):
    """A product type with its first figures."""

    name = forms.CharField(
        label="Name",
        max_length=160,
        widget=Text(),
        error_messages={"required": "Enter a name for the product"},
    )
    code = forms.CharField(
        label="Code",
        help_text="For software and spreadsheets: small letters, digits and underscores, like weee_coffee_grinder. "
        "It never changes.",
        max_length=60,
        widget=Text(width=20, attrs={"spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": "Enter a code for the product"},
    )
    sector = forms.ChoiceField(label="Where it arises", choices=SourceKind.choices, widget=Select())
    unit_basis = forms.ChoiceField(
        label="The magnets are counted by",
        choices=UnitBasis.choices,
        widget=Radios(),
        error_messages={"required": "Choose what the magnets are counted by"},
    )
    accessibility = forms.TypedChoiceField(
        label="How easily the magnets come out",
        choices=list(ACCESSIBILITY.items()),
        coerce=int,
        widget=Select(),
        initial=3,
    )
    typical_form = forms.ChoiceField(label="Form of the magnets", widget=Select())
    service_life_years = forms.IntegerField(
        label="Service life",
        min_value=0,
        max_value=100,
        required=False,
        widget=Number(whole=True, suffix="years"),
    )
    preferred_route = forms.ChoiceField(label="Usual route", required=False, widget=Select())
    ewc_code = forms.CharField(
        label="Suggested waste code", required=False, max_length=12, widget=Text(width=10)
    )
    is_defence_controlled = forms.BooleanField(
        label="It is defence-controlled", required=False, widget=Checkbox()
    )
    holds_battery = forms.BooleanField(
        label="It usually comes with its battery in it", required=False, widget=Checkbox()
    )

    field_order = (
        "name",
        "code",
        "sector",
        "unit_basis",
        "grade_code",
        "low",
        "central",
        "high",
        "prevalence",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        catalogue = current_catalogue()
        forms_known = sorted({product.typical_form for product in catalogue.products.values()} - {""})
        self.fields["typical_form"].choices = [  # type: ignore[attr-defined]
            (form, form.replace("_", " ").capitalize()) for form in forms_known
        ]
        self.fields["preferred_route"].choices = [  # type: ignore[attr-defined]
            ("", "Not known"),
            *((route.code, route.name) for route in catalogue.routes.values()),
        ]

    def product(self) -> NewProduct:
        answers = self.cleaned_data
        return NewProduct(
            code=answers["code"].strip(),
            name=" ".join(answers["name"].split()),
            sector=answers["sector"],
            unit_basis=answers["unit_basis"],
            typical_form=answers["typical_form"],
            accessibility=answers["accessibility"],
            service_life_years=answers["service_life_years"] or 0,
            is_defence_controlled=answers["is_defence_controlled"],
            holds_battery=answers["holds_battery"],
            ewc_code=answers["ewc_code"].strip(),
            preferred_route=answers["preferred_route"],
            synonyms=self.terms(),
            figures=self.figures(),
        )


@require_http_methods(["GET", "POST"])
@requires(Permission.ADMINISTER)
def new_product(request: ViewerRequest) -> HttpResponseBase:
    """Add a product type; it can be logged and estimated at once."""
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = add_product(request.viewer, form.product(), at=request.now)
        except ProductRefusedError as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{product.name} is in the catalogue. It can be logged from now on.")
            return redirect("catalogue-product", product.code)
    return form_page(
        request,
        form,
        title="Add a product",
        intro="The figures are the first version. Later ones never replace it; they come after it.",
        back_href=reverse("catalogue"),
        submit_label="Add the product",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.ADMINISTER)
def change_product(request: ViewerRequest, code: str) -> HttpResponseBase:
    """Give a product new figures, as a new version, and other names."""
    product = ProductType.objects.get(code=code, is_current=True)
    form = FiguresForm(request.POST or None, family=product.magnet_family, initial=_figures_now(product))
    if request.method == "POST" and form.is_valid():
        try:
            version = change_figures(
                request.viewer,
                code,
                form.figures(),
                form.terms(),
                seen_version=form.cleaned_data["version"] or 0,
                at=request.now,
            )
        except ProductRefusedError as refusal:
            form.show(refusal)
        else:
            messages.success(
                request,
                f"Version {version.version} of {product.name} is in force. Estimates made before keep theirs.",
            )
            return redirect("catalogue-product", code)
    return _figures_page(request, form, product)


def _figures_page(request: ViewerRequest, form: FiguresForm, product: ProductType) -> HttpResponse:
    return form_page(
        request,
        form,
        title=f"Change {product.name}",
        intro="Changed figures come into force as a new version. The one before stays.",
        back_href=reverse("catalogue-product", args=[product.code]),
        submit_label="Put it in force",
    )


def _figures_now(product: ProductType) -> dict[str, Any]:
    now = product.coefficients.get(is_current=True)
    return {
        "version": now.version,
        "grade_code": now.grade_code,
        "low": _plain(now.magnet_kg_low),
        "central": _plain(now.magnet_kg_central),
        "high": _plain(now.magnet_kg_high),
        "prevalence": _plain(now.prevalence_central * PER_CENT),
        "basis": now.basis,
        "confidence": now.confidence,
        "source": now.source,
        "source_url": now.source_url,
        "year": now.year,
        "notes": now.notes,
        "synonyms": "\n".join(product.synonyms.values_list("term", flat=True)),
    }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
