"""What an organisation's own papers say of it."""

from collection.models import Organisation
from collection.rules.roles import Permission, Viewer, require


def save_sic_code(viewer: Viewer, sic_code: str) -> None:
    """Keep what the viewer's organisation does for a living, five digits or none, for its transfer notes."""
    require(viewer, Permission.ANSWER_PICKUP)
    Organisation.objects.filter(pk=viewer.organisation_id).update(sic_code=sic_code)
