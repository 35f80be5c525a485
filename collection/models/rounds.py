"""Vehicles, plans and rounds: one round is one vehicle's day."""

import uuid
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import Q

from collection.models.fetched import note_fetched
from collection.models.jobs import LeasedJob
from collection.models.people import Organisation, User
from collection.models.places import Facility, Site
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.planning.answer import lot_ids_in
from collection.rules.planning.unloading import MOST_TRIPS
from collection.rules.roles import OrganisationKind, Role, Viewer


class VehicleProfile(models.TextChoices):
    VAN = "van", "Van, up to 3.5 t"
    HGV = "hgv", "Lorry"


class OwnOrganisationQuerySet(ScopedQuerySet):
    """Rows of the viewer's own organisation; the product administrator sees all."""

    def visible_to(self, viewer: Viewer) -> "OwnOrganisationQuerySet":
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        return self.filter(organisation_id=viewer.organisation_id)


class Vehicle(models.Model):
    """A vehicle of a recycler or its carrier, with what it carries and what it costs."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="vehicles")
    name = models.CharField(max_length=80)
    registration = models.CharField(max_length=10)
    depot = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="vehicles")
    profile = models.CharField(max_length=4, choices=VehicleProfile.choices)
    capacity_kg = models.PositiveIntegerField()
    pallets = models.PositiveSmallIntegerField()
    cost_per_day_pence = models.PositiveIntegerField(default=6000)
    cost_per_km_pence = models.PositiveIntegerField(default=45)
    cost_per_hour_pence = models.PositiveIntegerField(default=2200)
    shift_starts_at = models.TimeField(default="06:00")
    shift_ends_at = models.TimeField(default="18:00")
    skills = models.JSONField(default=list, blank=True)
    most_trips = models.PositiveSmallIntegerField(
        default=1,
        help_text="How often a day it may leave the plant: it is unloaded there between two trips",
    )
    is_active = models.BooleanField(default=True)
    carrier_name = models.CharField(
        max_length=160, blank=True, help_text="Who carries, where it is not the organisation itself"
    )
    carrier_registration = models.CharField(max_length=40, blank=True)
    carrier_registration_expires_on = models.DateField(null=True, blank=True)
    tested_until_on = models.DateField(null=True, blank=True, help_text="Last day of its MOT or annual test")
    calendar_token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    unscoped = models.Manager()
    objects = ViewerManager(OwnOrganisationQuerySet)

    class Meta:
        ordering = ["name"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "registration"], name="vehicle_registration_once"
            ),
            models.CheckConstraint(condition=Q(capacity_kg__gt=0, pallets__gt=0), name="vehicle_carries"),
            models.CheckConstraint(
                condition=Q(most_trips__range=(1, MOST_TRIPS)), name="vehicle_makes_some_trips"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Plan(LeasedJob):
    """A request for rounds, its progress and its answer. Nothing is reserved until it is confirmed."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="plans")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="plans")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    from_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    vehicles = models.ManyToManyField(Vehicle, related_name="plans")
    settings = models.JSONField(default=dict)
    seconds = models.PositiveSmallIntegerField(default=20)
    seed = models.PositiveIntegerField(default=1)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    progress = models.JSONField(default=dict, blank=True)
    problem = models.JSONField(default=dict, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    based_on = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="changed_plans"
    )
    changes = models.JSONField(
        default=list, blank=True, help_text="What the planner changed since the lots were read, in order"
    )
    regular = models.ForeignKey(
        "RegularRound", on_delete=models.SET_NULL, null=True, blank=True, related_name="plans"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    unscoped = models.Manager()
    objects = ViewerManager(OwnOrganisationQuerySet)

    class Meta:
        ordering = ["-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        indexes = [
            models.Index(
                fields=["requested_at"], condition=Q(state__in=["waiting", "running"]), name="plan_queue"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["regular", "from_on"],
                condition=Q(regular__isnull=False, based_on__isnull=True),
                name="one_plan_per_regular_round_and_day",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """An answer names lots without fetching them: who reads it reads them."""
        plan = super().from_db(db, field_names, values, **options)
        loaded = plan.__dict__
        note_fetched(lot_ids_in(loaded.get("answer") or {}))
        note_fetched(lot_ids_in((loaded.get("progress") or {}).get("sketch") or {}))
        return plan


class RegularRound(models.Model):
    """A round that comes again every week on the same weekdays, to the same sites."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="regular_rounds")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="regular_rounds")
    name = models.CharField(max_length=80)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="regular_rounds")
    sites = models.ManyToManyField(Site, related_name="regular_rounds")
    weekdays = models.JSONField(help_text="Monday is 0")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    days_ahead = models.PositiveSmallIntegerField(default=3, help_text="Working days between plan and round")
    settings = models.JSONField(default=dict, help_text="The wishes its plans are made with")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    unscoped = models.Manager()
    objects = ViewerManager(OwnOrganisationQuerySet)

    class Meta:
        ordering = ["name"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="regular_round_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="regular_round_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoundState(models.TextChoices):
    CONFIRMED = "confirmed", "Confirmed"
    UNDER_WAY = "under_way", "Under way"
    UNLOADED = "unloaded", "Unloaded"
    CANCELLED = "cancelled", "Cancelled"


class RoundQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "RoundQuerySet":
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        if viewer.organisation_kind != OrganisationKind.RECYCLER:
            return self.none()
        own = self.filter(organisation_id=viewer.organisation_id)
        if viewer.is_role(Role.PLANNER) or viewer.is_role(Role.ORGANISATION_ADMIN):
            return own
        return own.filter(driver_id=viewer.user_id)


class Round(models.Model):
    """One vehicle's day."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="rounds")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="rounds")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="rounds")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="rounds")
    driver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="rounds")
    on = models.DateField()
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.CONFIRMED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    distance_metres = models.PositiveIntegerField()
    driving_minutes = models.PositiveIntegerField()
    cost_pence = models.PositiveIntegerField()
    left_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    driven_metres = models.PositiveIntegerField(null=True, blank=True, help_text="From the odometer")
    broken_down_at = models.DateTimeField(null=True, blank=True)

    unscoped = models.Manager()
    objects = ViewerManager(RoundQuerySet)

    class Meta:
        ordering = ["on", "id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["driver", "on"], name="round_driver_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle", "on"],
                condition=~Q(state="cancelled"),
                name="one_round_per_vehicle_and_day",
            )
        ]

    def __str__(self) -> str:
        return self.reference
