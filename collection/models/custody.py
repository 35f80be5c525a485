"""The custody ledger: append-only, double entry, chained per lot. Corrections are new entries."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.reference import ProductType
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.lifecycle import Place
from collection.rules.roles import Viewer

PLACE_CHOICES = [(place.value, place.name.replace("_", " ").capitalize()) for place in Place]


class CustodyQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "CustodyQuerySet":
        return self.filter(lot__in=Lot.objects.visible_to(viewer).order_by().values("pk"))


class CustodyEntry(models.Model):
    """Grams of one lot that moved from one place of mass to another.

    The ppm columns are the composition believed at the time; the dimensions (day, region, sector, product,
    holder) are what was true at the time, so reports never join to things that change.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="custody")
    sequence = models.PositiveSmallIntegerField()
    from_place = models.PositiveSmallIntegerField(choices=PLACE_CHOICES)
    to_place = models.PositiveSmallIntegerField(choices=PLACE_CHOICES)
    grams = models.PositiveBigIntegerField()
    nd_ppm = models.PositiveIntegerField(default=0)
    pr_ppm = models.PositiveIntegerField(default=0)
    dy_ppm = models.PositiveIntegerField(default=0)
    tb_ppm = models.PositiveIntegerField(default=0)
    sm_ppm = models.PositiveIntegerField(default=0)
    shared_sd_grams = models.PositiveBigIntegerField(default=0)
    own_variance = models.FloatField(default=0)

    day = models.DateField(help_text="The day it happened, Europe/London")
    region_id = models.PositiveSmallIntegerField(null=True)
    sector_id = models.PositiveSmallIntegerField()
    product = models.ForeignKey(
        ProductType, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)

    receiver = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The recycler that had booked the lot, if one had",
    )

    at = models.DateTimeField(help_text="When it happened")
    recorded_at = models.DateTimeField(help_text="When the register learnt of it")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200)
    previous_fingerprint = models.BinaryField(max_length=32)
    fingerprint = models.BinaryField(max_length=32)

    unscoped = models.Manager()
    objects = ViewerManager(CustodyQuerySet)

    class Meta:
        ordering = ["lot_id", "sequence"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        verbose_name_plural = "custody entries"
        constraints = [
            models.UniqueConstraint(fields=["lot", "sequence"], name="custody_sequence_once"),
            models.CheckConstraint(condition=Q(grams__gt=0), name="custody_grams_positive"),
            models.CheckConstraint(
                condition=~Q(from_place=models.F("to_place")), name="custody_moves_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(from_place__in=[p.value for p in Place], to_place__in=[p.value for p in Place]),
                name="custody_places_known",
            ),
        ]
        indexes = [models.Index(fields=["day", "id"], name="custody_day")]

    def __str__(self) -> str:
        return f"{self.lot_id}/{self.sequence}"

    @property
    def fingerprint_text(self) -> str:
        return bytes(self.fingerprint).hex()
