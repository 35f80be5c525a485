"""Watched sources: what is not scrap yet, with the day and the magnets expected of it."""

from django.db import models
from django.db.models import F, Q

from collection.models.lots import Lot, Unit
from collection.models.people import Nation, Organisation, User
from collection.models.places import Site
from collection.models.reference import ProductType, Region
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.models.sources import Source, SourceKind
from collection.rules.roles import OrganisationKind, Role, Viewer


class WatchState(models.TextChoices):
    WATCHED = "watched", "Expected"
    ARISEN = "arisen", "Has arisen"
    CLOSED = "closed", "Will not arise"


class WatchedSourceQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "WatchedSourceQuerySet":
        """Holders see their own; planners what may come to them, regulators their nation's. What is defence's
        needs clearance unless it is the holder's own."""
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        need_to_know = Q() if viewer.is_defence_cleared else Q(is_defence=False)
        if viewer.organisation_kind == OrganisationKind.COLLECTOR:
            return self.filter(organisation_id=viewer.organisation_id)
        if viewer.organisation_kind == OrganisationKind.REGULATOR:
            within = Q(nation=viewer.nation) if viewer.nation else Q()
            return self.filter(within, need_to_know)
        if viewer.is_role(Role.PLANNER) or viewer.is_role(Role.ORGANISATION_ADMIN):
            return self.filter(need_to_know)
        return self.none()


class WatchedSource(models.Model):
    """Something that will become lots: when (between two days), and what it should hold, as estimated then."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    submission_id = models.UUIDField(unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="watched_sources")
    name = models.CharField(max_length=160)
    source_kind = models.CharField(max_length=12, choices=SourceKind.choices)
    source = models.ForeignKey(
        Source, on_delete=models.SET_NULL, null=True, blank=True, related_name="watched"
    )
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    product = models.ForeignKey(ProductType, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit = models.CharField(max_length=12, choices=Unit.choices)
    expected_from_on = models.DateField()
    expected_to_on = models.DateField()
    note = models.TextField(blank=True)
    is_defence = models.BooleanField(default=False)
    nation = models.CharField(max_length=20, choices=Nation.choices, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    magnet_low_grams = models.PositiveBigIntegerField()
    magnet_central_grams = models.PositiveBigIntegerField()
    magnet_high_grams = models.PositiveBigIntegerField()
    shared_sd_grams = models.PositiveBigIntegerField(default=0)
    own_variance = models.FloatField(default=0)
    elements = models.JSONField(default=dict, help_text="Element → [low, central, high] grams")
    method = models.CharField(max_length=120)
    coefficient_version = models.CharField(max_length=80, blank=True)
    estimate_source = models.TextField(blank=True)
    estimated_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=WatchState.choices, default=WatchState.WATCHED)
    state_at = models.DateTimeField()
    closed_why = models.CharField(max_length=300, blank=True)
    remind_on = models.DateField(null=True, blank=True, help_text="The next day its holder is reminded")
    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    unscoped = models.Manager.from_queryset(WatchedSourceQuerySet)()
    objects = ViewerManager(WatchedSourceQuerySet)

    class Meta:
        ordering = ["expected_from_on", "id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="watched_quantity_positive"),
            models.CheckConstraint(
                condition=Q(expected_from_on__lte=F("expected_to_on")), name="watched_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(magnet_low_grams__lte=F("magnet_central_grams"))
                & Q(magnet_central_grams__lte=F("magnet_high_grams")),
                name="watched_low_central_high",
            ),
            models.CheckConstraint(
                condition=Q(state="watched") | Q(remind_on__isnull=True), name="watched_reminds_while_watched"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "expected_from_on"], name="watched_of_holder"),
            models.Index(
                fields=["remind_on"], condition=Q(remind_on__isnull=False), name="watched_reminder_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def quantity_text(self) -> str:
        """The quantity as people write it: "120 items", "1.5 MW"."""
        return f"{self.quantity.normalize():,f} {Unit(self.unit).label}"


class Arrival(models.Model):
    """A lot that came from a watched source."""

    watched = models.ForeignKey(WatchedSource, on_delete=models.CASCADE, related_name="arrivals")
    lot = models.OneToOneField(Lot, on_delete=models.CASCADE, related_name="arrival")

    class Meta:
        ordering = ["watched_id", "id"]

    def __str__(self) -> str:
        return f"{self.lot_id} from {self.watched_id}"
