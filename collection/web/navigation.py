"""The menu and the home page of each role. A part of the product adds its line here when it arrives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse

from collection.rules.roles import Permission, Role, Viewer
from collection.web.kit.components import NavigationItem


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu: a view's name, and the permission without which it is not shown.

    `not_for` hides it from roles that hold the permission but have no use for the page.
    """

    label: str
    view_name: str
    permission: Permission
    not_for: frozenset[Role] = frozenset()


NOT_ADMINISTRATORS = frozenset({Role.PRODUCT_ADMIN})

MENU: tuple[MenuEntry, ...] = (
    MenuEntry("Lots to fetch", "available-lots", Permission.PLAN_ROUNDS, NOT_ADMINISTRATORS),
    MenuEntry("Plans", "plans", Permission.PLAN_ROUNDS, NOT_ADMINISTRATORS),
    MenuEntry("Rounds", "rounds", Permission.PLAN_ROUNDS, NOT_ADMINISTRATORS),
    MenuEntry("Receiving", "receiving", Permission.RECEIVE, NOT_ADMINISTRATORS),
    MenuEntry("Vehicles", "vehicles", Permission.MANAGE_VEHICLES, NOT_ADMINISTRATORS),
    MenuEntry("Lots", "lots", Permission.SEE_LOTS),
    MenuEntry("Pickups", "pickups", Permission.LOG_LOT, NOT_ADMINISTRATORS),
    MenuEntry("Catalogue", "catalogue", Permission.SEE_LOTS),
    MenuEntry("Places", "places", Permission.MANAGE_PLACES),
    MenuEntry("Expected", "watched", Permission.SEE_REPORTS),
    MenuEntry("Counted twice?", "look-alikes", Permission.RECORD_OUTCOME),
    MenuEntry("Retention", "retention-report", Permission.SEE_REPORTS),
    MenuEntry("Risk model", "risk-model", Permission.OVERRIDE_RISK),
)

# The first of these roles that a person holds chooses their home page.
HOMES: dict[Role, str] = {
    Role.COLLECTOR: "collector-home",
    Role.PLANNER: "planner-home",
    Role.DRIVER: "driving",
    Role.REGULATOR: "regulator-home",
    Role.PRODUCT_ADMIN: "regulator-home",
}


def home_view_name(viewer: Viewer) -> str | None:
    """The view that is this viewer's home; None where no home has been made for their role."""
    return next((name for role, name in HOMES.items() if viewer.is_role(role)), None)


def navigation_for(viewer: Viewer, path: str) -> Sequence[NavigationItem]:
    """The viewer's menu, with the entry marked that the path lies on or under."""
    items = [NavigationItem("Home", "/", "page" if path == "/" else "")]
    for entry in MENU:
        if viewer.may(entry.permission) and not (viewer.roles & entry.not_for):
            href = reverse(entry.view_name)
            items.append(NavigationItem(entry.label, href, _current(path, href)))
    return items


def _current(path: str, href: str) -> Literal["", "page", "true"]:
    if path == href:
        return "page"
    return "true" if path.startswith(href) else ""
