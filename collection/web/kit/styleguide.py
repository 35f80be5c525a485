"""Every component on one page, to look at and to test: while DEBUG is on, or for product administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views import View

from collection.rules.roles import Role
from collection.web.kit import charts, map
from collection.web.kit.components import (
    Contribution,
    Link,
    NavigationItem,
    RangeFigure,
    SummaryRow,
    Task,
    Tile,
)
from collection.web.kit.dates import DayField
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.numbers import mass
from collection.web.kit.widgets import (
    Checkbox,
    Checkboxes,
    Email,
    LongText,
    Number,
    Password,
    Radios,
    Select,
    Text,
)

THINGS = [
    Match("hdd-desktop", "Hard drive, 3.5 inch", "Also: HDD, disk, desktop drive"),
    Match("hdd-laptop", "Hard drive, 2.5 inch", "Also: HDD, disk, laptop drive"),
    Match("turbine-direct", "Wind turbine generator, direct drive", "Permanent-magnet generator"),
    Match("ev-motor", "Traction motor, electric car", "Also: EV motor"),
    Match("speaker", "Loudspeaker", "Neodymium drivers only"),
]


def search_things(words: str) -> list[Match]:
    wanted = words.casefold().split()
    return [
        thing for thing in THINGS if all(word in f"{thing.label} {thing.hint}".casefold() for word in wanted)
    ]


def resolve_thing(value: str) -> Match | None:
    return next((thing for thing in THINGS if thing.value == value), None)


class ExampleForm(KitForm):
    """One field of each kind."""

    product = LookupField(
        label="What is it?",
        help_text="Search by everyday name, for example “hard drive” or “EV motor”",
        search=search_things,
        resolve=resolve_thing,
        noun="product type",
        url=reverse_lazy("styleguide-lookup"),
    )
    gross_mass = forms.DecimalField(
        label="Gross mass, in kilograms",
        help_text="As it stands, with its casing",
        min_value=0,
        widget=Number(suffix="kg", width=5),
        error_messages={
            "required": "Enter the gross mass",
            "invalid": "Gross mass must be a number, like 12.5",
        },
    )
    price = forms.DecimalField(label="Price asked", required=False, widget=Number(prefix="£", width=5))
    reference = forms.CharField(label="Your own reference", required=False, widget=Text(width=10))
    ready_on = DayField(label="Ready from", help_text="For example, 27 3 2026")
    intent = forms.ChoiceField(
        label="What do you want to do with it?",
        choices=[("sell", "Sell it here"), ("export", "Export it"), ("undecided", "I have not decided")],
        widget=Radios(
            hints={"sell": "A recycler will be offered it first"}, reveals={"export": "destination"}
        ),
        error_messages={"required": "Choose what you want to do with it"},
    )
    destination = forms.CharField(label="Country it would go to", required=False, widget=Text(width=20))
    needs = forms.MultipleChoiceField(
        label="What does the lorry need?",
        required=False,
        choices=[("tail-lift", "A tail lift"), ("forklift", "A forklift on site"), ("crane", "A crane")],
        widget=Checkboxes(hints={"crane": "For generators over 5 tonnes"}),
    )
    nation = forms.ChoiceField(
        label="Nation",
        choices=[("", "Choose a nation"), ("S", "Scotland"), ("E", "England"), ("W", "Wales")],
        widget=Select(),
        error_messages={"required": "Choose a nation"},
    )
    photos = FilesField(
        label="Photos",
        required=False,
        accept="image/*",
        capture="environment",
        help_text="Up to 10, 15 MB each",
    )
    notes = forms.CharField(label="Anything the driver should know", required=False, widget=LongText(rows=3))
    email = forms.EmailField(label="E-mail address", widget=Email())
    password = forms.CharField(label="Password", widget=Password(autocomplete="new-password"))
    agrees = forms.BooleanField(
        label="What I have entered is true as far as I know",
        widget=Checkbox(),
        error_messages={"required": "Confirm that what you entered is true"},
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("intent") == "export" and not answers.get("destination"):
            self.add_error("destination", ValidationError("Enter the country it would go to"))
        return answers


class QuestionForm(KitForm):
    """One thing per page: the legend is the heading."""

    heading_field = "state"
    state = forms.ChoiceField(
        label="What state is it in?",
        help_text="If it is mixed, choose what most of it is",
        choices=[("whole", "Whole and working"), ("broken", "Broken"), ("dismantled", "Taken apart")],
        widget=Radios(),
        error_messages={"required": "Choose what state it is in"},
    )


def _may_look(request: HttpRequest) -> bool:
    viewer = getattr(request, "viewer", None)
    return settings.DEBUG or (viewer is not None and viewer.is_role(Role.PRODUCT_ADMIN))


@method_decorator(login_not_required, name="dispatch")
class StyleguideView(View):
    """`/styleguide/`: everything; `?question=1`: a page that asks one thing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _may_look(request):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if "question" in request.GET:
            return self._question(request, QuestionForm())
        return self._everything(request, ExampleForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "question" in request.GET:
            return self._question(request, QuestionForm(request.POST))
        form = ExampleForm(request.POST, request.FILES)
        form.is_valid()
        return self._everything(request, form)

    def _question(self, request: HttpRequest, form: KitForm) -> HttpResponse:
        context = {"form": form, "page_title": "What state is it in?", "back_href": "/styleguide/"}
        return render(request, "kit/form_page.html", context)

    def _everything(self, request: HttpRequest, form: KitForm) -> HttpResponse:
        return render(request, "kit/styleguide.html", {"form": form} | _examples())


@login_not_required
def lookup_example(request: HttpRequest) -> JsonResponse:
    """The JSON a lookup field asks for."""
    if not _may_look(request):
        raise Http404
    found = search_things(request.GET.get("q", ""))
    return JsonResponse({"results": [match._asdict() for match in found]})


def _examples() -> dict[str, Any]:
    months = [dt.date(2025 + (i + 9) // 12, (i + 9) % 12 + 1, 1).strftime("%b %y") for i in range(12)]
    grams = [180, 240, 210, 330, 420, 390, 510, 480, 620, 700, 660, 810]
    series = [
        charts.Series("Retained", [g * 1000.0 for g in grams]),
        charts.Series("Residue", [g * 150.0 for g in grams]),
        charts.Series("Exported", [g * 420.0 for g in reversed(grams)]),
        charts.Series("Lost", [g * 60.0 for g in grams]),
    ]

    def words(amount: float) -> str:
        return mass(round(amount))

    return {
        "navigation": [
            NavigationItem("Home", "/", "page"),
            NavigationItem("Lots", "/lots/"),
            NavigationItem("Rounds", "/rounds/"),
            NavigationItem("Retention", "/reports/"),
        ],
        "viewer": {"user_id": 1},
        "organisation_name": "Clydeside Metals",
        "has_other_seats": True,
        "role_name": "Collector",
        "unread_notifications": 3,
        "demo_register": True,
        "crumbs": [Link("Home", "/"), Link("Lots", "/lots/")],
        "tiles": [
            Tile(12, "lots waiting for a price", "#", "3 since yesterday", "brand"),
            Tile(4, "lots at high risk of export", "#", "41.2 kg of magnets", "bad"),
            Tile(2, "collections this week", "#", "Next: Tuesday, 10:00 to 12:00", "caution"),
            Tile("412 kg", "kept in the country this year", "", "87% of what you logged", "good"),
        ],
        "rows": [
            SummaryRow("What it is", "Hard drives, 3.5 inch", [Link("Change", "#", "what it is")]),
            SummaryRow("How much", ["320 items", "198 kg gross"], [Link("Change", "#", "how much")]),
            SummaryRow("Where", "Yard 2, Govan, Glasgow G51", [Link("Change", "#", "where")]),
        ],
        "tasks": [
            Task("Weigh the load", "Done"),
            Task("Take two photos", "Not started", "#", "One of the label", "brand"),
            Task("Sign for it", "Cannot start yet"),
        ],
        "range": RangeFigure(
            3.1,
            4.6,
            6.4,
            8.0,
            texts=("3.1 kg", "4.6 kg", "6.4 kg"),
            label="Magnets inside",
            method="Evidence class B, coefficients 2026.1",
        ),
        "reasons": [
            Contribution("Mixed with light iron", 14.0, "Loads like this mostly leave by sea."),
            Contribution("18 km from a bulk port", 9.5),
            Contribution("Holder exports often", 6.2, "7 of the last 10 lots."),
            Contribution("A recycler collects nearby", -8.4, "A round passes within 6 km this month."),
        ],
        "bars": charts.stacked_bars(
            title="Magnet mass by month",
            labels=months,
            series=series,
            text=words,
            labels_title="Month",
            summary="Four in five kilograms stayed; exports fell by half over the year.",
        ),
        "lines": charts.lines(
            title="Retention rate",
            labels=months,
            series=[
                charts.Series("Scotland", [0.6, 0.6, 0.6, 0.7, 0.7, None, 0.7, 0.75, 0.74, 0.8, 0.8, 0.8]),
                charts.Series("Wales", [0.5, 0.52, 0.55, 0.54, 0.6, 0.61, 0.63, 0.6, 0.66, 0.67, 0.7, 0.71]),
            ],
            text=lambda share: f"{share:.0%}",
            labels_title="Month",
        ),
        "kingdom": map.draw(
            title="At-risk magnet mass by region",
            shades={
                "Scotland": map.Shade(4, "812 kg"),
                "Wales": map.Shade(1, "60 kg"),
                "North East": map.Shade(3, "410 kg"),
                "South East": map.Shade(2, "210 kg"),
                "Northern Ireland": map.Shade(0, "4 kg"),
            },
            points=[
                map.MapPoint(54.97, -1.61, "Plant at Newcastle", "facility"),
                map.MapPoint(55.86, -4.25, "Lot in Glasgow", "lot", href="#lot"),
                map.MapPoint(51.5, 0.35, "Port of Tilbury", "port"),
            ],
        ),
        "round": map.draw(
            title="Tuesday’s round",
            zoom_to_points=True,
            points=[
                map.MapPoint(55.95, -3.19, "Depot, Edinburgh", "start", name="Depot"),
                map.MapPoint(55.86, -4.25, "Glasgow, Govan", "lot", "1", "Govan", "#one", "09:30, 42 kg"),
                map.MapPoint(56.12, -3.94, "Stirling", "lot", "2", "Stirling", "#two", "11:10, 12 kg"),
                map.MapPoint(56.46, -2.97, "Dundee", "lot", "3", "Dundee", "#three", "13:40, 95 kg"),
            ],
            routes=[
                map.MapRoute(
                    [(55.95, -3.19), (55.86, -4.25), (56.12, -3.94), (56.46, -2.97), (55.95, -3.19)],
                    "Round, 268 km",
                )
            ],
        ),
        "lots": [
            ("LOT-26-004217", "Hard drives, 3.5 inch", 4_600, "high"),
            ("LOT-26-004216", "Traction motors", 38_400, "medium"),
            ("LOT-26-004211", "Wind turbine generator", 1_912_000, "low"),
        ],
    }
