"""Managers that refuse to fetch until told who is looking.

A model that holds somebody's data names `unscoped` as its default and base manager (so that Django's own
machinery works) and offers `objects`, which raises unless the query starts with `visible_to(viewer)`.
"""

from typing import Any, Self

from django.db import models

from collection.rules.roles import Viewer


class ViewerRequiredError(RuntimeError):
    """A query on somebody's data that did not say who is looking."""


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset whose subclass says what a viewer may see."""

    def visible_to(self, viewer: Viewer) -> Self:
        raise NotImplementedError(f"{type(self).__name__} must say what a viewer may see.")


class ViewerManager(models.Manager[Any]):
    """Gives nothing but `visible_to(viewer)`."""

    def __init__(self, queryset_class: type[ScopedQuerySet]) -> None:
        super().__init__()
        self._scoped_queryset_class = queryset_class

    def get_queryset(self) -> Any:
        name = self.model.__name__
        raise ViewerRequiredError(f"{name}.objects needs a viewer: write {name}.objects.visible_to(viewer).")

    def visible_to(self, viewer: Viewer) -> Any:
        return self._scoped_queryset_class(model=self.model, using=self._db).visible_to(viewer)
