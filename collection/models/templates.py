"""Named beginnings of a lot, shared inside an organisation."""

from django.db import models

from collection.models.people import Organisation, User


class LotTemplate(models.Model):
    """What stays the same from lot to lot, under a name: page → field → text, as a draft keeps it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="lot_templates")
    name = models.CharField(max_length=60)
    pages = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="template_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
