"""The token response, read strictly field by field (RFC 6749 sections 5.1 and 5.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotUnderstood,
    OAuthFailure,
    RateLimited,
    Redirected,
    RequestRefused,
    ScopeRefused,
    ServerFault,
)
from smily_tui.oauth.json_answer import NotJson, read_object
from smily_tui.oauth.server_words import server_words
from smily_tui.secret import Secret
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from smily_tui.outside import Record, Value

SHORTEST_LIFETIME: Final = 1.0
LONGEST_LIFETIME: Final = 30 * 86400.0
USUAL_LIFETIME: Final = 7200.0
_TOKEN = re.compile(r"[\x21-\x7e]{8,4096}")
_KNOWN = {"access_token", "token_type", "expires_in", "refresh_token", "scope"}


@dataclass(frozen=True)
class TokenResponse:
    """A successful answer.

    Attributes:
        access_token: shown to the API.
        refresh_token: None where the answer holds none: the one before stays good (RFC 6749 section 6).
        lifetime: seconds, within 1 s and 30 days; 7200 where the answer does not say.
        scopes: what was granted; None where the answer does not say, which means: as asked.
        extra: other fields, kept and not trusted.
    """

    access_token: Secret
    refresh_token: Secret | None
    lifetime: float
    scopes: tuple[Clean, ...] | None
    extra: dict[str, object] = field(default_factory=dict)


def read_token_response(status: int, body: bytes) -> TokenResponse:
    """The tokens in an answer of the token endpoint.

    Success is judged by the body's fields, an error by its OAuth `error` first and its status second.

    Raises:
        OAuthFailure: one of its kinds; the words hold nothing of the body but a cleaned error description.
    """
    if 300 <= status < 400:
        raise Redirected(f"The server answered with a redirect ({status}).")
    try:
        fields = read_object(body)
    except NotJson:
        raise _by_status(status) from None
    error = fields.get("error")
    if isinstance(error, Untrusted) and error:
        raise _by_error(status, error, fields)
    if not 200 <= status < 300:
        raise _by_status(status)
    return _tokens(fields)


def _tokens(fields: Record) -> TokenResponse:
    if "token_type" in fields and not _is_bearer(fields.get("token_type")):
        raise NotUnderstood("The server's answer holds a token of a kind that smily-tui cannot use.")
    refresh = fields.get("refresh_token")
    return TokenResponse(
        access_token=_token(fields.get("access_token"), "access_token"),
        refresh_token=None if refresh in (None, Untrusted("")) else _token(refresh, "refresh_token"),
        lifetime=_lifetime(fields.get("expires_in")),
        scopes=_scopes(fields.get("scope")),
        extra=fields.without(*_KNOWN),
    )


def _is_bearer(kind: Value) -> bool:
    return isinstance(kind, Untrusted) and kind.for_parsing().lower() == "bearer"


def _token(value: Value, name: str) -> Secret:
    if not isinstance(value, Untrusted) or not _TOKEN.fullmatch(value.for_parsing()):
        raise NotUnderstood(f"The server's answer holds no usable {name}.")
    return Secret(value.for_parsing())


def _lifetime(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return USUAL_LIFETIME
    if value <= 0:
        return USUAL_LIFETIME
    return float(min(max(value, SHORTEST_LIFETIME), LONGEST_LIFETIME))


def _scopes(value: Value) -> tuple[Clean, ...] | None:
    if not isinstance(value, Untrusted):
        return None
    return tuple(clean(each, 100) for each in value.for_parsing().split()[:200])


def _by_error(status: int, named: Untrusted, fields: Record) -> OAuthFailure:
    error = server_words(named, 60)
    said = server_words(fields.get("error_description"), 300)
    words = f" It says: “{said}”" if said else ""
    if error == "invalid_client":
        return ClientRefused(f"The server does not know this application, or the secret is wrong.{words}")
    if error == "invalid_grant":
        return GrantRefused(f"The server does not accept this code or refresh token.{words}")
    if error == "invalid_scope":
        return ScopeRefused(f"The server does not give these permissions.{words}")
    if status >= 500 or error in {"server_error", "temporarily_unavailable"}:
        return ServerFault(f"The server has a problem ({error}, status {status}).{words}")
    return RequestRefused(f"The server refused the request ({error}, status {status}).{words}")


def _by_status(status: int) -> OAuthFailure:
    if status == 429:
        return RateLimited("The server has had too many requests (429).")
    if status >= 500:
        return ServerFault(f"The server has a problem (status {status}).")
    if status == 401:
        return ClientRefused("The server refused the application (401) without saying why.")
    if status in {400, 403, 404, 405, 410, 415, 422}:
        return RequestRefused(f"The server refused the request (status {status}) without saying why.")
    return NotUnderstood(f"The server's answer (status {status}) is not what was asked for.")
