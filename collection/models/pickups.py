"""Pickups: one collection at one site, its lots, and what the plant weighed in."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.places import Facility, Site
from collection.models.rounds import Round
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.roles import OrganisationKind, Role, Viewer


class PickupState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    COLLECTED = "collected", "Collected"
    PARTLY_COLLECTED = "partly", "Partly collected"
    FAILED = "failed", "Not collected"
    CANCELLED = "cancelled", "Cancelled"


class HolderAnswer(models.TextChoices):
    """What the holder says to the proposed day and time."""

    WAITING = "waiting", "Not answered yet"
    ACCEPTED = "accepted", "Accepted"
    OTHER_TIME = "other_time", "Asks for another time"
    REFUSED = "refused", "Refused"


class FailureReason(models.TextChoices):
    CLOSED = "closed", "Site closed or nobody there"
    NOT_READY = "not_ready", "Lot not ready"
    NOT_THERE = "not_there", "Lot no longer there"
    NOT_AS_DESCRIBED = "not_as_described", "Not as described"
    UNSAFE = "unsafe", "Not safe to load"
    NO_ROOM = "no_room", "No room on the vehicle"
    VEHICLE = "vehicle", "Vehicle trouble"
    REFUSED = "refused", "Holder refused"


class PickupQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "PickupQuerySet":
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        if viewer.organisation_kind == OrganisationKind.COLLECTOR:
            return self.filter(holder_id=viewer.organisation_id)
        return self.filter(round__in=Round.objects.visible_to(viewer).order_by().values("pk"))


class Pickup(models.Model):
    """One collection at one site by one round."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pickups")
    sequence = models.PositiveSmallIntegerField()
    trip = models.PositiveSmallIntegerField(
        default=1, help_text="Which trip of the round, from 1: the vehicle unloads at the plant between two"
    )
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pickups")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="pickups")
    place_name = models.CharField(max_length=160)
    lat = models.FloatField()
    lon = models.FloatField()
    state = models.CharField(max_length=10, choices=PickupState.choices, default=PickupState.SCHEDULED)
    planned_arrival_at = models.DateTimeField()
    service_minutes = models.PositiveSmallIntegerField()
    why = models.TextField(blank=True)

    # The promise: the vehicle comes between these two. What was asked for instead stands beside it.
    slot_starts_at = models.DateTimeField(null=True, blank=True)
    slot_ends_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=HolderAnswer.choices, default=HolderAnswer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer_words = models.CharField(max_length=300, blank=True)
    asked_starts_at = models.DateTimeField(null=True, blank=True)
    asked_ends_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    # On the day: when it is expected by what happened so far, and whom that was said to.
    expected_arrival_at = models.DateTimeField(null=True, blank=True)
    warned_late_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failure_reason = models.CharField(max_length=20, choices=FailureReason.choices, blank=True)
    note = models.TextField(blank=True)
    signed_by = models.CharField(max_length=120, blank=True)
    signature = models.JSONField(
        default=list, blank=True, help_text="Strokes of the holder's signature: lists of [x, y], 0 to 1000"
    )
    carrier_signed_by = models.CharField(
        max_length=120, blank=True, help_text="The driver's name, who took over"
    )
    submission_id = models.UUIDField(null=True, blank=True, unique=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    unscoped = models.Manager()
    objects = ViewerManager(PickupQuerySet)

    class Meta:
        ordering = ["round_id", "sequence"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["round", "sequence"], name="pickup_sequence_once"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure_reason=""), name="failed_pickup_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(slot_starts_at__isnull=True, slot_ends_at__isnull=True)
                | Q(slot_starts_at__lt=models.F("slot_ends_at")),
                name="pickup_slot_whole",
            ),
            models.CheckConstraint(
                condition=~Q(answer="other_time")
                | Q(asked_starts_at__lt=models.F("asked_ends_at"), asked_starts_at__isnull=False),
                name="other_time_says_when",
            ),
            models.CheckConstraint(condition=Q(answer__in=HolderAnswer.values), name="pickup_answer_known"),
        ]

    def __str__(self) -> str:
        return self.reference


class PickupLot(models.Model):
    """A lot on a pickup: planned, then collected or left. A lot is on one live pickup at a time."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        COLLECTED = "collected", "Collected"
        LEFT = "left", "Left behind"
        CANCELLED = "cancelled", "Cancelled"

    pickup = models.ForeignKey(Pickup, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="pickup_lots")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_gross_grams = models.PositiveBigIntegerField()
    planned_magnet_grams = models.PositiveBigIntegerField(default=0)
    planned_saved_grams = models.PositiveBigIntegerField(default=0)
    collected_gross_grams = models.PositiveBigIntegerField(null=True, blank=True)
    is_label_scanned = models.BooleanField(
        default=False, help_text="The driver scanned or typed what is written on its label"
    )
    failure_reason = models.CharField(max_length=20, choices=FailureReason.choices, blank=True)

    class Meta:
        ordering = ["pickup_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pickup", "lot"], name="lot_once_per_pickup"),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(state="planned"), name="lot_on_one_live_pickup"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pickup_id}: lot {self.lot_id}"


class ReceiptQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "ReceiptQuerySet":
        return self.filter(lot__in=Lot.objects.visible_to(viewer).order_by().values("pk"))


class Receipt(models.Model):
    """What a plant weighed in for one lot: gross, tare and net, and the magnet mass found."""

    reference = models.CharField(max_length=16, unique=True, editable=False)
    submission_id = models.UUIDField(unique=True)
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="receipt")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="receipts")
    received_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    gross_grams = models.PositiveBigIntegerField()
    tare_grams = models.PositiveBigIntegerField()
    net_grams = models.PositiveBigIntegerField()
    expected_net_grams = models.PositiveBigIntegerField(null=True, blank=True)
    difference_reason = models.CharField(max_length=200, blank=True)
    magnet_grams = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Freed magnets weighed at the plant, where that was done"
    )
    weighbridge_ticket = models.CharField(max_length=40, blank=True)

    unscoped = models.Manager()
    objects = ViewerManager(ReceiptQuerySet)

    class Meta:
        ordering = ["-received_at", "-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_grams=models.F("net_grams") + models.F("tare_grams")),
                name="receipt_gross_is_net_and_tare",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ProcessingRecord(models.Model):
    """What became of a received lot in the plant: retained and residue grams of magnet material."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="processing")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="processing")
    submission_id = models.UUIDField(unique=True)
    route_code = models.CharField(max_length=40)
    batch = models.CharField(max_length=60)
    retained_grams = models.PositiveBigIntegerField()
    residue_grams = models.PositiveBigIntegerField()
    processed_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-processed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.batch} (lot {self.lot_id})"


class DestinationClass(models.TextChoices):
    EU_EFTA = "eu_efta", "EU or EFTA"
    OECD = "oecd", "Other OECD country"
    NON_OECD = "non_oecd", "Country outside the OECD"
    UNKNOWN = "unknown", "Not known"


class Departure(models.Model):
    """How a lot left without being retained: exported or lost, where to, and how that is known."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="departure")
    kind = models.CharField(max_length=8, choices=[("exported", "Exported"), ("lost", "Lost")])
    happened_on = models.DateField()
    destination_class = models.CharField(
        max_length=10, choices=DestinationClass.choices, default=DestinationClass.UNKNOWN
    )
    country = models.CharField(max_length=60, blank=True)
    port = models.CharField(max_length=80, blank=True)
    explanation = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-happened_on", "-id"]

    def __str__(self) -> str:
        return f"lot {self.lot_id} {self.kind}"
