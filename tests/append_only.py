"""Lifting the append-only triggers while a transaction test empties its tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.db import connection

_migration = import_module("collection.migrations.0002_append_only")


@contextmanager
def triggers_lifted() -> Iterator[None]:
    with connection.schema_editor() as editor:
        _migration.release(apps, editor)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            _migration.protect(apps, editor)
