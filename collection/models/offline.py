"""What the register gives a phone in advance, so that it can work without signal."""

from django.db import models

from collection.models.people import Organisation, User


class ReservedReference(models.Model):
    """A lot's reference that one person's phone holds, to be written on a lot logged without signal.

    The number is out of the sequence for good: what a phone never uses is never given to anybody else.
    """

    reference = models.CharField(max_length=16, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    device = models.UUIDField(help_text="Made by the phone, which knows itself by it")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="After this the phone gives it to no new lot")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["user", "organisation", "device"],
                condition=models.Q(used_at__isnull=True),
                name="reserved_reference_unused",
            )
        ]

    def __str__(self) -> str:
        return self.reference
