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


ANY_JSON = "application/json"
JSON_API = "application/vnd.api+json, application/json"


@dataclass(frozen=True)
class Request:
    """What is sent to a server: form fields, or a bearer token, or neither."""

    method: str
    path: str
    accept: str = ANY_JSON
    fields: Fields = ()
    access_token: Secret | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that hold no secret."""
        from smily_tui import __version__

        return (
            ("Accept", self.accept),
            ("User-Agent", f"smily-tui/{__version__}"),
            ("Accept-Encoding", "identity"),
        )


@dataclass(frozen=True)
class Response:
    """An answer: status, cleaned headers by lower-case name, and the body as it arrived."""

    status: int
    headers: Mapping[str, Clean]
    body: bytes

    @property
    def coding(self) -> str:
        """How the body is coded, by its label."""
        return self.headers.get("content-encoding", "")


@dataclass(frozen=True)
class RawExchange:
    """A request and what came of it. It may hold secrets: it never leaves the process that sent it.

    Attributes:
        server: the origin.
        request: what was sent.
        answer: the whole answer; None where none came.
        failure: why there is no whole answer, in words; empty where there is.
        status: the status of an answer that was cut; 0 where not even that arrived.
        arrived: how many bytes of a cut answer's body did.
        at: when it was sent (UTC seconds).
        seconds: how long it took.
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


OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"


@dataclass(frozen=True)
class IssuedUrl:
    """When a link was shown, for the case that its code is refused.

    Attributes:
        made: when it was made.
        other_client: whether a link with another Client ID was shown before it.
    """

    made: Instant
    other_client: bool = False


def authorization_url(
    server: str, client_id: str, scopes: Sequence[str] = (), account_id: int | None = None
) -> str:
    """The address to open, with the documented parameters in the documented order.

    A space is written `%20`; the colons of the redirect address stay as they are documented.

    Source: Smily reference, "Testing Authorization" 1.a.
    """
    parameters = [("client_id", client_id), ("redirect_uri", OUT_OF_BAND), ("response_type", "code")]
    if scopes:
        parameters.append(("scope", " ".join(scopes)))
    if account_id is not None:
        parameters.append(("account_id", str(account_id)))
    query = "&".join(f"{name}={quote(value, safe=':')}" for name, value in parameters)
    return f"{server}/oauth/authorize?{query}"


Fields = tuple[tuple[str, str | Secret], ...]


def code_exchange_fields(client_id: str, client_secret: Secret, code: Secret) -> Fields:
    """The fields that turn a code into tokens. Source: Smily reference, "Testing Authorization" 1.c."""
    return (
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("code", code),
        ("grant_type", "authorization_code"),
        ("redirect_uri", OUT_OF_BAND),
    )


def refresh_fields(client_id: str, client_secret: Secret, refresh_token: Secret) -> Fields:
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
