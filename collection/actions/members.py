"""The people of an organisation, as its own administrator keeps them."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from collection.actions.notifications import notify
from collection.actions.people import ensure_person, join
from collection.models import Membership, Organisation, User
from collection.rules.roles import ROLES_OF_KIND, OrganisationKind, Permission, Role, Viewer, require

_KEEPERS = frozenset({Role.ORGANISATION_ADMIN, Role.PRODUCT_ADMIN})


class LastAdministratorError(ValueError):
    """Nobody would be left to add people; the message says the way out."""


def add_member(
    viewer: Viewer, email: str, name: str, roles: set[Role], *, at: dt.datetime
) -> tuple[User, bool]:
    """Give somebody roles in the viewer's organisation and tell them so; True when nobody had the address before."""
    require(viewer, Permission.MANAGE_ORGANISATION)
    with transaction.atomic():
        organisation = Organisation.objects.get(pk=viewer.organisation_id)
        person, is_new = ensure_person(email, name)
        join(person, organisation, roles)
        body = f"You can now act for {organisation.name} in Lodestone."
        if not person.password:
            body += " You have no password yet: choose one here, with this e-mail address."
        url = reverse("switch-organisation") if person.password else reverse("password_reset")
        title = f"You were added to {organisation.name}"
        notify([person.pk], "membership", title, body, url, f"member:{organisation.pk}:{at.isoformat()}", at)
    return person, is_new


def change_roles(viewer: Viewer, person_id: int, roles: set[Role]) -> None:
    """Exactly these roles of the organisation's kind from now on; none is leaving it.

    Whoever administers the product stays what they are: that is not an organisation's to give or take.
    Raises Membership.DoesNotExist, LastAdministratorError.
    """
    require(viewer, Permission.MANAGE_ORGANISATION)
    with transaction.atomic():
        # Two administrators who take each other's role away at the same moment: one of them is second.
        organisation = Organisation.objects.select_for_update().get(pk=viewer.organisation_id)
        theirs = organisation.memberships.filter(user_id=person_id)
        person = User.objects.get(pk=theirs[:1].get().user_id)
        own = ROLES_OF_KIND[OrganisationKind(organisation.kind)]
        theirs.filter(role__in=[role.value for role in own - roles]).delete()
        if roles:
            join(person, organisation, roles)
        if not Membership.objects.filter(
            organisation=organisation, role__in=[role.value for role in _KEEPERS], user__is_active=True
        ).exists():
            raise LastAdministratorError(
                f"{organisation.name} needs somebody who can add people. "
                "Make another person its administrator first."
            )
