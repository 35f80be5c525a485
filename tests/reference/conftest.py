"""The reference tables loaded once for a whole module of tests that only read them."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from collection.actions.reference import load_reference


@pytest.fixture(scope="module")
def loaded_reference(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded inside a transaction that is rolled back after the module; each test is a savepoint within."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference(at=dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC))
        yield
        transaction.set_rollback(True)
