"""What every test gets: people to sign in as are in ``tests/cast.py``, workers in ``tests/workers.py``."""

from typing import Any

import hypothesis
import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests.append_only import triggers_lifted

# A property holds or it does not; how long a busy machine takes over it says nothing.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# A plugin before those that import from it, so that its assertions are explained too.
pytest_plugins = ["tests.cast", "tests.browser", "tests.cable", "tests.offline.phones", "tests.workers"]


# How fast the machine is says nothing about the code: properties fail for a counter-example only.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def tables_can_be_emptied_between_tests() -> None:
    """The ledger refuses DELETE and TRUNCATE; only the flush after a committing test may do so."""
    flush = TransactionTestCase._fixture_teardown

    def flush_with_triggers_lifted(test: Any) -> None:
        with triggers_lifted():
            flush(test)

    TransactionTestCase._fixture_teardown = flush_with_triggers_lifted
