"""Weights of a lot as they were read, each reading a row of its own; estimates wait here to be replaced."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from collection.models.lots import Lot
from collection.models.people import User
from collection.rules.weighing import WEIGHED
from collection.rules.weighing import WeightMethod as Method

_NET = F("gross_grams") - Coalesce("tare_grams", 0) - Coalesce("pallet_grams", 0)


class WeightMethod(models.TextChoices):
    WEIGHBRIDGE = Method.WEIGHBRIDGE.value, "Weighbridge"
    PLATFORM = Method.PLATFORM.value, "Platform scale"
    COUNTED = Method.COUNTED.value, "Worked out: counted × usual weight"
    TOLD = Method.TOLD.value, "Somebody told us"


class WeightReading(models.Model):
    """Gross less tare less pallet is net, all in grams. A better reading is a new row; one is current.

    An estimate that nobody replaced yet may have an owner: the person who said they would see to it.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="weights")
    is_current = models.BooleanField(default=True)
    gross_grams = models.PositiveBigIntegerField(null=True, blank=True)
    tare_grams = models.PositiveBigIntegerField(null=True, blank=True)
    pallet_grams = models.PositiveBigIntegerField(null=True, blank=True)
    net_grams = models.PositiveBigIntegerField(null=True, blank=True)
    method = models.CharField(max_length=12, choices=WeightMethod.choices, blank=True)
    ticket = models.CharField(max_length=60, blank=True)
    is_estimate = models.BooleanField()
    read_at = models.DateTimeField()
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner_since = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True, null=True, blank=True)

    class Meta:
        ordering = ["lot_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(is_current=True), name="one_current_weight_per_lot"
            ),
            models.CheckConstraint(
                condition=Q(gross_grams__isnull=True) | Q(net_grams=_NET), name="weight_net_is_the_rest"
            ),
            models.CheckConstraint(
                condition=Q(method="") | Q(method__in=[method.value for method in Method]),
                name="weight_method_known",
            ),
            models.CheckConstraint(
                condition=Q(is_estimate=True)
                | Q(net_grams__isnull=False, method__in=[method.value for method in sorted(WEIGHED)]),
                name="weight_without_scale_is_estimate",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(owner_since__isnull=False), name="weight_owner_since"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lot"], condition=Q(is_current=True, is_estimate=True), name="weight_to_replace"
            )
        ]

    def __str__(self) -> str:
        return f"Weight {self.pk} of lot {self.lot_id}"
