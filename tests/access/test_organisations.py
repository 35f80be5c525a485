"""Organisations made from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command

from collection.models import Membership, Organisation

pytestmark = pytest.mark.django_db


def _make(**options: str) -> None:
    call_command("create_organisation", "clydeside-metals", stdout=io.StringIO(), **options)


def test_an_organisation_and_its_administrator_are_made_once() -> None:
    for _twice in range(2):
        _make(kind="collector", admin_email="Owner@example.org")
    assert Organisation.objects.get().name == "Clydeside Metals"
    roles = Membership.objects.filter(user__email="owner@example.org").values_list("role", flat=True)
    assert sorted(roles) == ["collector", "organisation_admin"]


def test_nobody_becomes_administrator_by_an_address_that_is_none() -> None:
    with pytest.raises(CommandError, match="“owner at example” is not an e-mail address"):
        _make(kind="collector", admin_email="owner at example")
    assert not Organisation.objects.exists()
