"""Sources: where magnets arise. Real places from public registers, and those holders add themselves."""

from django.db import models

from collection.models.people import Organisation
from collection.models.reference import ProductType, Region


class SourceKind(models.TextChoices):
    """The kinds of source; the small integer of `SECTOR_IDS` is what the ledger carries."""

    SCRAPYARD = "scrapyard", "Scrapyard"
    VEHICLE = "vehicle", "End-of-life vehicles"
    WEEE = "weee", "WEEE stream"
    WIND = "wind", "Wind turbine"
    MEDICAL = "medical", "MRI or medical equipment"
    INDUSTRIAL = "industrial", "Industrial equipment"
    DEFENCE = "defence", "Defence"


SECTOR_IDS: dict[str, int] = {kind.value: number for number, kind in enumerate(SourceKind, start=1)}
SECTOR_NAMES: dict[int, str] = {number: SourceKind(kind).label for kind, number in SECTOR_IDS.items()}


class Source(models.Model):
    """A real place or asset from which lots arise."""

    kind = models.CharField(max_length=12, choices=SourceKind.choices)
    code = models.CharField(
        max_length=80, unique=True, help_text="Register and its own reference, as repd:2470"
    )
    name = models.CharField(max_length=200)
    holder = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="sources"
    )
    product = models.ForeignKey(ProductType, on_delete=models.SET_NULL, null=True, blank=True)
    capacity_mw = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    unit_count = models.PositiveIntegerField(null=True, blank=True)
    commissioned_on = models.DateField(null=True, blank=True)
    expected_decommissioning_year = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=40, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    nation = models.CharField(max_length=20, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    register = models.CharField(
        max_length=120, help_text="Where this place is known from, for the credit line"
    )
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["kind", "name"], name="source_kind_name")]

    def __str__(self) -> str:
        return self.name
