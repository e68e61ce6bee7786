"""Script that a foreign OAuth client goes through: its steps, and what must come of each.

A step is an order to the client's driver. Its fields refer to what earlier steps kept, as in
`{first[access_token]}`. The reply is JSON: `tokens`, `url`, `status` and `json`, `done`, `error` with the
OAuth error that the client reports, or `missing` where the client has no such function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.owner import Owner, PageUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Reply = Mapping[str, Any]
    Expectation = Callable[["Run", Reply], str]

CALLBACK: Final = "http://127.0.0.1:9/callback"
SCOPES: Final = ("public", "bookings_read")
STATE: Final = "state-of-the-script"
ACCOUNT: Final = 4711
_TOKEN: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Mode:
    """Way through the script.

    Attributes:
        column: its column in the table.
        redirect_uri: where the code goes.
        authentication: how the client authenticates, where it can choose: `post` or `basic`.
        pkce: whether the client sends PKCE, where it can choose.
        flags: options of `smily-tui sandbox`.
    """

    column: str
    redirect_uri: str
    authentication: str
    pkce: bool
    flags: tuple[str, ...] = ()


MODES: Final = (
    Mode("out of band", OUT_OF_BAND, "post", pkce=False, flags=("--rotation", "on-use")),
    Mode(
        "redirect",
        CALLBACK,
        "basic",
        pkce=True,
        flags=("--rotation", "immediate", "--redirect-uri", CALLBACK, "--pkce"),
    ),
)


@dataclass
class Run:
    """One client on its way through the script.

    Attributes:
        mode: out of band or by redirect.
        server: origin of the sandbox.
        kept: what earlier steps kept, by name.
    """

    mode: Mode
    server: str
    kept: dict[str, Any] = field(default_factory=dict)


# -- expectations: each returns the problem, empty where there is none ----------------------------------


def begins(_: Run, reply: Reply) -> str:
    """Expect nothing but an answer."""
    return "" if reply.get("done") else f"did not begin: {reply}"


def tokens(_: Run, reply: Reply) -> str:
    """Expect a whole token response."""
    response = reply.get("tokens") or {}
    if not _TOKEN.fullmatch(str(response.get("access_token"))):
        return f"no access token: {_short(reply)}"
    return "" if _TOKEN.fullmatch(str(response.get("refresh_token"))) else "no refresh token"


def access_token_alone(_: Run, reply: Reply) -> str:
    """Expect an access token without a refresh token."""
    response = reply.get("tokens") or {}
    if not _TOKEN.fullmatch(str(response.get("access_token"))):
        return f"no access token: {_short(reply)}"
    return "a refresh token" if response.get("refresh_token") else ""


def the_account(_: Run, reply: Reply) -> str:
    """Expect the answer of /me to name the account."""
    entries = (reply.get("json") or {}).get("accounts_applications", [])
    numbers = {entry["links"]["account"] for entry in entries}
    return "" if reply.get("status") == 200 and ACCOUNT in numbers else f"not the account: {_short(reply)}"


def status(code: int) -> Expectation:
    """Expect a status of the API."""
    return lambda _, reply: "" if reply.get("status") == code else f"not {code}: {_short(reply)}"


def refused(error: str) -> Expectation:
    """Expect the client to report this OAuth error."""
    return lambda _, reply: "" if reply.get("error") == error else f"not {error}: {_short(reply)}"


def done(_: Run, reply: Reply) -> str:
    """Expect that the client reports no error."""
    return "" if reply.get("done") else f"not done: {_short(reply)}"


def not_there(_: Run, reply: Reply) -> str:
    """Expect an error of the client: the endpoint is not there."""
    return "" if "error" in reply else f"an answer: {_short(reply)}"


def approves(run: Run, reply: Reply) -> str:
    """Play the owner, who approves, and keep the code and where the browser goes."""
    return _decide(run, reply, approve=True)


def declines(run: Run, reply: Reply) -> str:
    """Play the owner, who declines."""
    return _decide(run, reply, approve=False)


def _decide(run: Run, reply: Reply, *, approve: bool) -> str:
    url = str(reply.get("url"))
    requested = parse_qs(urlsplit(url).query)
    if requested.get("redirect_uri") != [run.mode.redirect_uri]:
        return f"another redirect URI: {url}"
    owner = Owner(run.server)
    try:
        response = owner.decide(owner.read(url), str(ACCOUNT), approve=approve)
    except PageUnusable as error:
        return error.what
    run.kept |= {"url": response.url, "code": response.code}
    if run.mode.redirect_uri == OUT_OF_BAND:
        return "" if response.code or not approve else "the page shows no code"
    answered = parse_qs(urlsplit(response.url).query)
    if not response.url.startswith(run.mode.redirect_uri + "?"):
        return f"not redirected: {response.url}"
    if answered.get("state") != requested.get("state"):
        return f"another state: {response.url}"
    return "" if answered.get("code" if approve else "error") else f"neither code nor error: {response.url}"


def _short(reply: Reply) -> str:
    return str(dict(reply))[:300]


# -- the script ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Order to a driver.

    Attributes:
        column: where its outcome is shown; empty: in the mode's column.
        order: name of the driver's function.
        expects: judges the reply.
        fields: arguments; their texts refer to what was kept.
        keeps: name under which the tokens of the reply are kept.
        by_redirect: whether it needs a redirect: out of band the owner's answer reaches no client.
    """

    column: str
    order: str
    expects: Expectation
    fields: Mapping[str, str] = field(default_factory=dict)
    keeps: str = ""
    by_redirect: bool = False


