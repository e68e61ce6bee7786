"""The token request: exactly the documented form fields, in the body only (RFC 6749 sections 4.1.3 and 6)."""

from __future__ import annotations

from smily_tui.oauth.authorization_request import OUT_OF_BAND
from smily_tui.secret import Secret

Fields = tuple[tuple[str, str | Secret], ...]


def for_code(client_id: str, client_secret: Secret, code: Secret) -> Fields:
    """The fields that turn a code into tokens. Source: Smily reference, "Testing Authorization" 1.c."""
    return (
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("code", code),
        ("grant_type", "authorization_code"),
        ("redirect_uri", OUT_OF_BAND),
    )


def for_refresh(client_id: str, client_secret: Secret, refresh_token: Secret) -> Fields:
    """The fields that turn a refresh token into a new pair; never a scope, which could narrow it for good.

    Source: Smily reference, "Testing Authorization" 2.
    """
    return (
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("refresh_token", refresh_token),
        ("grant_type", "refresh_token"),
        ("redirect_uri", OUT_OF_BAND),
    )


def grant_in(fields: Fields) -> Secret:
    """The code or refresh token that a token request spends; an empty one where it has none."""
    grants = (value for name, value in fields if name in ("code", "refresh_token"))
    return next((value for value in grants if isinstance(value, Secret)), Secret(""))
