"""Secret addresses of calendar feeds: a new one closes the old at once."""

import uuid

from collection.models import Organisation, Vehicle
from collection.rules.roles import Permission, Viewer, require


def renew_vehicle_calendar(viewer: Viewer, vehicle_id: int) -> None:
    require(viewer, Permission.MANAGE_VEHICLES)
    Vehicle.objects.visible_to(viewer).filter(pk=vehicle_id).update(calendar_token=uuid.uuid4())


def renew_organisation_calendar(viewer: Viewer) -> None:
    require(viewer, Permission.LOG_LOT)
    Organisation.objects.filter(pk=viewer.organisation_id).update(calendar_token=uuid.uuid4())