_EXCHANGE: Final = {"code": "{code}", "url": "{url}"}


def _me(token: str) -> dict[str, str]:
    return {"path": "/api/v3/me", "access_token": f"{{{token}[access_token]}}"}


STEPS: Final = (
    Step("", "begin", begins, {"client_secret": "{client_secret}"}),
    Step("", "authorize", approves, {"state": STATE}),
    Step("", "exchange", tokens, _EXCHANGE, keeps="first"),
    Step("", "get", the_account, _me("first")),
    Step("refresh", "refresh", tokens, {"refresh_token": "{first[refresh_token]}"}, keeps="second"),
    Step("refresh", "get", the_account, _me("second")),
    Step("refresh", "refresh", refused("invalid_grant"), {"refresh_token": "{first[refresh_token]}"}),
    Step("refresh", "get", status(401), _me("first")),
    Step("errors", "exchange", refused("invalid_grant"), _EXCHANGE),
    Step("errors", "authorize", declines, {"state": STATE}, by_redirect=True),
    Step("errors", "declined", refused("access_denied"), {"url": "{url}"}, by_redirect=True),
    Step("errors", "begin", begins, {"client_secret": "wrong"}),
    Step("errors", "authorize", approves, {"state": STATE}),
    Step("errors", "exchange", refused("invalid_client"), _EXCHANGE),
    Step("client credentials", "begin", begins, {"client_secret": "{client_secret}"}),
    Step("client credentials", "client_credentials", access_token_alone, keeps="app"),
    Step("client credentials", "get", the_account, _me("app")),
    Step("revoke", "begin", begins, {"client_secret": "{client_secret}"}),
    Step("revoke", "authorize", approves, {"state": STATE}),
    Step("revoke", "exchange", tokens, _EXCHANGE, keeps="third"),
    Step("revoke", "revoke", done, {"token": "{third[access_token]}"}),
    Step("revoke", "get", status(401), _me("third")),
    Step("introspect", "begin", begins, {"client_secret": "{client_secret}"}),
    Step("introspect", "introspect", not_there, {"token": "{first[access_token]}"}),
)
COLUMNS: Final = (*(mode.column for mode in MODES), "refresh", "errors", "client credentials", "revoke")
