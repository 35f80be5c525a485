"""The people of an organisation with their roles, for its administrator."""

from dataclasses import dataclass

from collection.models import Membership, User
from collection.rules.roles import Role, Viewer


@dataclass(frozen=True, slots=True)
class Member:
    person: User
    roles: frozenset[Role]


def members_of(viewer: Viewer) -> list[Member]:
    """Everybody who may act for the viewer's organisation, by name."""
    rows = Membership.objects.filter(organisation_id=viewer.organisation_id).select_related("user")
    roles: dict[User, set[Role]] = {}
    for row in rows.order_by("user__name", "user_id", "pk"):
        roles.setdefault(row.user, set()).add(Role(row.role))
    return [Member(person, frozenset(held)) for person, held in roles.items()]


def member_of(viewer: Viewer, person_id: int) -> Member:
    """One of them. Raises Membership.DoesNotExist."""
    found = [member for member in members_of(viewer) if member.person.pk == person_id]
    if not found:
        raise Membership.DoesNotExist
    return found[0]
