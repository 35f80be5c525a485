"""The lot: one identifiable quantity of magnets, or of parts that hold them, of one kind from one source."""

import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q

from collection.models.fetched import note_fetched
from collection.models.people import Nation, Organisation, User
from collection.models.places import Site
from collection.models.reference import ProductCoefficient, ProductType, Region
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.models.sources import Source, SourceKind
from collection.rules.hold_points import is_collectable
from collection.rules.lifecycle import STATE_LABELS, LotState
from collection.rules.roles import OrganisationKind, Role, Viewer


class Unit(models.TextChoices):
    ITEMS = "items", "items"
    MW = "MW", "MW of nameplate"
    KG_GROSS = "kg_gross", "kg gross weight"
    KG_MAGNETS = "kg_magnets", "kg of freed magnets"


class Intent(models.TextChoices):
    SELL_HERE = "sell_here", "Sell to a UK recycler"
    EXPORT = "export", "Export"
    UNDECIDED = "undecided", "Not decided yet"


class Condition(models.TextChoices):
    INTACT = "intact", "Intact, as it came out"
    DAMAGED = "damaged", "Damaged or incomplete"
    DISMANTLED = "dismantled", "Dismantled: magnets or rotors out"
    CORRODED = "corroded", "Corroded, burnt or overheated"
    SHREDDED = "shredded", "Shredded or crushed"


HOLDS_ALLOW_PICKUP = Q(is_defence=False) | Q(holds_cleared_at__isnull=False)
"""A lot whose hold points allow a pickup: the database's form of `rules.hold_points.is_collectable`."""


class LotQuerySet(ScopedQuerySet):
    """Lots, in the words of the domain."""

    def visible_to(self, viewer: Viewer) -> "LotQuerySet":
        """Holders see their own; recyclers see what can be had and what they booked; drivers their rounds;
        regulators see their nation. Defence lots need clearance unless they are the holder's own."""
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        need_to_know = Q() if viewer.is_defence_cleared else Q(is_defence=False)
        if viewer.organisation_kind == OrganisationKind.COLLECTOR:
            return self.filter(holder_id=viewer.organisation_id)
        if viewer.organisation_kind == OrganisationKind.REGULATOR:
            within = Q(nation=viewer.nation) if viewer.nation else Q()
            return self.filter(within, need_to_know)
        if viewer.is_role(Role.PLANNER) or viewer.is_role(Role.ORGANISATION_ADMIN):
            return self.filter(
                Q(state=LotState.HELD) | Q(reserved_by_id=viewer.organisation_id), need_to_know
            )
        if viewer.is_role(Role.DRIVER):
            return self.filter(
                Q(pk__in=_lots_on_rounds_driven_by(viewer.user_id)), reserved_by_id=viewer.organisation_id
            )
        return self.none()

    def held(self) -> "LotQuerySet":
        return self.filter(state=LotState.HELD)

    def collectable(self) -> "LotQuerySet":
        """Held lots for which a pickup may be booked: a defence lot has all its hold points cleared."""
        return self.held().filter(HOLDS_ALLOW_PICKUP)


def _lots_on_rounds_driven_by(user_id: int) -> "models.QuerySet[Lot, dict[str, int]]":
    return Lot.unscoped.filter(pickup_lots__pickup__round__driver_id=user_id).values("pk")


