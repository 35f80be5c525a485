"""Who somebody is when they act: the viewer made from their memberships."""

from dataclasses import dataclass

from collection.models import Membership, Notification, Organisation, User
from collection.rules.roles import OrganisationKind, Role, Viewer

MOST_UNREAD_SHOWN = 99


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in one of their organisations: the viewer they are there, and what a page's frame shows."""

    viewer: Viewer
    organisation_name: str
    has_other_seats: bool
    is_demonstration: bool


def organisations_of(user: User) -> list[Organisation]:
    """The organisations a person may act for, in order of name."""
    return list(Organisation.objects.filter(memberships__user=user).distinct().order_by("name"))


def seat_of(user: User, organisation_id: int | None = None) -> Seat | None:
    """The person in the given organisation or, failing that, their first; None without membership."""
    memberships = list(Membership.objects.filter(user=user).select_related("organisation").order_by("pk"))
    chosen = [m for m in memberships if m.organisation_id == organisation_id] or memberships
    if not chosen:
        return None
    organisation = chosen[0].organisation
    viewer = Viewer(
        user_id=user.pk,
        organisation_id=organisation.pk,
        organisation_kind=OrganisationKind(organisation.kind),
        roles=frozenset(Role(m.role) for m in memberships if m.organisation_id == organisation.pk),
        nation=organisation.nation,
        is_defence_cleared=organisation.is_defence_cleared,
    )
    return Seat(
        viewer,
        organisation.name,
        has_other_seats=any(m.organisation_id != organisation.pk for m in memberships),
        is_demonstration=organisation.is_demonstration,
    )


def viewer_for(user: User, organisation_id: int | None = None) -> Viewer | None:
    """The viewer this person is, for the given organisation or their first; None without membership."""
    seat = seat_of(user, organisation_id)
    return seat.viewer if seat else None


def unread_notices(user_id: int) -> int:
    """How many notices a person has not read, counted no further than the header can show."""
    unread = Notification.objects.filter(recipient_id=user_id, read_at=None).order_by()
    return unread[:MOST_UNREAD_SHOWN].count()
