"""HTTP requests and responses of the flow, and the two OAuth requests among them.

Source: RFC 6749 sections 4.1.1 (authorization request), 4.1.3 and 6 (token requests).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from smily_tui.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smily_tui.clock import Instant
    from smily_tui.text import Clean


Fields = tuple[tuple[str, str | Secret], ...]

OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
ANY_JSON: Final = "application/json"
JSON_API: Final = "application/vnd.api+json, application/json"


@dataclass(frozen=True)
class Request:
    """Request with form fields, with a bearer token, or with neither."""

    method: str
    path: str
    accept: str = ANY_JSON
    fields: Fields = ()
    access_token: Secret | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Headers without a secret."""
        from smily_tui import __version__

        return (
            ("Accept", self.accept),
            ("User-Agent", f"smily-tui/{__version__}"),
            ("Accept-Encoding", "identity"),  # httpcore decodes nothing: see oauth/body.py
        )


@dataclass(frozen=True)
class Response:
    """Answer of a server: status, cleaned headers by lower-case name, and the body as it arrived."""

    status: int
    headers: Mapping[str, Clean]
    body: bytes

    @property
    def coding(self) -> str:
        """Content coding of the body, as its label says."""
        return self.headers.get("content-encoding", "")


@dataclass(frozen=True)
class RawExchange:
    """Request and its answer, secrets included: never leaves the process that sent it.

    Attributes:
        server: the origin.
        request: as it was sent.
        answer: the whole answer; None if none came.
        failure: reason for a missing or cut answer, in words; else empty.
        status: status of an answer that was cut; 0 if not even that arrived.
        arrived: number of bytes that arrived of the body of a cut answer.
        at: when it was sent (UTC seconds).
        seconds: duration.
        in_doubt: whether the server may have acted although there is no whole answer.
    """

    server: str
    request: Request
    answer: Response | None = field(repr=False)
    failure: str
    status: int
    arrived: int
    at: float
    seconds: float
    in_doubt: bool = False


@dataclass(frozen=True)
class IssuedUrl:
    """Authorization URL that was shown: evidence if its code is refused.

    Attributes:
        made: when it was made.
        other_client: whether a URL with another Client ID was shown before it.
    """

    made: Instant
    other_client: bool = False


MADE_UP_CODE: Final = "made-up-to-check-the-secret"
"""Code that no server issued, and so no secret."""


def authorization_url(
    server: str, client_id: str, scopes: Sequence[str] = (), account_id: int | None = None
) -> str:
    """Write the authorization URL, with the documented parameters in the documented order.

    A space is written `%20`; the colons of the redirect URI stay, as documented.

    Source: Smily reference, "Testing Authorization" 1.a.
    """
    parameters = [("client_id", client_id), ("redirect_uri", OUT_OF_BAND), ("response_type", "code")]
    if scopes:
        parameters.append(("scope", " ".join(scopes)))
    if account_id is not None:
        parameters.append(("account_id", str(account_id)))
    query = "&".join(f"{name}={quote(value, safe=':')}" for name, value in parameters)
    return f"{server}/oauth/authorize?{query}"


def code_exchange_fields(client_id: str, client_secret: Secret, code: Secret | str) -> Fields:
    """Return the fields that exchange a code for tokens.

    Source: Smily reference, "Testing Authorization" 1.c.
    """
    return (
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("code", code),
        ("grant_type", "authorization_code"),
        ("redirect_uri", OUT_OF_BAND),
    )


def refresh_fields(client_id: str, client_secret: Secret, refresh_token: Secret) -> Fields:
    """Return the fields that exchange a refresh token for a new pair.

    Source: Smily reference, "Testing Authorization" 2.
    """
    # without `scope`: Doorkeeper narrows the new pair to it for good
    return (
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("refresh_token", refresh_token),
        ("grant_type", "refresh_token"),
        ("redirect_uri", OUT_OF_BAND),
    )


def grant_in(fields: Fields) -> Secret:
    """Find the code or refresh token that a token request spends; an empty one if it has none."""
    grants = (value for name, value in fields if name in ("code", "refresh_token"))
    return next((value for value in grants if isinstance(value, Secret)), Secret(""))
