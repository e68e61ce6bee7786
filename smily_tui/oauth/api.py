"""The API with a token: any GET, and the two calls that tell whose token it is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from smily_tui.command import command
from smily_tui.errors import UsageError
from smily_tui.oauth.challenge import Reason, read_challenge
from smily_tui.oauth.errors import (
    NotUnderstood,
    OAuthFailure,
    RateLimited,
    Redirected,
    RequestRefused,
    ScopeMissing,
    ServerFault,
    TokenRejected,
)
from smily_tui.oauth.identity import Identity
from smily_tui.oauth.json_answer import NotJson, read_object
from smily_tui.oauth.rate_limit import lifted_at
from smily_tui.oauth.scope_search import needed_for
from smily_tui.oauth.scopes import is_catalogue_like
from smily_tui.oauth.server_clock import clock_off
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.oauth.conversation import Response
    from smily_tui.oauth.transport import Transport
    from smily_tui.outside import Record, Value
    from smily_tui.secret import Secret

ROOT = "/api/v3/"
_LONGEST_PATH = 8000
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]-]*")


def api_path(typed: Untrusted) -> str:
    """The path below the origin for what a person typed: `me`, `/me`, `/api/v3/me`, `rentals?per_page=5`.

    Raises:
        UsageError: it is a whole address, climbs out of the API, or holds characters a path cannot have.
    """
    path = typed.for_parsing().strip().removeprefix("/").removeprefix("api/v3/").removeprefix("/")
    if "://" in path.split("?")[0] or not _PATH.fullmatch(path) or len(path) > _LONGEST_PATH:
        raise UsageError("That is no path of the API.", next="Give the part after /api/v3/, such as: me")
    if any(part in ("..", ".") for part in unquote(path.split("?")[0]).split("/")):
        raise UsageError("The path leads out of the API.", next="Give the part after /api/v3/, such as: me")
    return ROOT + path


def refusal(
    response: Response,
    request: tuple[str, str] = ("GET", ""),
    *,
    granted: Sequence[str] = (),
    asked: Sequence[str] = (),
    now: float | None = None,
) -> OAuthFailure | None:
    """The named error in an answer of the API; None for success.

    Args:
        response: the answer.
        request: method and path that it answers.
        granted: the permissions that the token has.
        asked: those that were asked for.
        now: the time in seconds UTC, to tell until when a limit holds; None: that is not told.
    """
    status = response.status
    if 200 <= status < 300:
        return None
    if status == 401:
        return _rejected(response)
    if status == 403:
        return _forbidden(response, request, granted, asked)
    if status == 429:
        limited = RateLimited("Too many requests: the hourly limit of the application is reached (429).")
        return limited if now is None else limited.until(lifted_at(response.headers, now))
    if 300 <= status < 400:
        return Redirected(f"The server answered with a redirect ({status}).")
    if status >= 500:
        return ServerFault(f"The server has a problem (status {status}).")
    return RequestRefused(f"The API refused the request (status {status}).")


def _rejected(response: Response) -> TokenRejected:
    """Expired, revoked or unknown: each is mended in another way."""
    challenge = read_challenge(response.headers.get("www-authenticate", ""))
    says = f" It says: “{challenge.words}”" if challenge.words else ""
    what = f"The API does not accept the access token: {challenge.reason.value}.{says}"
    if challenge.reason is Reason.EXPIRED:
        return TokenRejected(what, next="Renew it: smily-tui refresh.")
    return TokenRejected(what)


def _forbidden(
    response: Response, request: tuple[str, str], granted: Sequence[str], asked: Sequence[str]
) -> ScopeMissing:
    """Which permission is missing: as the server says, else by the catalogue; was it asked for?"""
    challenge = read_challenge(response.headers.get("www-authenticate", ""))
    needed = challenge.scopes or needed_for(*request)
    if not needed:
        return ScopeMissing("The access token is good, but lacks the permission for this (403).")
    has = f" It has: {', '.join(granted)}." if granted else ""
    what = f"The access token is good, but this needs the permission {' or '.join(needed)} (403).{has}"
    refused = [name for name in needed if name in asked and name not in granted]
    if refused:
        what += f" {refused[0]} was asked for and not given."
        return ScopeMissing(what, next="Enable it for the application at Smily, then authorize again.")
    scope = next((name for name in needed if is_catalogue_like(name)), "")
    again = command("smily-tui", "connect", "--plain", "--scope", scope) if scope else ""
    return ScopeMissing(what, next=f"Authorize again with it: {again}" if again else "")


def identify(transport: Transport, access_token: Secret, wall: Callable[[], float] | None = None) -> Identity:
    """Ask `/me`, then `/accounts`, whose token it is, and by the way what the time is there.

    A refusal for a missing permission is told in the remark: it is no reason to give up an authorization.

    Raises:
        OAuthFailure: the token is refused, or there is no usable answer.
    """
    account_id: int | None = None
    remarks: list[str] = []
    off: float | None = None
    for path, read in ((ROOT + "me", _from_me), (ROOT + "accounts", _from_accounts)):
        response = transport.get(path, access_token)
        now = wall() if wall else None
        off = None if now is None else clock_off(response.headers, now)
        failure = refusal(response, now=now)
        if isinstance(failure, ScopeMissing):
            remarks.append(f"{path} needs the permission “public”, which was not given")
            continue
        if failure is not None:
            raise failure
        found = _read(response, read)
        if found.business_name:
            return replace(found, clock_off=off)
        account_id = found.account_id if found.account_id is not None else account_id
    remark = "; ".join(remarks) or "the server named no account, or several"
    return Identity(account_id, Clean(""), Clean(""), clean(remark), off)


def _read(response: Response, read: Callable[[Record], Identity]) -> Identity:
    try:
        return read(read_object(response.body))
    except (NotJson, KeyError, TypeError, ValueError):
        raise NotUnderstood("The API's answer is not what its reference says.") from None


def _from_me(fields: Record) -> Identity:
    links = [entry.record("links")["account"] for entry in fields.records("accounts_applications")]
    return Identity(_number(links[0]) if len(links) == 1 else None, Clean(""), Clean(""), Clean(""))


def _from_accounts(fields: Record) -> Identity:
    accounts = fields.records("accounts")
    if len(accounts) != 1:
        return Identity(None, Clean(""), Clean(""), Clean(""))
    account = accounts[0]
    return Identity(
        _number(account["id"]),
        _text(account.get("business_name"), 120),
        _text(account.get("status"), 40),
        Clean(""),
    )


def _text(value: Value, limit: int) -> Clean:
    return clean(value, limit) if isinstance(value, Untrusted) else Clean("")


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
