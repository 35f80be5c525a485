"""Papers about a lot: weighbridge tickets, certificates, consignment notes."""

from django.db import models

from collection.models.lots import Lot
from collection.models.people import User


class PaperKind(models.TextChoices):
    WEIGHBRIDGE = "weighbridge", "Weighbridge ticket"
    CERTIFICATE = "certificate", "Certificate of analysis or destruction"
    CONSIGNMENT = "consignment", "Consignment note"
    TRANSFER = "transfer", "Waste transfer note"
    OTHER = "other", "Another paper"


class LotPaper(models.Model):
    """A file about a lot as it came (PDF) or redrawn (a photograph of a paper), with who added it and why."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=12, choices=PaperKind.choices)
    number = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=300, blank=True)
    file = models.FileField(upload_to="papers/%Y/%m/")
    thumbnail = models.FileField(upload_to="papers/%Y/%m/", blank=True)
    name = models.CharField(max_length=120, help_text="What the file was called, for people")
    media_type = models.CharField(max_length=40)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["lot_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "sha256"], name="paper_once_per_lot"),
            models.CheckConstraint(
                condition=models.Q(media_type__in=["application/pdf", "image/jpeg"]),
                name="paper_media_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()
