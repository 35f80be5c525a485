"""Keys for software: `Authorization: Token lodestone_…`. Only a digest of each key is stored."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from collection.actions.keys import digest_of
from collection.models import ApiToken, User
from collection.queries.people import viewer_for
from collection.rules.roles import Viewer

KEYWORD = "Token"


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
