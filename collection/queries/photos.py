"""Photos: shown to those who may see the lot, or to the person whose draft they are in."""

from collection.models import Lot, LotPhoto
from collection.rules.roles import Viewer


def photo_for(viewer: Viewer, photo_id: int) -> LotPhoto:
    """One photo. Raises LotPhoto.DoesNotExist where the viewer may not see it."""
    photo = LotPhoto.objects.select_related("lot", "draft").get(pk=photo_id)
    if photo.lot_id is not None:
        if not Lot.objects.visible_to(viewer).filter(pk=photo.lot_id).exists():
            raise LotPhoto.DoesNotExist
        return photo
    draft = photo.draft
    if draft is None or (draft.user_id, draft.organisation_id) != (viewer.user_id, viewer.organisation_id):
        raise LotPhoto.DoesNotExist
    return photo
