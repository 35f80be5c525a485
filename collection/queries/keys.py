"""A person's keys for software."""

from django.db.models import QuerySet

from collection.models import ApiToken
from collection.rules.roles import Viewer


def keys_of(viewer: Viewer) -> "QuerySet[ApiToken, ApiToken]":
    """The viewer's own keys for the organisation they act for that still work, newest first."""
    keys = ApiToken.objects.filter(
        user_id=viewer.user_id, organisation_id=viewer.organisation_id, revoked_at=None
    )
    return keys.select_related("organisation").order_by("-pk")
