"""Source, waste and hold points of lots that were divided, merged or taken apart.

A part comes from where the whole came from, is the same waste, and was cleared by the same evidence. Of lots put
together only what all agree on stays, except for dangers: those of any are dangers of the whole.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from collection.models import HoldPointRecord, Lot, SourceDetails, WasteDetails
from collection.rules.classification import Hazard

_GRAVEST_FIRST = (Hazard.PRESENT.value, Hazard.UNKNOWN.value, "", Hazard.NONE.value)


def hand_down(parent: Lot, child: Lot) -> None:
    """To a part divided off. How many containers each of the two fills, nobody knows until they are counted."""
    hand_down_source(parent, child)
    waste = WasteDetails.objects.filter(lot=parent)
    waste.update(container_count=None)
    _copy(waste, child)


def hand_down_source(parent: Lot, child: Lot) -> None:
    """To magnets freed of their machine: their source and its clearance, but not the machine's waste.

    What tells the thing from all others stays with the parent: the thing is not there twice.
    """
    for details in SourceDetails.objects.filter(lot=parent):
        details.identity_key = ""
        _insert_told(details, child)
    _copy(HoldPointRecord.objects.filter(lot=parent), child)


def bring_together(parents: Sequence[Lot], child: Lot) -> None:
    """To the one lot that several became."""
    _bring_sources_together(list(SourceDetails.objects.filter(lot__in=parents)), parents, child)
    waste = list(WasteDetails.objects.filter(lot__in=parents))
    if waste:
        _bring_waste_together(waste, child, is_said_of_all=len(waste) == len(parents))
    _bring_hold_points_together([lot for lot in parents if lot.is_defence], child)


def _bring_sources_together(sources: Sequence[SourceDetails], parents: Sequence[Lot], child: Lot) -> None:
    agreed = _agreed(sources) if len(sources) == len(parents) else {}
    keys = {source.identity_key for source in sources} - {""}
    key = keys.pop() if len(keys) == 1 else ""
    _insert_told(SourceDetails(**agreed | {"identity_key": key}), child)


def _bring_waste_together(parts: Sequence[WasteDetails], child: Lot, *, is_said_of_all: bool) -> None:
    hazards = {part.hazard for part in parts} | (set() if is_said_of_all else {""})
    agreed = _agreed(parts) if is_said_of_all else {}
    counts = [part.container_count for part in parts]
    container = agreed.get("container_type", "")
    WasteDetails.objects.create(
        lot=child,
        hazard=next(hazard for hazard in _GRAVEST_FIRST if hazard in hazards),
        hazardous_properties=list(
            dict.fromkeys(code for part in parts for code in part.hazardous_properties)
        ),
        physical_form=agreed.get("physical_form", ""),
        container_type=container,
        container_count=sum(count or 0 for count in counts) if container and all(counts) else None,
    )


def _bring_hold_points_together(parents: Sequence[Lot], child: Lot) -> None:
    """A point is cleared for the whole once it is for every part, by whom and when it was for the last of them."""
    records: dict[str, list[HoldPointRecord]] = {}
    for record in HoldPointRecord.objects.filter(lot__in=parents).order_by("recorded_at", "id"):
        records.setdefault(record.point, []).append(record)
    for of_point in records.values():
        if len(of_point) == len(parents):
            last = of_point[-1]
            if len({record.evidence for record in of_point}) > 1:
                last.evidence = f"Recorded for each of the {len(parents)} lots put together"
            _insert(last, child)


def _copy(rows: Iterable[Model], child: Lot) -> None:
    for row in rows:
        _insert(row, child)


def _insert(row: Any, child: Lot) -> None:
    row.pk = None
    row._state.adding = True
    row.lot = child
    row.save(force_insert=True)


def _insert_told(details: SourceDetails, child: Lot) -> None:
    """Only where they tell anything."""
    if any(getattr(details, name) for name in _columns(details)):
        _insert(details, child)


def _agreed(rows: Sequence[Model]) -> dict[str, Any]:
    """The columns in which all rows say the same."""
    told = ((name, [getattr(row, name) for row in rows]) for name in _columns(rows[0]))
    return {name: values[0] for name, values in told if all(value == values[0] for value in values)}


def _columns(row: Model) -> list[str]:
    return [field.attname for field in row._meta.concrete_fields if field.name not in ("id", "lot")]
