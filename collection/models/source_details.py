"""What only one kind of source can tell of a lot, and the number that tells the thing from all others."""

from django.db import models
from django.db.models import Q

from collection.models.lots import Lot
from collection.models.reference import SupplyClass, TurbineModel
from collection.rules.sources import DRIVE_LABELS, SCANNER_LABELS, Drive, ScannerMagnet

DRIVES = [(drive.value, DRIVE_LABELS[drive]) for drive in Drive]
SCANNER_MAGNETS = [(magnet.value, SCANNER_LABELS[magnet]) for magnet in ScannerMagnet]


class SourceDetails(models.Model):
    """A vehicle's drive, a turbine's model, a scanner's magnet, a stock number, a nameplate.

    The turbine's figures are kept as they were in the table when the lot was logged. `identity_key` is the
    same for two lots of the same thing, whoever logged them.
    """

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="details")
    identity_key = models.CharField(max_length=160, blank=True)
    drive = models.CharField(max_length=20, choices=DRIVES, blank=True)
    turbine_model = models.ForeignKey(
        TurbineModel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    turbine_name = models.CharField(max_length=150, blank=True)
    rated_mw = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    drive_train = models.CharField(max_length=40, blank=True)
    generator = models.CharField(max_length=10, blank=True)
    generator_has_magnets = models.BooleanField(null=True, blank=True)
    scanner_magnet = models.CharField(max_length=20, choices=SCANNER_MAGNETS, blank=True)
    stock_number = models.CharField(max_length=16, blank=True)
    supply_class = models.ForeignKey(
        SupplyClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    maker = models.CharField(max_length=60, blank=True)
    model_name = models.CharField(max_length=80, blank=True)
    power_kw = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)

    class Meta:
        verbose_name_plural = "source details"
        constraints = [
            models.CheckConstraint(
                condition=Q(drive="") | Q(drive__in=[drive.value for drive in Drive]), name="drive_known"
            ),
            models.CheckConstraint(
                condition=Q(stock_number="") | Q(supply_class__isnull=False), name="stock_number_has_class"
            ),
        ]
        indexes = [
            models.Index(fields=["identity_key"], condition=~Q(identity_key=""), name="details_identity")
        ]

    def __str__(self) -> str:
        return f"Details of lot {self.lot_id}"
