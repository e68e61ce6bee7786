"""API requests with an access token: any GET, and the calls that identify its account."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from smily_tui.command import command
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
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.oauth.http import Transport
    from smily_tui.oauth.requests import Response
    from smily_tui.records import Record, Value
    from smily_tui.secret import Secret


@dataclass(frozen=True)
class Identity:
    """An account at Smily.

    Attributes:
        account_id: Smily's number of the account; None where it is not known.
        business_name: the account's name; empty where it is not known.
        status: trial, paying, suspended, or what the server says.
        remark: why something is not known; empty where all is.
        clock_off: how many seconds this computer's clock is ahead of the server's; None: not known.
    """

    account_id: int | None
    business_name: Clean
    status: Clean
    remark: Clean
    clock_off: float | None = None


ROOT = "/api/v3/"
_LONGEST_PATH = 8000
_DIGITS = re.compile(r"[0-9]{1,18}")
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
    again = None if now is None else again_at(status, response.headers, now)
    if 200 <= status < 300:
        return None
    if status == 401:
        return _rejected(response)
    if status == 403:
        return _forbidden(response, request, granted, asked)
    if status == 429:
        limited = RateLimited("Too many requests: the hourly limit of the application is reached (429).")
        return limited.until(again)
    if 300 <= status < 400:
        return Redirected(f"The server answered with a redirect ({status}).")
    if status >= 500:
        return ServerFault(f"The server has a problem (status {status}).{_said(response)}").until(again)
    return _refused(response, request[1])


def _said(response: Response) -> str:
    """The server's own words, as a sentence; empty where there are none."""
    challenge = read_challenge(response.headers.get("www-authenticate", ""))
    words = challenge.words or error_words(response.body)
    return f" It says: “{words}”." if words else ""


def _refused(response: Response, path: str) -> RequestRefused:
    """What the server refused for what was asked, not for who asked: asking again does not help."""
    said = _said(response)
    if response.status in (404, 410):
        asked = f": {clean(path, 100)}" if path else ""
        what = f"The API has no such path or record ({response.status}){asked}.{said}"
        return RequestRefused(what, next="Check the path, and the number in it, in Smily's API reference.")
    if response.status in (400, 422):
        what = f"The API does not accept the values of this request ({response.status}).{said}"
        return RequestRefused(what, next="Change what it names, then try again.")
    what = f"The API refused the request (status {response.status}).{said}"
    return RequestRefused(what, next="The same request will be refused again: check what was asked for.")


def _rejected(response: Response) -> TokenRejected:
    """Expired, revoked or unknown: each is mended in another way."""
    challenge = read_challenge(response.headers.get("www-authenticate", ""))
    said = _said(response)
    why = "" if said and challenge.reason is Reason.UNSAID else f": {challenge.reason.value}"
    what = f"The API does not accept the access token{why}.{said}"
    if challenge.reason is Reason.EXPIRED:
        return TokenRejected(what, next="Renew it: smily-tui refresh.")
    return TokenRejected(what)


def _forbidden(
    response: Response, request: tuple[str, str], granted: Sequence[str], asked: Sequence[str]
) -> ScopeMissing | Forbidden:
    """Which permission is missing: as the server says, else by the catalogue; was it asked for?

    Smily answers 403 for other reasons, too: a suspended account, a blocked application.
    """
    challenge, said = read_challenge(response.headers.get("www-authenticate", "")), _said(response)
    needed = challenge.scopes or needed_for(*request)
    missing = [name for name in needed if name not in granted]
    held = [name for name in needed if name in granted]
    if not missing and not held:
        if challenge.insufficient_scope:
            return ScopeMissing(f"The access token is good, but lacks the permission for this (403).{said}")
        return Forbidden(f"The access token is good, but the server refuses this (403).{said}")
    is_part = held == ["public"] and bool(missing)
    if held and not is_part and not (missing and challenge.insufficient_scope):
        what = f"The access token is good and has the permission {' and '.join(held)}, but the server refuses"
        return Forbidden(f"{what} this (403).{said}")
    what = f"The access token is good, but this needs the permission {' or '.join(missing)} (403)."
    if granted:
        what += f" It has: {', '.join(granted)}{', which shows only a part' if is_part else ''}."
    refused = [name for name in missing if name in asked]
    if refused:
        what += f" {refused[0]} was asked for and not given.{said}"
        return ScopeMissing(what, next="Enable it for the application at Smily, then authorize again.")
    scope = next((name for name in missing if is_catalogue_like(name)), "")
    again = command("smily-tui", "connect", "--plain", "--scope", scope) if scope else ""
    return ScopeMissing(f"{what}{said}", next=f"Authorize again with it: {again}" if again else "")


def identify(
    transport: Transport,
    access_token: Secret,
    wall: Callable[[], float] | None = None,
    *,
    granted: Sequence[str] = (),
) -> Identity:
    """Ask `/me`, then `/accounts`, whose token it is, and by the way what the time is there.

    A refusal by 403 is told in the remark: it is no reason to give up an authorization.

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
        failure = refusal(response, ("GET", path), granted=granted, now=now)
        if isinstance(failure, ScopeMissing):
            remarks.append(f"{path} needs the permission “public”, which was not given")
            continue
        if isinstance(failure, Forbidden):
            remarks.append(f"the server refuses {path} (403){_said(response).removesuffix('.')}")
            continue
        if failure is not None:
            raise failure
        found = _read(response, read)
        account_id = found.account_id if found.account_id is not None else account_id
        if found.business_name:
            return replace(found, account_id=account_id, clock_off=off)
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
        _number(account.get("id")),
        _text(account.get("business_name"), 120),
        _text(account.get("status"), 40),
        Clean(""),
    )


def _text(value: Value, limit: int) -> Clean:
    return clean(value, limit) if isinstance(value, Untrusted) else Clean("")


def _number(value: Value) -> int | None:
    if isinstance(value, Untrusted) and _DIGITS.fullmatch(value.for_parsing()):
        return int(value.for_parsing())  # JSON:API has it as a text
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
