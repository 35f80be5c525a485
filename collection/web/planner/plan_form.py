"""What a planner fills in to get rounds."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from collection.actions.plans import (
    HEAVIEST_ELEMENT,
    LONGEST_SEARCH_S,
    MOST_DAYS,
    SHORTEST_SEARCH_S,
    PlanRequest,
)
from collection.models import Facility, Vehicle
from collection.rules.planning.suitability import BOXES
from collection.rules.planning.worth import ELEMENT_NAMES
from collection.web.kit.dates import DayField
from collection.web.kit.forms import KitForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import Checkbox, Checkboxes, Number, Radios, Select

ELEMENT_FIELDS = ("ndpr_weight", "dy_weight", "tb_weight")
SECONDS = {"5": "A quick look: 5 seconds", "20": "Good: 20 seconds", "60": "Thorough: 1 minute"}


def _element_weight(element: str, help_text: str = "") -> NumberField:
    label = f"Weight of {ELEMENT_NAMES[element].lower()}"
    limits = f"The {label.lower()} must be between 0 and {HEAVIEST_ELEMENT}"
    return NumberField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=HEAVIEST_ELEMENT,
        widget=Number(width=4, suffix="×"),
        error_messages={
            "invalid": f"The {label.lower()} must be a number such as 1 or 2.5",
            "min_value": limits,
            "max_value": limits,
        },
    )


class PlanForm(KitForm):
    facility = forms.ChoiceField(label="Plant", widget=Select, error_messages={"required": "Choose a plant"})
    from_on = DayField(label="First day", error_messages={"required": "Enter the first day"})
    days = forms.IntegerField(
        label="How many days",
        min_value=1,
        max_value=MOST_DAYS,
        widget=Number(whole=True, width=2, suffix="days"),
        error_messages={
            "required": "Enter how many days to plan",
            "invalid": "Days must be a whole number, for example 5",
            "min_value": f"Plan between 1 and {MOST_DAYS} days at once",
            "max_value": f"Plan between 1 and {MOST_DAYS} days at once",
        },
    )
    with_weekends = forms.BooleanField(
        label="Also plan Saturdays and Sundays", required=False, widget=Checkbox
    )
    vehicles = forms.MultipleChoiceField(
        label="Vehicles",
        widget=Checkboxes(small=True),
        error_messages={"required": "Choose at least one vehicle"},
    )
    box = forms.ChoiceField(
        label="Which magnets",
        choices=[(code, label) for code, (label, _) in BOXES.items()],
        help_text="One family on a vehicle: a piece of the wrong one spoils the batch at the plant.",
        widget=Radios(small=True),
    )
    with_preprocessing = forms.BooleanField(
        label="Also fetch lots that must be taken apart first", required=False, widget=Checkbox
    )
    reach_km = forms.IntegerField(
        label="How far to look, in a straight line",
        min_value=1,
        max_value=1500,
        widget=Number(whole=True, width=4, suffix="km"),
        error_messages={
            "required": "Enter how far to look",
            "invalid": "The distance must be a whole number of kilometres",
            "min_value": "The distance must be between 1 and 1,500 km",
            "max_value": "The distance must be between 1 and 1,500 km",
        },
    )
    saving_weight = NumberField(
        label="What a saved kilogram is worth, times its market value",
        help_text="1 plans only what pays for its miles; 5 goes five times as far for the same magnets.",
        min_value=0,
        max_value=100,
        widget=Number(width=4, suffix="×"),
        error_messages={
            "required": "Enter a number; 1 is market value",
            "invalid": "Enter a number such as 1 or 1.5",
            "min_value": "The weight must be above 0 and at most 100",
            "max_value": "The weight must be above 0 and at most 100",
        },
    )
    ndpr_weight = _element_weight(
        "NdPr",
        "1 is market value. The plan shows what each weight costs in money and miles, and what it brings.",
    )
    dy_weight = _element_weight("Dy")
    tb_weight = _element_weight("Tb")
    seconds = forms.ChoiceField(label="How long to search", choices=list(SECONDS.items()), widget=Select)

    def __init__(self, *args: Any, plants: list[Facility], fleet: list[Vehicle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = self.fields
        choices["facility"].choices = [(str(plant.pk), plant.name) for plant in plants]
        choices["vehicles"].choices = [(str(each.pk), vehicle_words(each)) for each in fleet]

    def plan_request(self) -> PlanRequest:
        """What the valid form asks for."""
        answers = self.cleaned_data
        return PlanRequest(
            facility_id=int(answers["facility"]),
            from_on=answers["from_on"],
            days=answers["days"],
            vehicle_ids=[int(pk) for pk in answers["vehicles"]],
            box=answers["box"],
            reach_km=answers["reach_km"],
            saving_weight=float(answers["saving_weight"]),
            ndpr_weight=_weight(answers["ndpr_weight"]),
            dy_weight=_weight(answers["dy_weight"]),
            tb_weight=_weight(answers["tb_weight"]),
            with_weekends=answers["with_weekends"],
            with_preprocessing=answers["with_preprocessing"],
            seconds=min(max(int(answers["seconds"]), SHORTEST_SEARCH_S), LONGEST_SEARCH_S),
        )


def first_answers(plants: list[Facility], fleet: list[Vehicle], today: dt.date) -> dict[str, Any]:
    """What the form offers: the next working days, every vehicle, market value."""
    tomorrow = today + dt.timedelta(days=1)
    while tomorrow.weekday() > 4:
        tomorrow += dt.timedelta(days=1)
    return {
        "facility": str(plants[0].pk) if plants else "",
        "from_on": tomorrow,
        "days": 5,
        "vehicles": [str(each.pk) for each in fleet],
        "box": "ndfeb",
        "with_preprocessing": True,
        "reach_km": 400,
        "saving_weight": 5,
        **dict.fromkeys(ELEMENT_FIELDS, 1),
        "seconds": "20",
    }


def _weight(answer: Decimal | None) -> float:
    """Left empty is market value; nought is a wish."""
    return 1.0 if answer is None else float(answer)


def vehicle_words(vehicle: Vehicle) -> str:
    trips = f", {vehicle.most_trips} trips a day" if vehicle.most_trips > 1 else ""
    return f"{vehicle.name}, {vehicle.registration}: {vehicle.capacity_kg:,} kg, {vehicle.pallets} pallets{trips}"
