"""Two lots that may be the same thing, shown to a person, and what the person decided."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.look_alikes import DECISION_LABELS, LIKENESS_LABELS, Decision, Likeness
from collection.rules.roles import OrganisationKind, Role, Viewer


class LookAlikeQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "LookAlikeQuerySet":
        """Whoever was asked; a regulator sees a pair when both its lots are theirs to see."""
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        if viewer.organisation_kind == OrganisationKind.REGULATOR:
            lots = Lot.objects.visible_to(viewer).order_by().values("pk")
            return self.filter(Q(lot=None) | Q(lot__in=lots), other__in=lots)
        return self.filter(organisation_id=viewer.organisation_id)


class LookAlike(models.Model):
    """Asked when a lot was about to be logged that looked like `other`; `lot` is there once it was logged.

    The row is written when the question is asked, so a question that nobody answered is seen too.
    """

    submission_id = models.UUIDField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="look_alikes")
    other = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="looked_like")
    likeness = models.CharField(
        max_length=10, choices=[(one.value, LIKENESS_LABELS[one]) for one in Likeness]
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_of = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(
        max_length=12, choices=[(one.value, DECISION_LABELS[one]) for one in Decision], blank=True
    )
    words = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    unscoped = models.Manager()
    objects = ViewerManager(LookAlikeQuerySet)

    class Meta:
        ordering = ["-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["submission_id", "other"], name="look_alike_asked_once"),
            models.CheckConstraint(condition=~Q(lot=models.F("other")), name="look_alike_not_itself"),
            models.CheckConstraint(
                condition=Q(decision="") | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="look_alike_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} like lot {self.other_id}"
