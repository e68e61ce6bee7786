"""Jobs for the worker and their outcomes; both cross a pipe as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

from smily_tui.records import INLINE, OPTIONAL, FreeText, Record, Stored, as_list, decode, encode, later
from smily_tui.tokens.requirement import TokenRequirement  # noqa: TC001 - read by the codec
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address

if TYPE_CHECKING:
    from smily_tui.oauth.api import Identity
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.secret import Secret
    from smily_tui.text import Clean
    from smily_tui.tokens.registration import Registration
else:  # imported with the first value: a refresh has none of them
    ApiAnswer = Identity = IssuedUrl = Registration = Any


Kind = Literal[
    "exchanged", "refreshed", "still-valid", "identified", "answered",
    "rotates-on-use", "rotates-at-once", "secret-replaced",
]  # fmt: skip
_Home = Annotated[Home, as_list(Home)]
_Address = Annotated[Address, as_list(Address)]
_IssuedUrl = Annotated[IssuedUrl, later("smily_tui.oauth.requests", "IssuedUrl", as_list)]
_Registration = Annotated[Registration, later("smily_tui.tokens.registration", "Registration")]
_ApiAnswer = Annotated[ApiAnswer, later("smily_tui.oauth.api_answer", "ApiAnswer")]
_IDENTITY: Final = ("account_id", "clock_off", "business_name", "status", "remark")
_Identity = Annotated[
    Identity, later("smily_tui.oauth.api", "Identity", lambda cls: as_list(cls, *_IDENTITY))
]


class ExchangeJob(NamedTuple):
    """Turn a code into a stored authorization of an application; `caller` asks for it.

    With a `registration` the application, or its secret, is stored only if the server accepts it.
    """

    home: _Home
    caller: Clean
    application: str
    code: Secret
    requested_scopes: Annotated[tuple[FreeText, ...], Stored(key="asked")]
    link: Annotated[_IssuedUrl | None, OPTIONAL] = None
    registration: Annotated[_Registration | None, OPTIONAL] = None


class RefreshJob(NamedTuple):
    """Give an account an access token that satisfies a need; `caller` has it."""

    home: _Home
    caller: Clean
    address: _Address
    need: Annotated[TokenRequirement, INLINE]


class ProbeJob(NamedTuple):
    """Find out whether a server rotates on use or at once, by two refreshes of an account."""

    home: _Home
    caller: Clean
    address: _Address


class IdentifyJob(NamedTuple):
    """Identify an account by asking the API, and note the answer; nothing is spent, so no use is noted."""

    home: _Home
    address: _Address


class SecretJob(NamedTuple):
    """Replace the Client Secret of an application once the server has accepted it; nothing is spent."""

    home: _Home
    application: str
    client_secret: Secret


class CallJob(NamedTuple):
    """GET a path of the API with an account's stored access token; nothing is spent or saved."""

    home: _Home
    address: _Address
    path: FreeText


Job = ExchangeJob | RefreshJob | IdentifyJob | CallJob | ProbeJob | SecretJob
_JOBS: Final[dict[str, type[Job]]] = {
    "exchange": ExchangeJob,
    "refresh": RefreshJob,
    "identify": IdentifyJob,
    "call": CallJob,
    "probe": ProbeJob,
    "secret": SecretJob,
}


def encode_job(job: Job) -> dict[str, Any]:
    """Return a job for the worker's standard input, code and secret in clear: nobody else reads the pipe."""
    name = next(name for name, cls in _JOBS.items() if isinstance(job, cls))
    return {"job": name} | encode(job)


def decode_job(content: dict[str, Any]) -> Job:
    """Read a job; raises KeyError, TypeError or ValueError where it is none."""
    return decode(_JOBS[content["job"]], Record({"caller": ""} | content))


class Outcome(NamedTuple):
    """Outcome of a job.

    Attributes:
        kind: what happened.
        address: the account; after an exchange a provisional one, after `secret-replaced` no account.
        identity: whose token it is, after `identified`.
        answer: what the API answered, after `answered`.
    """

    kind: Kind
    address: _Address
    identity: _Identity | None = None
    answer: _ApiAnswer | None = None
