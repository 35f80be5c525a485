"""How long a stop takes, learnt from stops that were recorded: a version a fit, one in use."""

from django.db import models
from django.db.models import Q

from collection.models.people import Organisation, User
from collection.models.rounds import OwnOrganisationQuerySet
from collection.models.scoping import ViewerManager


class ServiceTimes(models.Model):
    """One fit of an organisation's stops. `site_minutes` is what single sites take beyond the rest."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACTIVE = "active", "In use"
        RETIRED = "retired", "Retired"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="service_times")
    version = models.PositiveIntegerField()
    fitted_at = models.DateTimeField()
    stops = models.PositiveIntegerField(help_text="How many recorded stops it rests on")
    stop_minutes = models.FloatField()
    minutes_per_tonne = models.FloatField()
    site_minutes = models.JSONField(default=dict, help_text="Site id → minutes more or less than the rest")
    figures = models.JSONField(default=dict, help_text="Intervals and the error before and after")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    unscoped = models.Manager()
    objects = ViewerManager(OwnOrganisationQuerySet)

    class Meta:
        ordering = ["-version"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="service_times_version_once"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="active"), name="one_service_times_in_use"
            ),
            models.CheckConstraint(
                condition=Q(stop_minutes__gte=0, minutes_per_tonne__gte=0),
                name="service_times_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: service times {self.version}"
