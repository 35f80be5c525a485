"""What a driver says when the vehicle is at the plant again."""

from collection.web.kit.forms import KitForm
from collection.web.kit.number_field import NumberField
from collection.web.kit.widgets import Number


class BackForm(KitForm):
    kilometres = NumberField(
        label="Kilometres driven, by the odometer",
        required=False,
        min_value=0,
        max_value=3000,
        decimal_places=1,
        widget=Number(suffix="km"),
    )

    @property
    def driven_metres(self) -> int | None:
        """Of a valid form; None where nobody read the odometer."""
        driven = self.cleaned_data["kilometres"]
        return round(driven * 1000) if driven is not None else None
