"""Who may do what. The one table of roles and permissions; every door and action asks here.

A `Viewer` is who is looking: one person acting for one organisation. It carries no database objects, so
rules, queries and tasks can all take it.
"""

from dataclasses import dataclass
from enum import StrEnum


class OrganisationKind(StrEnum):
    COLLECTOR = "collector"
    RECYCLER = "recycler"
    REGULATOR = "regulator"


class Role(StrEnum):
    COLLECTOR = "collector"
    DRIVER = "driver"
    PLANNER = "planner"
    REGULATOR = "regulator"
    ORGANISATION_ADMIN = "organisation_admin"
    PRODUCT_ADMIN = "product_admin"


class Permission(StrEnum):
    LOG_LOT = "log lots"
    CHANGE_OWN_LOT = "change their own lots"
    ANSWER_PICKUP = "answer proposed pickups"
    RECORD_EXPORT = "record exports and losses of their own lots"
    SEE_LOTS = "see lots"
    PLAN_ROUNDS = "plan rounds"
    CONFIRM_PLAN = "confirm plans"
    MANAGE_VEHICLES = "manage vehicles"
    DRIVE_ROUND = "record collections on a round"
    RECEIVE = "weigh in loads at a plant"
    PROCESS = "record processing at a plant"
    SEE_REPORTS = "see retention reports"
    SEE_CUSTODY = "see custody entries"
    RECORD_OUTCOME = "record what became of a lot"
    MAKE_OFFER = "make offers on lots"
    ANSWER_OFFER = "answer offers on their own lots"
    OVERRIDE_RISK = "override a risk band"
    MANAGE_ORGANISATION = "manage their organisation"
    MANAGE_PLACES = "manage places"
    ADMINISTER = "administer the product"


_EVERYONE_INSIDE = frozenset({Permission.SEE_LOTS, Permission.SEE_CUSTODY})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COLLECTOR: _EVERYONE_INSIDE
    | {
        Permission.LOG_LOT,
        Permission.CHANGE_OWN_LOT,
        Permission.ANSWER_PICKUP,
        Permission.RECORD_EXPORT,
        Permission.ANSWER_OFFER,
        Permission.MANAGE_PLACES,
        Permission.SEE_REPORTS,
    },
    Role.DRIVER: _EVERYONE_INSIDE | {Permission.DRIVE_ROUND},
    Role.PLANNER: _EVERYONE_INSIDE
    | {
        Permission.PLAN_ROUNDS,
        Permission.CONFIRM_PLAN,
        Permission.MAKE_OFFER,
        Permission.MANAGE_VEHICLES,
        Permission.RECEIVE,
        Permission.PROCESS,
        Permission.SEE_REPORTS,
    },
    Role.REGULATOR: _EVERYONE_INSIDE
    | {Permission.SEE_REPORTS, Permission.RECORD_OUTCOME, Permission.OVERRIDE_RISK},
    Role.ORGANISATION_ADMIN: _EVERYONE_INSIDE
    | {Permission.MANAGE_ORGANISATION, Permission.MANAGE_PLACES, Permission.SEE_REPORTS},
    Role.PRODUCT_ADMIN: frozenset(Permission),
}

ROLES_OF_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.COLLECTOR: frozenset({Role.COLLECTOR, Role.ORGANISATION_ADMIN}),
    OrganisationKind.RECYCLER: frozenset({Role.PLANNER, Role.DRIVER, Role.ORGANISATION_ADMIN}),
    OrganisationKind.REGULATOR: frozenset({Role.REGULATOR, Role.ORGANISATION_ADMIN}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """One person acting for one organisation.

    `nation` limits a regulator to one nation; empty means the whole United Kingdom. `is_defence_cleared`
    is the organisation's clearance for defence lots (need to know).
    """

    user_id: int
    organisation_id: int
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
    nation: str = ""
    is_defence_cleared: bool = False

    def may(self, permission: Permission) -> bool:
        return any(permission in PERMISSIONS[role] for role in self.roles)

    def is_role(self, role: Role) -> bool:
        return role in self.roles


class NotPermittedError(Exception):
    """The viewer's roles do not include the permission; the message is fit to show."""


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise NotPermittedError unless the viewer may do this."""
    if not viewer.may(permission):
        raise NotPermittedError(f"Your role does not let you {permission.value}.")
