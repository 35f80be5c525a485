"""Who did what to which lot, when. Append-only, from a closed list of verbs."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.rules.lifecycle import Verb


class Event(models.Model):
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20, choices=[(v.value, v.value.replace("_", " ")) for v in Verb])
    at = models.DateTimeField(help_text="When it happened")
    recorded_at = models.DateTimeField(help_text="When the register learnt of it")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["lot_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=[v.value for v in Verb]), name="event_verb_known")
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.verb}"
