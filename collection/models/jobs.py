"""Rows that are queues: work waiting in the database, taken by a lease, found again when a worker dies.

The message that travels through the broker is only a nudge. A row is taken by compare-and-set on its lease,
so two workers cannot hold it, and a lease that runs out gives it back.
"""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import User


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class LeasedJob(models.Model):
    """Columns of a row that one worker at a time may hold."""

    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    requested_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class AssessmentDue(models.Model):
    """A lot whose estimate or score must be looked at again. The row goes when that is done."""

    lot = models.OneToOneField(Lot, on_delete=models.CASCADE, primary_key=True, related_name="assessment_due")
    requested_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["requested_at"], name="assessment_due_oldest")]

    def __str__(self) -> str:
        return f"lot {self.lot_id} due since {self.requested_at}"


class Heartbeat(models.Model):
    """When a part of the system last showed it is alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Notification(models.Model):
    """Something a person should know. The e-mail is sent from this row; `dedupe_key` makes it once."""

    class EmailState(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        NOT_WANTED = "not_wanted", "Not wanted"
        FAILED = "failed", "Failed"

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=160)
    body = models.TextField()
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    email_state = models.CharField(max_length=10, choices=EmailState.choices, default=EmailState.WAITING)
    email_leased_until = models.DateTimeField(null=True, blank=True)
    email_attempts = models.PositiveSmallIntegerField(default=0)
    dedupe_key = models.CharField(max_length=120)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key"], name="notification_once_per_person")
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_newest"),
            models.Index(
                fields=["id"], condition=Q(email_state="waiting"), name="notification_email_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.title
