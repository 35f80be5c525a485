"""Export risk: the model versions, the score beside each lot, and the flags scores open."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import User


class Band(models.IntegerChoices):
    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"


class RiskModelVersion(models.Model):
    """An immutable model record as JSON, with its metrics. Activation is a human act; one is active."""

    version = models.CharField(max_length=60, unique=True)
    record = models.JSONField()
    metrics = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    is_active = models.BooleanField(default=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="one_active_risk_model"
            )
        ]

    def __str__(self) -> str:
        return self.version


class RiskThresholds(models.Model):
    """From which probability of export within 90 days a lot counts as medium or high, and why."""

    medium_from = models.FloatField()
    high_from = models.FloatField()
    basis = models.TextField(help_text="The stated cost or capacity these cuts come from")
    created_at = models.DateTimeField()
    set_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who stated it; empty for the starting point that came with the product",
    )  # fmt: skip
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "risk thresholds"
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="one_current_thresholds"
            ),
            models.CheckConstraint(
                condition=Q(medium_from__gt=0, medium_from__lt=models.F("high_from"), high_from__lt=1),
                name="thresholds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"medium from {self.medium_from:.0%}, high from {self.high_from:.0%}"


class Score(models.Model):
    """The present score of an open lot: narrow, beside the lot, rewritten only when it changes.

    Wholly derived: scoring the register again drops the scores of lots that are not there. Constraints on the
    keys would have the database look up and lock a lot and the same model version for every row, which cost
    twice as much as writing the scores.
    """

    lot = models.OneToOneField(
        Lot, on_delete=models.CASCADE, primary_key=True, related_name="score", db_constraint=False
    )
    model = models.ForeignKey(RiskModelVersion, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    points = models.FloatField()
    p30 = models.FloatField()
    p60 = models.FloatField()
    p90 = models.FloatField()
    p_retained = models.FloatField()
    p_lost = models.FloatField()
    band = models.PositiveSmallIntegerField(choices=Band.choices)
    expected_export_grams = models.PositiveBigIntegerField()
    scored_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["band", "-expected_export_grams"], name="score_band_at_risk"),
            models.Index(fields=["-expected_export_grams", "-lot"], name="score_leaving_first"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(p90__gte=0, p90__lte=1), name="score_is_probability")
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id}: {self.p90:.0%}"


class FrozenLayout(models.Model):
    """How the frozen facts of band changes are laid out: names and types of columns, never changed."""

    columns = models.JSONField()
    checksum = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{len(self.columns)} columns, {self.checksum[:12]}"


class BandChange(models.Model):
    """A lot's band changed: with the facts it was scored on, so that the score can be replayed.

    A lot first scored low has had no change, and no row. What each signal contributed follows exactly from the
    facts and the model version (`queries.risk_changes.replay`).
    """

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="band_changes")
    # As for scores: the same version and layout in every row of a run.
    model = models.ForeignKey(RiskModelVersion, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    layout = models.ForeignKey(FrozenLayout, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    from_band = models.PositiveSmallIntegerField(choices=Band.choices, null=True)
    to_band = models.PositiveSmallIntegerField(choices=Band.choices)
    p90 = models.FloatField()
    at = models.DateTimeField()
    frozen = models.BinaryField(help_text="One record of rules.risk.frozen in this layout")

    class Meta:
        ordering = ["lot_id", "id"]

    def __str__(self) -> str:
        return f"lot {self.lot_id} → {self.to_band}"


class Flag(models.Model):
    """An open warning that a lot is likely to leave. At most one open per lot."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="flags")
    opened_at = models.DateTimeField()
    p90_at_opening = models.FloatField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=120, blank=True)
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When the people concerned were told; empty means still to do"
    )

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(closed_at__isnull=True), name="one_open_flag_per_lot"
            )
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="flag_newest")]

    def __str__(self) -> str:
        return f"Flag on lot {self.lot_id}"
