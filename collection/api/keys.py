"""Keys for software: listed and taken back. A new one comes from signing in, or from the web page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from collection.actions.keys import revoke_key
from collection.api.base import CURSOR, LIMIT, LISTING, READING, LodestoneView, Page, Shape, instant
from collection.models import ApiToken
from collection.queries.keys import keys_of
from collection.rules.roles import Permission

INSIDE = frozenset({Permission.SEE_LOTS})


class KeyOut(Shape):
    """A key that works. The key itself was shown once, when it was made."""

    id = serializers.IntegerField()
    purpose = serializers.CharField()
    begins_with = serializers.CharField(help_text="The first letters after “lodestone_”")
    organisation = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_on = serializers.DateField(allow_null=True)
    is_this_one = serializers.BooleanField(help_text="Whether this request was made with it")


class KeyPage(Page):
    """A page of keys."""

    results = KeyOut(many=True)


class KeysView(LodestoneView):
    """Your own keys."""

    needs = {"GET": INSIDE}

    @extend_schema(
        operation_id="keys_list",
        summary="List your keys, newest first",
        parameters=[CURSOR, LIMIT],
        responses={200: KeyPage, **LISTING},
    )
    def get(self, request: Request) -> Response:
        used = request.auth.pk if isinstance(request.auth, ApiToken) else None
        return self.page(keys_of(self.viewer), lambda key: key_shape(key, used), request)


class KeyView(LodestoneView):
    """One of your keys."""

    needs = {"DELETE": INSIDE}

    @extend_schema(operation_id="keys_revoke", summary="Revoke a key", responses={204: None, **READING})
    def delete(self, request: Request, key_id: int) -> Response:
        revoke_key(self.viewer, key_id, at=self.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def key_shape(key: ApiToken, used_id: int | None) -> dict[str, Any]:
    return {
        "id": key.pk,
        "purpose": key.label,
        "begins_with": key.prefix,
        "organisation": key.organisation.slug,
        "created_at": instant(key.created_at),
        "last_used_on": key.last_used_on.isoformat() if key.last_used_on else None,
        "is_this_one": key.pk == used_id,
    }
