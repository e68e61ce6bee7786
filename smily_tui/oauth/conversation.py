"""What is said over HTTP: a request, its answer, and both as they were heard, secrets and all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smily_tui.oauth.token_request import Fields
    from smily_tui.secret import Secret
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
class Heard:
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
