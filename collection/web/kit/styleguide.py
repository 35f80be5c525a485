"""Every component on one page, to look at and to test: while DEBUG is on, or for product administrators."""

from __future__ import annotations

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
from collection.web.kit.dates import DayField
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.styleguide_examples import examples
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
        return render(request, "kit/styleguide.html", {"form": form} | examples())


@login_not_required
def lookup_example(request: HttpRequest) -> JsonResponse:
    """The JSON a lookup field asks for."""
    if not _may_look(request):
        raise Http404
    found = search_things(request.GET.get("q", ""))
    return JsonResponse({"results": [match._asdict() for match in found]})


@login_not_required
def progress_example(request: HttpRequest) -> HttpResponse:
    """A fragment as a long task's page polls it; the header ends the polling."""
    if not _may_look(request):
        raise Http404
    response = render(request, "kit/styleguide_progress.html")
    response["X-Poll"] = "stop"
    return response
