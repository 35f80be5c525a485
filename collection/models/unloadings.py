"""Calls at the plant between two trips of a round."""

from django.db import models

from collection.models.people import User
from collection.models.rounds import Round


class Unloading(models.Model):
    """The vehicle is emptied at the plant after a trip and goes again. Reached by its round only.

    Trips are those of `Pickup.trip`. Where no stop is left on one side of it the call falls away by itself
    (`queries.unloadings`).
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="unloadings")
    after_trip = models.PositiveSmallIntegerField()
    planned_arrival_at = models.DateTimeField()
    expected_arrival_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["round_id", "after_trip"]
        constraints = [
            models.UniqueConstraint(fields=["round", "after_trip"], name="one_unloading_after_a_trip")
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: after trip {self.after_trip}"
