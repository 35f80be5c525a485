"""Keys for software: `Authorization: Token lodestone_…`. Only a digest of each key is stored."""

import datetime as dt
import hashlib
import secrets
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from collection.models import ApiToken, User
from collection.queries.people import viewer_for
from collection.rules.roles import Viewer

KEYWORD = "Token"
PREFIX = "lodestone_"


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue_token(user: User, organisation_id: int, label: str, *, at: dt.datetime) -> tuple[ApiToken, str]:
    """A new key for a person acting for an organisation; the key itself is never seen again."""
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        organisation_id=organisation_id,
        label=label,
        prefix=key[len(PREFIX) :][:8],
        digest=digest_of(key),
        created_at=at,
    )
    return token, key


class TokenAuthentication(BaseAuthentication):
    """Who holds this key; the viewer is the key's organisation, not the person's first."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD.lower().encode():
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Write the header as “Authorization: Token <key>”.")
        digest = digest_of(parts[1].decode(errors="replace"))
        token = ApiToken.objects.filter(digest=digest, revoked_at=None).select_related("user").first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("This key is not known or was revoked. Ask for a new one.")
        today = timezone.now().astimezone(ZoneInfo("Europe/London")).date()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "“Token ” followed by a key from POST /api/v1/token/ or from your settings page.",
        }


def viewer_of(request: Request) -> Viewer | None:
    """Who is looking: the key's organisation, or the one chosen in the web session."""
    user = request.user
    if not isinstance(user, User):
        return None
    if isinstance(request.auth, ApiToken):
        found = viewer_for(user, request.auth.organisation_id)
        return found if found and found.organisation_id == request.auth.organisation_id else None
    return viewer_for(user, request.session.get("organisation_id"))
