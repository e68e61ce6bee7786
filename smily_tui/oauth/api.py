"""API requests with an access token: any GET, and the calls that identify the account."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from smily_tui.errors import UsageError
from smily_tui.oauth.body import NotJson, read_object
from smily_tui.oauth.errors import (
    Forbidden,
    NotUnderstood,
    OAuthFailure,
    RateLimited,
    Redirected,
    RequestRefused,
    ScopeMissing,
    ServerFault,
    TokenRejected,
)
from smily_tui.oauth.headers import Reason, again_at, clock_off, read_challenge
from smily_tui.oauth.scope_search import needed_for
from smily_tui.oauth.scopes import is_catalogue_like
from smily_tui.oauth.server_words import error_words
from smily_tui.system import command
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.oauth.http import Transport
    from smily_tui.oauth.requests import Response
    from smily_tui.records import Record, Value
    from smily_tui.secret import Secret


EMPTY: Final = Clean("")


@dataclass(frozen=True)
class Identity:
    """Account at Smily, and the server's clock.

    Attributes:
        account_id: Smily's number of the account; None if not known.
        business_name: the account's name; empty if not known.
        status: trial, paying, suspended, or another word of the server.
        remark: why something is not known; empty if everything is.
        clock_off: seconds that this computer's clock is ahead of the server's; None if not known.
    """

    account_id: int | None
    business_name: Clean = EMPTY
    status: Clean = EMPTY
    remark: Clean = EMPTY
    clock_off: float | None = None


ROOT = "/api/v3/"
_LONGEST_PATH = 8000
_DIGITS = re.compile(r"[0-9]{1,18}")
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]-]*")


def api_path(typed: Untrusted) -> str:
    """Complete a path that a person typed: `me`, `/me`, `/api/v3/me`, `rentals?per_page=5`.

    Raises:
        UsageError: it is a whole URL, leads out of the API, or has characters that no path can have.
    """
    path = typed.for_parsing().strip().removeprefix("/").removeprefix("api/v3/").removeprefix("/")
    if "://" in path.split("?")[0] or not _PATH.fullmatch(path) or len(path) > _LONGEST_PATH:
        raise UsageError("That is not an API path.", next="Type the part after /api/v3/, such as: me")
    # a server resolves dot segments, and with them the access token would leave the API
    if any(part in ("..", ".") for part in unquote(path.split("?")[0]).split("/")):
        raise UsageError("That path leaves the API.", next="Type the part after /api/v3/, such as: me")
    return ROOT + path


def refusal(
    response: Response,
    request: tuple[str, str] = ("GET", ""),
    *,
    granted: Sequence[str] = (),
    asked: Sequence[str] = (),
    now: float | None = None,
) -> OAuthFailure | None:
    """Return the error that an answer of the API stands for; None for success.

    Args:
        response: the answer.
        request: method and path that it answers.
        granted: scopes of the token.
        asked: scopes of its authorization request.
        now: UTC seconds, to compute when a limit is lifted; None leaves that out.
    """
    status = response.status
    again = None if now is None else again_at(status, response.headers, now)
    if 200 <= status < 300:
        return None
    if status == 401:
        return _token_rejected(response)
    if status == 403:
        return _forbidden(response, request, granted, asked)
    if status == 429:
        limited = RateLimited("The app has reached its hourly request limit (429).")
        return limited.until(again)
    if 300 <= status < 400:
        return Redirected(f"The server answered with a redirect ({status}).")
    if status >= 500:
        return ServerFault(f"The server has a problem (status {status}).{_quote(response)}").until(again)
    return _request_refused(response, request[1])


def _quote(response: Response) -> str:
    """Quote the server's own words in a sentence; empty if there are none."""
    challenge = read_challenge(response.headers.get("www-authenticate", ""))
    message = challenge.message or error_words(response.body)
    return f" It says: “{message}”." if message else ""


def _request_refused(response: Response, path: str) -> RequestRefused:
    """Explain a refusal because of the request, not of the token: trying again does not help."""
    quote = _quote(response)
    if response.status in (404, 410):
        subject = f": {clean(path, 100)}" if path else ""
        problem = f"The API has no such path or record ({response.status}){subject}.{quote}"
        return RequestRefused(problem, next="Check the path and its number in Smily's API reference.")
    if response.status in (400, 422):
        problem = f"The API rejected the values in this request ({response.status}).{quote}"
        return RequestRefused(problem, next="Change those values, then try again.")
    problem = f"The API refused the request (status {response.status}).{quote}"
    return RequestRefused(problem, next="Check the request. Trying it again won't help.")


