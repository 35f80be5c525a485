"""Signing software in."""

from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from collection.actions import sign_in_tries
from collection.actions.keys import issue_key, revoke_key
from collection.api.authentication import KEYWORD
from collection.api.base import LISTING, ErrorSerializer, LodestoneView
from collection.models import ApiToken, Organisation, User
from collection.queries.people import organisations_of
from collection.rules.roles import Permission


class SignIn(serializers.Serializer[Any]):
    """Who asks for a key."""

    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False)
    organisation = serializers.SlugField(required=False, help_text="Needed only if you belong to several")
    purpose = serializers.CharField(max_length=80, default="API key", help_text="To recognise the key by")


class NewToken(serializers.Serializer[Any]):
    """A new key. It is shown this once."""

    token = serializers.CharField()
    organisation = serializers.CharField()


class Me(serializers.Serializer[Any]):
    """Who a key acts for."""

    email = serializers.EmailField()
    name = serializers.CharField()
    organisation = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())


class TokenView(APIView):
    """Keys for software, in exchange for a person's sign-in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"

    def get_authenticate_header(self, request: Request) -> str:
        """A wrong password is 401, though no other key opens this door."""
        return KEYWORD

    @extend_schema(
        operation_id="token_create",
        summary="Exchange a sign-in for a key",
        auth=[],
        request=SignIn,
        responses={201: NewToken, 400: ErrorSerializer, 401: ErrorSerializer, 429: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        body = SignIn(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        user = _person(request, wanted["email"].lower(), wanted["password"])
        organisation = _organisation(user, wanted.get("organisation"))
        _, key = issue_key(user.pk, organisation.pk, wanted["purpose"], at=timezone.now())
        return Response({"token": key, "organisation": organisation.slug}, status=status.HTTP_201_CREATED)


def _person(request: Request, email: str, password: str) -> User:
    """Who signs in; guessing is counted together with the tries on the web page."""
    network = request.META.get("REMOTE_ADDR", "")
    if sign_in_tries.is_blocked(email, network):
        raise Throttled(wait=sign_in_tries.WINDOW_SECONDS)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        sign_in_tries.count_failure(email, network)
        raise AuthenticationFailed("The e-mail address or the password is not right.")
    sign_in_tries.forget_failures(email)
    return user


def _organisation(user: User, slug: str | None) -> Organisation:
    own = organisations_of(user)
    chosen = [organisation for organisation in own if slug in (None, organisation.slug)]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(organisation.slug for organisation in own) or "none yet"
    raise serializers.ValidationError({"organisation": f"Name one of your organisations: {names}."})


class MeView(LodestoneView):
    """Who the key acts for; and giving it back."""

    needs = {
        "GET": frozenset({Permission.SEE_LOTS}),
        "DELETE": frozenset({Permission.SEE_LOTS}),
    }

    @extend_schema(operation_id="me_read", summary="Who this key acts for", responses={200: Me, **LISTING})
    def get(self, request: Request) -> Response:
        organisation = Organisation.objects.get(pk=self.viewer.organisation_id)
        return Response(
            {
                "email": self.person.email,
                "name": self.person.name,
                "organisation": organisation.slug,
                "roles": sorted(role.value for role in self.viewer.roles),
            }
        )

    @extend_schema(
        operation_id="me_revoke", summary="Revoke the key in use", responses={204: None, **LISTING}
    )
    def delete(self, request: Request) -> Response:
        if isinstance(request.auth, ApiToken):
            revoke_key(self.viewer, request.auth.pk, at=self.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
