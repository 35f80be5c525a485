"""How a lot's waste is described to whoever carries it, besides its code."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.rules.classification import Hazard
from collection.rules.waste_terms import CONTAINERS, FORM_LABELS, PhysicalForm


class WasteDetails(models.Model):
    """The answer that decided between two codes, hazardous properties, physical form and containers."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="waste")
    hazard = models.CharField(
        max_length=8, choices=[(hazard.value, hazard.value) for hazard in Hazard], blank=True
    )
    hazardous_properties = models.JSONField(default=list, blank=True, help_text="Codes such as HP_3")
    physical_form = models.CharField(
        max_length=8, choices=[(form.value, FORM_LABELS[form]) for form in PhysicalForm], blank=True
    )
    container_type = models.CharField(max_length=3, choices=list(CONTAINERS.items()), blank=True)
    container_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "waste details"
        constraints = [
            models.CheckConstraint(
                condition=Q(physical_form="") | Q(physical_form__in=[form.value for form in PhysicalForm]),
                name="physical_form_known",
            ),
            models.CheckConstraint(
                condition=Q(container_count__isnull=True)
                | (Q(container_count__gt=0) & ~Q(container_type="")),
                name="containers_counted_are_named",
            ),
        ]

    def __str__(self) -> str:
        return f"Waste of lot {self.lot_id}"
