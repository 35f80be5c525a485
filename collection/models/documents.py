"""Photos of lots and the drafts of people still typing."""

import uuid

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.watched import WatchedSource


class LotDraft(models.Model):
    """A lot being logged: every answered page is kept here, so no time-out or sign-out loses it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lot_drafts")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="lot_drafts")
    submission_id = models.UUIDField(default=uuid.uuid4, unique=True)
    answers = models.JSONField(default=dict)
    watched = models.ForeignKey(
        WatchedSource, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts"
    )
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return f"Draft of {self.user_id}"


class LotPhoto(models.Model):
    """A re-encoded picture of a lot, stripped of everything the phone wrote into it."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    draft = models.ForeignKey(
        LotDraft, on_delete=models.SET_NULL, null=True, blank=True, related_name="photos"
    )
    pickup = models.ForeignKey(
        "Pickup", on_delete=models.SET_NULL, null=True, blank=True, related_name="photos"
    )
    file = models.FileField(upload_to="photos/%Y/%m/")
    thumbnail = models.FileField(upload_to="photos/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "sha256"], condition=Q(lot__isnull=False), name="photo_once_per_lot"
            )
        ]

    def __str__(self) -> str:
        return f"Photo {self.pk}"
