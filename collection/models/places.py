"""Places: plants that receive magnets and the sites they are fetched from."""

from django.db import models
from django.db.models import Q

from collection.models.people import Organisation
from collection.models.reference import Region
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.roles import Role, Viewer


class Facility(models.Model):
    """A plant of the national loop, from the facility register."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    operator_name = models.CharField(max_length=160)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="facilities"
    )
    town = models.CharField(max_length=80)
    nation = models.CharField(max_length=20)
    lat = models.FloatField()
    lon = models.FloatField()
    accepts_lots = models.BooleanField()
    route_code = models.CharField(max_length=40, blank=True)
    capacity_t_per_year = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    planned_capacity_t_per_year = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    status = models.CharField(max_length=200, blank=True)
    status_as_of = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    authorisation_number = models.CharField(max_length=40, blank=True)
    authorisation_expires_on = models.DateField(null=True, blank=True)
    permitted_ewc_codes = models.JSONField(
        default=list, blank=True, help_text="Six digits each; empty where the permit's list is not recorded"
    )
    permitted_t_per_year = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    opens_at = models.TimeField(default="07:00")
    closes_at = models.TimeField(default="18:00")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return self.name


class PointPrecision(models.TextChoices):
    EXACT = "exact", "Exact point"
    ADDRESS = "address", "Looked up by address"
    POSTCODE = "postcode", "Full postcode"
    OUTCODE = "outcode", "About: first half of the postcode"
    NONE = "none", "No point yet"


class SiteQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "SiteQuerySet":
        """Holders see their own sites; others see places through the lots they may see."""
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        return self.filter(organisation_id=viewer.organisation_id)


class Site(models.Model):
    """A saved place of a holder: a yard, a depot, a dismantling site. Never at 0,0: no point is null."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    precision = models.CharField(max_length=10, choices=PointPrecision.choices, default=PointPrecision.NONE)
    precision_km = models.FloatField(null=True, blank=True)
    nation = models.CharField(max_length=20, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True)
    opens_at = models.TimeField(default="08:00")
    closes_at = models.TimeField(default="17:00")
    open_days = models.CharField(max_length=7, default="12345", help_text="Monday is 1, Sunday 7")
    largest_vehicle = models.CharField(max_length=20, blank=True)
    has_lifting_gear = models.BooleanField(default=False)
    needs_appointment = models.BooleanField(default=False)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    # A better point than the postcode's is wanted from the geocoder since then; the row is the queue.
    lookup_wanted_at = models.DateTimeField(null=True, blank=True)
    lookup_attempts = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)

    unscoped = models.Manager()
    objects = ViewerManager(SiteQuerySet)

    class Meta:
        ordering = ["name"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.CheckConstraint(
                condition=(Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False)),
                name="site_point_whole",
            ),
            models.CheckConstraint(condition=~Q(lat=0.0, lon=0.0), name="site_never_at_zero"),
            models.CheckConstraint(
                condition=Q(open_days__regex=r"^1?2?3?4?5?6?7?$") & ~Q(open_days=""), name="site_open_days"
            ),
            models.UniqueConstraint(fields=["organisation", "name"], name="site_name_once_per_organisation"),
        ]
        indexes = [
            models.Index(
                fields=["lookup_wanted_at"],
                condition=Q(lookup_wanted_at__isnull=False),
                name="site_lookup_wanted",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LookedUpAddress(models.Model):
    """What the geocoder once answered: an address is asked for once, however many places share it."""

    words = models.CharField(max_length=250, unique=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    precision_km = models.FloatField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False)),
                name="looked_up_point_whole",
            ),
            models.CheckConstraint(condition=~Q(lat=0.0, lon=0.0), name="looked_up_never_at_zero"),
        ]

    def __str__(self) -> str:
        return self.words
