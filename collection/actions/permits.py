"""What the law's checks rest on: an organisation's carrier registration, a plant's permit."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from collection.models import Facility, Organisation
from collection.rules.roles import Permission, Viewer, require


def save_carrier(viewer: Viewer, *, registration: str, expires_on: dt.date | None) -> None:
    require(viewer, Permission.MANAGE_VEHICLES)
    Organisation.objects.filter(pk=viewer.organisation_id).update(
        carrier_registration=registration, carrier_registration_expires_on=expires_on
    )


def save_permit(
    viewer: Viewer,
    facility_id: int,
    *,
    authorisation: str,
    expires_on: dt.date | None,
    tonnes: Decimal | None,
    codes: Collection[str],
) -> None:
    """Keep what the permit of one of the viewer's own plants says; `codes` are six digits each."""
    require(viewer, Permission.MANAGE_VEHICLES)
    Facility.objects.filter(pk=facility_id, organisation_id=viewer.organisation_id).update(
        authorisation_number=authorisation,
        authorisation_expires_on=expires_on,
        permitted_t_per_year=tonnes,
        permitted_ewc_codes=list(codes),
    )
