"""Who somebody is when they act: the viewer made from their memberships."""

from collection.models import Membership, Organisation, User
from collection.rules.roles import OrganisationKind, Role, Viewer


def organisations_of(user: User) -> list[Organisation]:
    """The organisations a person may act for, in order of name."""
    return list(Organisation.objects.filter(memberships__user=user).distinct().order_by("name"))


def viewer_for(user: User, organisation_id: int | None = None) -> Viewer | None:
    """The viewer this person is, for the given organisation or their first; None without membership."""
    memberships = list(Membership.objects.filter(user=user).select_related("organisation").order_by("pk"))
    chosen = [m for m in memberships if m.organisation_id == organisation_id] or memberships
    if not chosen:
        return None
    organisation = chosen[0].organisation
    roles = {Role(m.role) for m in memberships if m.organisation_id == organisation.pk}
    return Viewer(
        user_id=user.pk,
        organisation_id=organisation.pk,
        organisation_kind=OrganisationKind(organisation.kind),
        roles=frozenset(roles),
        nation=organisation.nation,
        is_defence_cleared=organisation.is_defence_cleared,
    )
