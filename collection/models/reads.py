"""Who looked at which defence lot, when and how: need to know is only worth what its log is worth."""

from django.db import models

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.roles import OrganisationKind, Role, Viewer


class LotReadQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "LotReadQuerySet":
        """The holder of the lot, and a cleared regulator of its nation."""
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        if viewer.organisation_kind == OrganisationKind.COLLECTOR:
            return self.filter(lot__holder_id=viewer.organisation_id)
        if viewer.organisation_kind == OrganisationKind.REGULATOR and viewer.is_defence_cleared:
            return self.filter(lot__nation=viewer.nation) if viewer.nation else self
        return self.none()


class LotRead(models.Model):
    """One person's looks at one defence lot on one day through one door: the first, the last, how many."""

    class Door(models.TextChoices):
        PAGE = "page", "Its page"
        LIST = "list", "A list or map"
        FILE = "file", "A photo, paper, label or file"
        API = "api", "API"

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reads")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=4, choices=Door.choices)
    on = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    unscoped = models.Manager()
    objects = ViewerManager(LotReadQuerySet)

    class Meta:
        ordering = ["-last_at", "-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "reader", "organisation", "door", "on"], name="lot_read_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} read lot {self.lot_id}"
