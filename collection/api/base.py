"""What every endpoint shares: who is looking, the body checked, pages by key."""

import datetime as dt
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.views import APIView

from collection.models import User
from collection.rules.roles import Permission, Viewer


class LodestoneView(APIView):
    """An endpoint. `needs` names, per method, the permissions of which a viewer must have one."""

    needs: dict[str, frozenset[Permission]] = {}

    @property
    def viewer(self) -> Viewer:
        viewer: Viewer = self.request.viewer  # type: ignore[attr-defined]
        return viewer

    @property
    def person(self) -> User:
        person = self.request.user
        if not isinstance(person, User):
            raise TypeError("The permission let in somebody who is not signed in.")
        return person

    def now(self) -> dt.datetime:
        return timezone.now()

    def body(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked body. Raises ValidationError naming each field."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class NewestFirst(CursorPagination):
    """Keyset pages by id, newest first: every row has its own key, so none is skipped or shown twice."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"


class ProblemOut(serializers.Serializer[Any]):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="Empty when it is about the request as a whole")
    code = serializers.CharField()
    message = serializers.CharField()
    way_out = serializers.CharField(help_text="What to do about it")


class ErrorSerializer(serializers.Serializer[Any]):
    """The body of every answer that is not a success."""

    def get_fields(self) -> dict[str, Any]:
        # Declared here because `errors` is taken by the serializer itself.
        return {"errors": ProblemOut(many=True)}
