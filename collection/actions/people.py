"""Organisations and the people in them."""

import re
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from collection.models import Facility, Membership, Organisation, User
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
    plants: Sequence[str] = (),
) -> tuple[Organisation, bool]:
    """The organisation of this slug, made if it is not there; True when it was made.

    Raises InvalidOrganisationError for an unusable slug or e-mail address, when the slug belongs to another kind, or
    for a plant that cannot be its own.
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
        for code in plants:
            _run_plant(organisation, code)
        if admin_email:
            person, _ = ensure_person(admin_email)
            join(person, organisation, {WORKING_ROLE[kind], Role.ORGANISATION_ADMIN})
    return organisation, created


def _run_plant(organisation: Organisation, code: str) -> None:
    """The plants themselves come with the reference tables; who runs one here is ours to say."""
    if organisation.kind != OrganisationKind.RECYCLER:
        raise InvalidOrganisationError(
            f"A {organisation.kind} runs no plant. Name plants of a recycler only."
        )
    plants = Facility.objects.filter(accepts_lots=True)
    plant = plants.filter(code=code).first()
    if plant is None:
        known = ", ".join(plants.order_by("code").values_list("code", flat=True))
        raise InvalidOrganisationError(f"There is no plant “{code}” that takes lots. Plants: {known}.")
    if plant.organisation_id not in (None, organisation.pk):
        raise InvalidOrganisationError(f"{plant.name} is run by {plant.organisation} already.")
    plants.filter(pk=plant.pk).update(organisation=organisation)


def ensure_person(email: str, name: str = "") -> tuple[User, bool]:
    """Whoever has this address, made if nobody has; True when made. Nobody can sign in as them before they have chosen
    a password by the link sent to that address."""
    return User.objects.get_or_create(
        email=email.lower(), defaults={"name": name or email.split("@", maxsplit=1)[0]}
    )


def ensure_member(email: str, slug: str, roles: set[Role], *, name: str = "") -> tuple[User, Organisation]:
    """A person with these roles in an organisation, for whoever runs the register. Raises InvalidOrganisationError."""
    _check_email(email)
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        raise InvalidOrganisationError(
            f"There is no organisation “{slug}”. Make it with create_organisation."
        )
    with transaction.atomic():
        person, _ = ensure_person(email, name)
        join(person, organisation, roles)
    return person, organisation


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
