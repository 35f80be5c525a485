"""Printed labels: a token on the goods that leads to the lot."""

import secrets

from django.db import models

from collection.models.lots import Lot
from collection.models.people import User

TOKEN_BYTES = 12


def new_token() -> str:
    """Ninety-six random bits: nobody finds a lot by trying, and the token itself says nothing of it."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class LotLabel(models.Model):
    """What is stuck on a lot (`container` 0) or on one of its containers. Printing again keeps the token."""

    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="labels")
    container = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["lot_id", "container"]
        constraints = [models.UniqueConstraint(fields=["lot", "container"], name="label_once_per_container")]

    def __str__(self) -> str:
        return f"Label {self.container} of lot {self.lot_id}"