def _token_rejected(response: Response) -> TokenRejected:
    """Explain a 401, with the advice that fits an expired, revoked or unknown token."""
    challenge = read_challenge(response.headers.get("www-authenticate", ""))
    quote = _quote(response)
    reason = "" if quote and challenge.reason is Reason.UNSAID else f": {challenge.reason.value}"
    problem = f"The API rejected the access token{reason}.{quote}"
    if challenge.reason is Reason.EXPIRED:
        return TokenRejected(problem, next="Refresh it: smily-tui refresh.")
    return TokenRejected(problem)


def _forbidden(
    response: Response, request: tuple[str, str], granted: Sequence[str], asked: Sequence[str]
) -> ScopeMissing | Forbidden:
    """Explain a 403: name the missing scope, as the server states it or else by the catalogue.

    Smily also answers 403 for a suspended account or a blocked application.
    """
    challenge, quote = read_challenge(response.headers.get("www-authenticate", "")), _quote(response)
    needed = challenge.scopes or needed_for(*request)
    missing = [name for name in needed if name not in granted]
    held = [name for name in needed if name in granted]
    if not missing and not held:
        if challenge.insufficient_scope:
            return ScopeMissing(f"The access token is valid, but lacks the permission for this (403).{quote}")
        return Forbidden(f"The access token is valid, but the server refuses this (403).{quote}")
    # `public` shows a part of some resources: then the missing scope can still be the cause
    is_part = held == ["public"] == list(needed[-1:]) and bool(missing)
    if held and not is_part and not (missing and challenge.insufficient_scope):
        problem = f"The access token is valid and has the permission {' and '.join(held)}"
        return Forbidden(f"{problem}, but the server refuses this (403).{quote}")
    problem = f"The access token is valid, but this needs the permission {' or '.join(missing)} (403)."
    if granted:
        problem += f" It has: {', '.join(granted)}{' (shows only a part)' if is_part else ''}."
    refused = [name for name in missing if name in asked]
    scope = next((name for name in missing if is_catalogue_like(name)), "")
    if refused:
        problem += f" {refused[0]} was requested but not granted."
        step = "Enable it for the app at Smily, then authorize again."
    else:
        again = command("smily-tui", "connect", "--plain", "--scope", scope) if scope else ""
        step = f"Authorize again with it: {again}" if again else ""
    error = ScopeMissing(f"{problem}{quote}", next=step)
    error.missing = tuple(missing)
    return error


def identify(
    transport: Transport,
    access_token: Secret,
    wall: Callable[[], float] | None = None,
    *,
    granted: Sequence[str] = (),
) -> Identity:
    """Ask `/me`, then `/accounts`, for the account of a token, and read the server's clock.

    A 403 becomes a remark: it is no reason to give up an authorization. Doorkeeper answers so to a token
    without `public`.

    Raises:
        OAuthFailure: the token is refused, or there is no usable answer.
    """
    account_id: int | None = None
    remarks: list[str] = []
    ahead: float | None = None
    for path, read in ((ROOT + "me", _from_me), (ROOT + "accounts", _from_accounts)):
        response = transport.get(path, access_token)
        now = wall() if wall else None
        ahead = None if now is None else clock_off(response.headers, now)
        failure = refusal(response, ("GET", path), granted=granted, now=now)
        if isinstance(failure, ScopeMissing):
            remarks.append(f"{path} needs the permission “public”, which was not granted")
            continue
        if isinstance(failure, Forbidden):
            remarks.append(f"the server refuses {path} (403){_quote(response).removesuffix('.')}")
            continue
        if failure is not None:
            raise failure
        identity = _read(response, read)
        account_id = identity.account_id if identity.account_id is not None else account_id
        if identity.business_name:
            return replace(identity, account_id=account_id, clock_off=ahead)
    remark = "; ".join(remarks) or "the server named no account, or several"
    return Identity(account_id, remark=clean(remark), clock_off=ahead)


def _read(response: Response, read: Callable[[Record], Identity]) -> Identity:
    try:
        return read(read_object(response.body))
    except (NotJson, KeyError, TypeError, ValueError):
        raise NotUnderstood("The API's answer doesn't match its reference.") from None


def _from_me(fields: Record) -> Identity:
    # a token of an owner has one account; client credentials see several
    links = [entry.record("links")["account"] for entry in fields.records("accounts_applications")]
    return Identity(_number(links[0]) if len(links) == 1 else None)


def _from_accounts(fields: Record) -> Identity:
    accounts = fields.records("accounts")
    if len(accounts) != 1:
        return Identity(None)
    account = accounts[0]
    name, status = _text(account.get("business_name"), 120), _text(account.get("status"), 40)
    return Identity(_number(account.get("id")), name, status)


def _text(value: Value, limit: int) -> Clean:
    return clean(value, limit) if isinstance(value, Untrusted) else EMPTY


def _number(value: Value) -> int | None:
    if isinstance(value, Untrusted) and _DIGITS.fullmatch(value.for_parsing()):
        return int(value.for_parsing())  # JSON:API 1.0 has ids as strings
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
