"""The scrap metal dealer's record of a receipt: personal details, in a table of their own, seen by few."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.people import Organisation, User
from collection.models.scoping import ScopedQuerySet, ViewerManager
from collection.rules.dealer_record import DOCUMENT_LABELS, PAYMENT_LABELS
from collection.rules.roles import Permission, Role, Viewer


class DealerRecordQuerySet(ScopedQuerySet):
    def visible_to(self, viewer: Viewer) -> "DealerRecordQuerySet":
        """The dealer's own people who log lots, and nobody else: it names sellers and where they live."""
        if viewer.is_role(Role.PRODUCT_ADMIN):
            return self
        if not viewer.may(Permission.CHANGE_OWN_LOT):
            return self.none()
        return self.filter(dealer_id=viewer.organisation_id)


class DealerRecord(models.Model):
    """One receipt of metal by a dealer in England or Wales; never cash.

    A correction is a new row with its reason; the row it replaces stays, and only the last is current.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="dealer_records")
    is_current = models.BooleanField(default=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was corrected")
    dealer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="dealer_records")
    form = models.CharField(max_length=100)
    condition = models.CharField(max_length=100)
    marks = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    vehicle = models.CharField(max_length=10, blank=True)
    seller_name = models.CharField(max_length=120)
    seller_address = models.CharField(max_length=400)
    document = models.CharField(
        max_length=24, choices=[(document.value, label) for document, label in DOCUMENT_LABELS.items()]
    )
    document_reference = models.CharField(max_length=100)
    paid_by = models.CharField(max_length=120)
    payment = models.CharField(
        max_length=12, choices=[(payment.value, label) for payment, label in PAYMENT_LABELS.items()]
    )
    payment_reference = models.CharField(max_length=100, blank=True)
    keep_until = models.DateField(help_text="The law asks for three years from the receipt")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    unscoped = models.Manager()
    objects = ViewerManager(DealerRecordQuerySet)

    class Meta:
        ordering = ["-received_at", "-id"]
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(is_current=True), name="one_current_dealer_record_per_lot"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, reason="") | (Q(replaces__isnull=False) & ~Q(reason="")),
                name="dealer_correction_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(payment__in=[payment.value for payment in PAYMENT_LABELS]),
                name="dealer_never_pays_cash",
            ),
            models.CheckConstraint(
                condition=Q(payment="not_paid") | ~Q(payment_reference=""), name="dealer_payment_has_evidence"
            ),
        ]
        indexes = [models.Index(fields=["dealer", "-received_at", "-id"], name="dealer_record_newest")]

    def __str__(self) -> str:
        return f"Dealer's record of lot {self.lot_id}"
