"""Taking in a file of prices: look at what would change, then keep it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from collection.actions.prices import import_prices
from collection.queries.catalogue import current_catalogue
from collection.rules.content.coefficients import Price
from collection.rules.content.price_file import BASES_OF_FILE, OPTIONAL, REQUIRED, PriceRow, read_price_file
from collection.rules.content.sheet import ListErrors
from collection.rules.content.tables import Row, price_from
from collection.rules.roles import Permission
from collection.rules.valuation import BASES, price_lines
from collection.web.access import ViewerRequest, requires
from collection.web.form_page import form_page
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm

LARGEST_FILE = 500_000
MOST_PROBLEMS_SHOWN = 20


class PriceFileForm(KitForm):
    prices = FilesField(
        label="Prices as a CSV file",
        help_text="One row for each price. It may be a file with only the new ones.",
        most_files=1,
        most_bytes=LARGEST_FILE,
        accept=".csv,text/csv",
        error_messages={"required": "Choose the CSV file with the prices"},
    )
    csv_text = forms.CharField(required=False, widget=forms.HiddenInput, max_length=LARGEST_FILE)

    rows: list[PriceRow]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prices"].required = not self.data.get("csv_text")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        files = answers.get("prices") or []
        text = _text_of(files[0]) if files else answers.get("csv_text", "")
        answers["csv_text"] = text
        if "prices" in self.errors:
            return answers
        if text is None:
            self.add_error("prices", "The file is not UTF-8 text. Save it as “CSV UTF-8” and try again")
            return answers
        try:
            self.rows = read_price_file(text.splitlines(keepends=True), today=timezone.localdate())
        except ListErrors as refusal:
            for words in refusal.problems[:MOST_PROBLEMS_SHOWN]:
                self.add_error("prices", words)
            rest = len(refusal.problems) - MOST_PROBLEMS_SHOWN
            if rest > 0:
                self.add_error("prices", f"And {rest} more like these")
        return answers


@require_http_methods(["GET", "POST"])
@requires(Permission.ADMINISTER)
def import_page(request: ViewerRequest) -> HttpResponseBase:
    """Ask for the file, show which prices lots would be valued at, and keep it once that was seen."""
    if request.method == "GET":
        return _ask(request, PriceFileForm())
    form = PriceFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form)
    if "save" in request.POST:
        taken = import_prices(request.viewer, form.rows, at=request.now)
        messages.success(request, taken.sentence)
        return redirect("catalogue-prices")
    context = {
        "rows": [(each.row, each.cells, BASES_OF_FILE[each.cells["valuation_basis"]]) for each in form.rows],
        "changes": _changes(form.rows),
        "csv_text": form.cleaned_data["csv_text"],
    }
    return render(request, "collection/catalogue/price_check.html", context)


def _ask(request: ViewerRequest, form: PriceFileForm) -> HttpResponse:
    return form_page(
        request,
        form,
        title="Import prices",
        intro="Each price comes with its date, its VAT basis and its source. You see what would change before "
        "anything is kept.",
        back_href=reverse("catalogue-prices"),
        submit_label="See what changes",
        template_name="collection/catalogue/price_import.html",
        required=REQUIRED,
        optional=OPTIONAL,
        bases=BASES_OF_FILE.items(),
    )


def _changes(rows: list[PriceRow]) -> list[dict[str, str]]:
    """The price of each element on each list as it stands and as it would stand, where they differ."""
    now = current_catalogue().prices
    then = [*_others(now, rows), *(price_from(Row("the file", each.row, each.cells)) for each in rows)]
    found = []
    for basis, name in BASES.items():
        before, after = price_lines(now, basis), price_lines(then, basis)
        for element, line in after.items():
            old = before.get(element)
            if old is None or (old.usd_per_kg, old.as_of) != (line.usd_per_kg, line.as_of):
                found.append(
                    {
                        "what": f"{name}, {element}",
                        "before": f"{old.usd_per_kg.central:,.2f}, {old.as_of:%-d %b %Y}" if old else "none",
                        "after": f"{line.usd_per_kg.central:,.2f}, {line.as_of:%-d %b %Y}",
                    }
                )
    return found


def _others(prices: tuple[Price, ...], rows: list[PriceRow]) -> list[Price]:
    """The prices in force that the file does not replace."""
    codes = {each.code for each in rows}
    return [
        price
        for price in prices
        if "|".join((price.element, price.product, price.specification, price.market, f"{price.as_of}"))
        not in codes
    ]


def _text_of(file: UploadedFile) -> str | None:
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text
