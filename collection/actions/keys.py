"""Keys for software: made, and taken back. Only a digest of each key is stored."""

import datetime as dt
import hashlib
import secrets

from collection.models import ApiToken
from collection.rules.roles import Viewer

PREFIX = "lodestone_"


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue_key(user_id: int, organisation_id: int, label: str, *, at: dt.datetime) -> tuple[ApiToken, str]:
    """A new key for a person acting for an organisation; the key itself is never seen again."""
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=user_id,
        organisation_id=organisation_id,
        label=label,
        prefix=key[len(PREFIX) :][:8],
        digest=digest_of(key),
        created_at=at,
    )
    return token, key


def revoke_key(viewer: Viewer, key_id: int, *, at: dt.datetime) -> None:
    """Take back one of the viewer's own keys; twice is once. Raises ApiToken.DoesNotExist."""
    own = ApiToken.objects.filter(pk=key_id, user_id=viewer.user_id, organisation_id=viewer.organisation_id)
    if not own.exists():
        raise ApiToken.DoesNotExist
    own.filter(revoked_at=None).update(revoked_at=at)
