"""Lots taken apart: how long it took, what came out, and what stood in the way."""

from django.db import models
from django.db.models import F, Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.reference import ProductType


class Dismantling(models.Model):
    """One lot taken apart. Masses are grams of magnet unless the name says otherwise.

    The keys are maker and model as compared: case and spaces do not matter. `obstacles` holds codes of
    `rules.content.disassembly.OBSTACLES`; `other_grams` material → grams of what else came out.
    """

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="dismantling")
    submission_id = models.UUIDField(unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(ProductType, on_delete=models.PROTECT, related_name="+")
    maker = models.CharField(max_length=60)
    model = models.CharField(max_length=60)
    maker_key = models.CharField(max_length=60, editable=False)
    model_key = models.CharField(max_length=60, editable=False)
    items = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    freed_grams = models.PositiveBigIntegerField()
    intact_grams = models.PositiveBigIntegerField()
    residue_grams = models.PositiveBigIntegerField(default=0)
    loss_grams = models.PositiveBigIntegerField(default=0)
    gate_grams = models.PositiveBigIntegerField(null=True, help_text="Weight of the lot before, in grams")
    other_grams = models.JSONField(default=dict)
    unexplained_reason = models.CharField(max_length=200, blank=True)
    obstacles = models.JSONField(default=list)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(items__gt=0, minutes__gt=0), name="dismantling_took_something"
            ),
            models.CheckConstraint(
                condition=Q(intact_grams__lte=F("freed_grams")), name="dismantling_intact_within_freed"
            ),
        ]
        indexes = [models.Index(fields=["product", "maker_key", "model_key"], name="dismantling_model")]

    def __str__(self) -> str:
        return f"{self.maker} {self.model}, {self.items} items"
