"""People and time against the model: overrides of a band, and what each month showed of a model."""

from django.db import models
from django.db.models import F, Q

from collection.models.lots import Lot
from collection.models.people import User
from collection.models.risk import Band, RiskModelVersion
from collection.rules.risk_override import OVERRIDE_REASONS


class RiskOverride(models.Model):
    """A person's band in place of the model's, for a reason and for a time. It ends by itself."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="risk_overrides")
    band = models.PositiveSmallIntegerField(choices=Band.choices)
    reason = models.CharField(max_length=20, choices=list(OVERRIDE_REASONS.items()))
    words = models.CharField(max_length=300)
    model_band = models.PositiveSmallIntegerField(choices=Band.choices, help_text="The model's band then")
    model_p90 = models.FloatField(help_text="The model's chance of export within 90 days then")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(ended_at__isnull=True), name="one_override_per_lot"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="override_lasts_a_while"),
            models.CheckConstraint(
                condition=Q(model_p90__gte=0, model_p90__lte=1), name="override_p90_is_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id}: {self.get_band_display()} until {self.expires_at:%Y-%m-%d}"


class RiskMonth(models.Model):
    """How one model did on the lots that stood open on the first of a month, once their 90 days were known."""

    model = models.ForeignKey(RiskModelVersion, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(help_text="First day of the month the scores are for")
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField(help_text="Lots open that day")
    exported = models.PositiveIntegerField(help_text="Of these, exported within 90 days")
    expected = models.FloatField(help_text="Exports the scores expected")
    is_off = models.BooleanField(help_text="Observed over expected out of its range, or a signal has moved")
    figures = models.JSONField(default=dict)

    class Meta:
        ordering = ["-month", "-id"]
        constraints = [models.UniqueConstraint(fields=["model", "month"], name="one_risk_month_per_model")]

    def __str__(self) -> str:
        return f"{self.model_id} in {self.month:%Y-%m}"
