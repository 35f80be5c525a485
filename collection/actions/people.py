"""Organisations and the people in them."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from collection.models import Membership, Organisation, User
from collection.rules.roles import ROLES_OF_KIND, OrganisationKind, Role

WORKING_ROLE = {
    OrganisationKind.COLLECTOR: Role.COLLECTOR,
    OrganisationKind.RECYCLER: Role.PLANNER,
    OrganisationKind.REGULATOR: Role.REGULATOR,
}


class InvalidOrganisationError(ValueError):
    """An organisation that cannot be made as asked; the message says the way out."""


def ensure_organisation(
    slug: str,
    *,
    kind: OrganisationKind,
    name: str = "",
    holder_kind: str = "",
    nation: str = "",
    admin_email: str = "",
) -> tuple[Organisation, bool]:
    """The organisation of this slug, made if it is not there; True when it was made.

    Raises InvalidOrganisationError for an unusable slug or e-mail address, or when the slug belongs to another kind.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        raise InvalidOrganisationError(
            f"“{slug}” cannot be used: write up to 60 small letters, digits and single hyphens."
        )
    if admin_email:
        _check_email(admin_email)
    with transaction.atomic():
        organisation, created = Organisation.objects.get_or_create(
            slug=slug,
            defaults={
                "kind": kind.value,
                "name": name or slug.replace("-", " ").title(),
                "holder_kind": holder_kind or ("scrapyard" if kind == OrganisationKind.COLLECTOR else ""),
                "nation": nation,
            },
        )
        if organisation.kind != kind.value:
            raise InvalidOrganisationError(
                f"{slug} exists already and is a {organisation.kind}. Choose another slug."
            )
        if admin_email:
            person, _ = User.objects.get_or_create(
                email=admin_email.lower(), defaults={"name": admin_email.split("@")[0]}
            )
            join(person, organisation, {WORKING_ROLE[kind], Role.ORGANISATION_ADMIN})
    return organisation, created


def _check_email(text: str) -> None:
    """Nobody could sign in, or be sent a link, by a mistyped one."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise InvalidOrganisationError(
            f"“{text}” is not an e-mail address. Write it like name@example.org."
        ) from error


def join(person: User, organisation: Organisation, roles: set[Role]) -> None:
    """Give a person these roles in an organisation; roles they have already stay as they are."""
    allowed = ROLES_OF_KIND[OrganisationKind(organisation.kind)] | {Role.PRODUCT_ADMIN}
    if not roles <= allowed:
        wrong = ", ".join(sorted(role.value for role in roles - allowed))
        raise InvalidOrganisationError(f"A {organisation.kind} has no {wrong}.")
    Membership.objects.bulk_create(
        [Membership(user=person, organisation=organisation, role=role.value) for role in sorted(roles)],
        ignore_conflicts=True,
    )
