"""References people can say aloud: LOT-26-004217. Numbers are given out once, also to two people at once."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from collection.models import ReferenceSequence


def next_references(kind: str, at: dt.datetime, count: int = 1) -> list[str]:
    """Reserve `count` references of a kind (LOT, PLN, RND, PUP, REC) in the year of `at`, in order.

    Must run inside the transaction that uses them: the sequence row stays locked until it commits.
    """
    year = at.year % 100
    with transaction.atomic():
        ReferenceSequence.objects.get_or_create(kind=kind, year=year)
        row = ReferenceSequence.objects.filter(kind=kind, year=year)
        row.update(last=F("last") + count)
        last = row.values_list("last", flat=True).get()
    return [f"{kind}-{year:02d}-{number:06d}" for number in range(last - count + 1, last + 1)]


def next_reference(kind: str, at: dt.datetime) -> str:
    return next_references(kind, at)[0]
