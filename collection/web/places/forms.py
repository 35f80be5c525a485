"""The form of a saved place."""

from __future__ import annotations

from typing import Any

from django import forms

from collection.actions.places import Pin
from collection.models import Site, VehicleProfile
from collection.queries.reference import PostcodePoint, locate_postcode
from collection.rules.answers import RefusedAnswerError
from collection.rules.points import point_problem
from collection.web.kit.forms import KitModelForm
from collection.web.kit.widgets import Checkbox, Checkboxes, LongText, Number, Select, Text

VEHICLES = [("", "A lorry"), (VehicleProfile.VAN.value, "Only a van, up to 3.5 t")]

DAYS = [
    (str(number), name)
    for number, name in enumerate(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), start=1
    )
]


class PointField(forms.FloatField):
    """Degrees, with a typographic minus or a degree sign taken for what they mean."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().replace("−", "-").replace("–", "-").rstrip("°")
        return super().to_python(text)


def _split_pasted(data: Any) -> Any:
    """Map programs copy "55.8651, -4.3180": both halves from the one box they were pasted into."""
    text = str(data.get("lat", ""))
    halves = [half.strip() for half in text.split(",")]
    if len(halves) != 2 or str(data.get("lon", "")).strip():
        return data
    split = data.copy()
    split["lat"], split["lon"] = halves
    return split


class PlaceForm(KitModelForm):
    """A place with its postcode; an exact point is optional and wins over the postcode's."""

    postcode = forms.CharField(
        label="Postcode",
        required=False,
        max_length=60,
        widget=Text(width=10, autocomplete="postal-code"),
        help_text="Leave it empty if there is none; the place then waits for a point on the map.",
    )
    open_days = forms.MultipleChoiceField(
        label="Open on",
        choices=DAYS,
        widget=Checkboxes(small=True),
        error_messages={"required": "Choose at least one day on which drivers can load"},
    )
    lat = PointField(
        label="Latitude",
        required=False,
        widget=Number(width=20),
        help_text="Exact point, if you know it: for example 55.8651. You can paste “55.8651, -4.3180” here, "
        "or save the place and put a pin on the map.",
        error_messages={"invalid": "Latitude must be a number such as 55.8651"},
    )
    lon = PointField(
        label="Longitude",
        required=False,
        widget=Number(width=10),
        help_text="For example -4.3180",
        error_messages={"invalid": "Longitude must be a number such as -4.3180"},
    )
    largest_vehicle = forms.ChoiceField(
        label="Largest vehicle that can get in", choices=VEHICLES, required=False, widget=Select()
    )

    class Meta:
        model = Site
        fields = [
            "name",
            "address",
            "postcode",
            "lat",
            "lon",
            "opens_at",
            "closes_at",
            "open_days",
            "largest_vehicle",
            "has_lifting_gear",
            "needs_appointment",
            "contact_name",
            "contact_phone",
        ]
        labels = {
            "name": "What you call it",
            "opens_at": "Opens at",
            "closes_at": "Closes at",
            "has_lifting_gear": "There is lifting gear",
            "needs_appointment": "Drivers must make an appointment",
            "contact_name": "Who to ask for",
            "contact_phone": "Telephone",
        }
        widgets = {
            "name": Text(width=20),
            "address": LongText(rows=3),
            "opens_at": Text(width=5),
            "closes_at": Text(width=5),
            "has_lifting_gear": Checkbox(),
            "needs_appointment": Checkbox(),
            "contact_name": Text(width=20, autocomplete="off"),
            "contact_phone": Text(width=20, inputmode="tel"),
        }
        error_messages = {
            "name": {"required": "Enter a name for the place"},
            "opens_at": {"invalid": "Opens at must be a time such as 08:00"},
            "closes_at": {"invalid": "Closes at must be a time such as 17:00"},
        }

    point: PostcodePoint | None = None
    pin: Pin | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and self.instance.precision != "exact":
            # What stands in the table is the postcode's point, not one that somebody typed.
            self.initial["lat"] = self.initial["lon"] = None
        self.initial["open_days"] = list(self.instance.open_days)
        if self.is_bound:
            self.data = _split_pasted(self.data)

    def clean_open_days(self) -> str:
        return "".join(sorted(self.cleaned_data["open_days"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if str(data.get("postcode", "")).strip():
            try:
                self.point = locate_postcode(data["postcode"])
            except RefusedAnswerError as refused:
                self.add_error("postcode", str(refused.problem))
        self._check_pin(data.get("lat"), data.get("lon"))
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", f"Closes at must be later than {opens:%H:%M}")
        return data

    def _check_pin(self, lat: float | None, lon: float | None) -> None:
        if self.errors.keys() & {"lat", "lon"}:
            return
        problem = point_problem(lat, lon)
        if problem is not None:
            self.add_error(problem.field, str(problem))
        elif lat is not None and lon is not None:
            self.pin = Pin(lat, lon)