class Lot(models.Model):
    """A lot. Its mass lives in the custody ledger; `magnet_grams` is the central estimate that entered it."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    submission_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="lots")
    source_kind = models.CharField(max_length=12, choices=SourceKind.choices)
    source = models.ForeignKey(Source, on_delete=models.SET_NULL, null=True, blank=True, related_name="lots")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="lots")
    product = models.ForeignKey(ProductType, on_delete=models.PROTECT, related_name="lots")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit = models.CharField(max_length=12, choices=Unit.choices)
    gross_grams = models.PositiveBigIntegerField(null=True, blank=True)
    tare_grams = models.PositiveBigIntegerField(null=True, blank=True)
    condition = models.CharField(max_length=12, choices=Condition.choices)
    is_magnetised = models.BooleanField(null=True, blank=True)
    build_year = models.PositiveSmallIntegerField(null=True, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    available_from_on = models.DateField()
    intent = models.CharField(max_length=12, choices=Intent.choices)
    ewc_code = models.CharField(max_length=6, blank=True)
    note = models.TextField(blank=True)

    state = models.CharField(
        max_length=12,
        choices=[(s.value, STATE_LABELS[s]) for s in LotState],
        default=LotState.HELD.value,
    )
    magnet_family = models.CharField(max_length=20, blank=True)
    magnet_grams = models.PositiveBigIntegerField(default=0)
    is_defence = models.BooleanField(default=False)
    holds_cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last hold point of a defence lot was recorded"
    )
    is_demonstration = models.BooleanField(default=False)
    reserved_by = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="reserved_lots"
    )

    # Where it is, fixed when it was logged: the region *then* is what reports count by.
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    outcode = models.CharField(max_length=4, blank=True)
    nation = models.CharField(max_length=20, choices=Nation.choices, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)

    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    state_at = models.DateTimeField(help_text="When the lot came into its present state")

    unscoped = models.Manager.from_queryset(LotQuerySet)()
    objects = ViewerManager(LotQuerySet)

    class Meta:
        ordering = ["-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="lot_quantity_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in LotState]), name="lot_state_known"
            ),
            models.CheckConstraint(
                condition=Q(tare_grams__isnull=True)
                | Q(gross_grams__isnull=True)
                | Q(tare_grams__lte=models.F("gross_grams")),
                name="lot_tare_within_gross",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[LotState.RESERVED, LotState.IN_TRANSIT])
                | Q(reserved_by__isnull=False),
                name="lot_reserved_by_someone",
            ),
            models.CheckConstraint(condition=~Q(lat=0.0, lon=0.0), name="lot_never_at_zero"),
            models.CheckConstraint(
                condition=~Q(state__in=[LotState.RESERVED, LotState.IN_TRANSIT]) | HOLDS_ALLOW_PICKUP,
                name="lot_on_hold_not_collected",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-id"], name="lot_holder_newest"),
            models.Index(fields=["state", "-id"], name="lot_state_newest"),
            models.Index(fields=["nation", "-id"], name="lot_nation_newest"),
            models.Index(fields=["state", "-magnet_grams", "-id"], name="lot_state_heaviest"),
        ]

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """Every lot on its way to a reader passes here."""
        lot = super().from_db(db, field_names, values, **options)
        # Where the field was left out of the query the lot may be one of defence.
        if lot.__dict__.get("is_defence", True):
            note_fetched([lot.pk])
        return lot

    @property
    def is_on_hold(self) -> bool:
        """Whether hold points still stand between a defence lot and any pickup."""
        return not is_collectable(is_defence=self.is_defence, holds_cleared=self.holds_cleared_at is not None)

    @property
    def quantity_text(self) -> str:
        """The quantity as people write it: "120 items", "1.5 MW"."""
        return quantity_words(self.quantity, self.unit)


def quantity_words(quantity: Decimal, unit: str) -> str:
    """ "120 items", "1 item", "1.5 MW"."""
    noun = "item" if unit == Unit.ITEMS and quantity == 1 else Unit(unit).label
    return f"{quantity.normalize():,f} {noun}"


class Lineage(models.Model):
    """Grams that passed from one lot to another when it was divided, merged or dismantled."""

    parent = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="children_links")
    child = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="parent_links")
    grams = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="lineage_once"),
            models.CheckConstraint(condition=~Q(parent=models.F("child")), name="lineage_not_self"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"


class ReferenceSequence(models.Model):
    """The last number given out for references of one kind in one year."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="reference_sequence_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Estimate(models.Model):
    """What a lot was believed to hold, by whom and on what evidence. A new belief is a new row."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="estimates")
    made_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    magnet_low_grams = models.PositiveBigIntegerField()
    magnet_central_grams = models.PositiveBigIntegerField()
    magnet_high_grams = models.PositiveBigIntegerField()
    nd_ppm = models.PositiveIntegerField(default=0)
    pr_ppm = models.PositiveIntegerField(default=0)
    dy_ppm = models.PositiveIntegerField(default=0)
    tb_ppm = models.PositiveIntegerField(default=0)
    sm_ppm = models.PositiveIntegerField(default=0)
    elements = models.JSONField(default=dict, help_text="Element → [low, central, high] grams")
    shared_sd_grams = models.PositiveBigIntegerField(default=0)
    own_variance = models.FloatField(default=0)
    evidence_class = models.CharField(max_length=1)
    method = models.CharField(max_length=120)
    coefficient = models.ForeignKey(ProductCoefficient, on_delete=models.PROTECT, null=True, blank=True)
    coefficient_version = models.CharField(max_length=80, blank=True)
    source = models.TextField(blank=True)
    route_code = models.CharField(max_length=40, blank=True)
    explanation = models.JSONField(default=dict)

    class Meta:
        ordering = ["lot_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(is_current=True), name="one_current_estimate_per_lot"
            ),
            models.CheckConstraint(
                condition=Q(
                    magnet_low_grams__lte=models.F("magnet_central_grams"),
                    magnet_central_grams__lte=models.F("magnet_high_grams"),
                ),
                name="estimate_low_central_high",
            ),
            models.CheckConstraint(
                condition=Q(evidence_class__in=["A", "B", "C", "D", "E"]),
                name="estimate_evidence_class_known",
            ),
        ]
        indexes = [
            # Truths to learn from are few among many estimates.
            models.Index(
                fields=["lot", "id"], condition=Q(evidence_class__in=["A", "B"]), name="estimate_weighed"
            ),
        ]

    def __str__(self) -> str:
        return f"Estimate {self.pk} of lot {self.lot_id}"
