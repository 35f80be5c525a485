"""Hold points of defence lots: what was shown, by whom it was checked, and who wrote it down."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import User
from collection.rules.hold_points import HOLD_WORDS, HoldPoint


class HoldPointRecord(models.Model):
    """One hold point of one lot, cleared. Written once; a lot with all five may be collected."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="hold_points")
    point = models.CharField(
        max_length=20, choices=[(point.value, HOLD_WORDS[point].name) for point in HoldPoint]
    )
    evidence = models.CharField(max_length=300)
    checked_by = models.CharField(max_length=120, help_text="The named person who checked the evidence")
    checked_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["lot_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "point"], name="hold_point_once_per_lot"),
            models.CheckConstraint(
                condition=Q(point__in=[point.value for point in HoldPoint]), name="hold_point_known"
            ),
            models.CheckConstraint(
                condition=~Q(evidence="") & ~Q(checked_by=""), name="hold_point_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_point_display()} of lot {self.lot_id}"
