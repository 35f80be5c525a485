"""What a person may choose from while they log a lot."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import Site


@dataclass(frozen=True)
class LotChoices:
    """The person's saved places, and the day it is for them."""

    places: Sequence[Site]
    today: dt.date
