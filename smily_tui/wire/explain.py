"""Explanations of exchanges in plain sentences, as curl commands, and as a Markdown transcript."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from smily_tui.oauth.requests import MADE_UP_CODE
from smily_tui.text import clean
from smily_tui.wire.redaction import Exchange, Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


# curl's own do as well
LEFT_OUT = ("User-Agent", "Accept-Encoding")


def curl(exchange: Exchange) -> str:
    """Return the curl command; secrets are variables, to be set in the shell before."""
    parts = [f"curl {shlex.quote(exchange.server + exchange.path)}"]
    parts += [
        f"--header {_quoted(header, ': ')}" for header in exchange.headers if header.name not in LEFT_OUT
    ]
    # curl encodes what stands behind the first = and takes the name as it is
    parts += [f"--data-urlencode {_quoted(form_field, '=')}" for form_field in exchange.fields]
    return " \\\n  ".join(parts)


def _quoted(item: Item, between: str) -> str:
    if not item.variable:
        return shlex.quote(f"{item.name}{between}{item.value}")
    kind = "Bearer " if item.name == "Authorization" else ""
    # double quotes: the shell puts the secret in, and its history holds the name of the variable alone
    return f'"{item.name}{between}{kind}${item.variable}"'


LINK_TITLE: Final = "The owner approves in a browser"
LINK_WHY: Final = (
    "This is the authorization request. The link names the app and the permissions it asks for. It contains "
    "no secret. The account's owner signs in at the server, so smily-tui never sees the password. After "
    "“Authorize” the page shows a code."
)
_MEANINGS: Final = {
    "client_id": "identifies the app, not a secret",
    "client_secret": "proves that the request comes from the app",
    "code": "the owner's approval, works once within ten minutes",
    "refresh_token": "gets new tokens without asking the owner again",
    "redirect_uri": "“out of band”: show the code on screen, don't redirect",
    "response_type": "asks for a code",
    "scope": "the requested permissions",
    "account_id": "the account to preselect on the page",
    "Authorization": "a bearer token: whoever holds it can use it",
    "Accept": "the expected format of the answer",
}
_GRANTS: Final = {
    "authorization_code": "what we exchange: an authorization code",
    "refresh_token": "what we exchange: a refresh token",
}
_TITLES: Final = {
    "authorization_code": "Exchange the code for tokens",
    "refresh_token": "Refresh the tokens",
}
_WHY: Final = {
    "authorization_code": (
        "smily-tui sends the code together with the Client Secret, so a code on its own is useless to "
        "anyone who sees it."
    ),
    "refresh_token": (
        "An access token is valid for two hours. The refresh token gets the next one without the owner. "
        "It is replaced as well, which is called rotation."
    ),
    "me": "This first use of the access token finds out which account it is for.",
    "accounts": "This reads the account's name. A signed-in browser may have picked another account.",
}
_ERRORS: Final = {
    "invalid_client": "The server doesn't know this app, or the Client Secret is wrong.",
    "invalid_grant": "The code or refresh token was used, expired or revoked, or belongs to another app.",
    "invalid_scope": "The server doesn't grant these permissions to this app.",
}
_STATUSES: Final = {
    401: "The access token is no longer accepted (401).",
    403: "The token is valid, but lacks the permission for this (403).",
    429: "Too many requests this hour (429). The token is fine.",
}


def link_items(link: str) -> tuple[Item, ...]:
    """Return the parameters of an authorization URL."""
    return tuple(Item(clean(name), clean(value)) for name, value in parse_qsl(urlsplit(link).query))


def meaning(item: Item) -> str:
    """Explain a field, header or parameter; empty where there is nothing to explain."""
    return _GRANTS.get(item.value, "") if item.name == "grant_type" else _MEANINGS.get(item.name, "")


def title(exchange: Exchange) -> str:
    """Return a short title."""
    if proves_secret(exchange):
        return "Check the Client Secret"
    if exchange.fields:
        return _TITLES.get(exchange.field("grant_type"), "Token request")
    return {"me": "Find the account", "accounts": "Read the account's name"}.get(
        _resource(exchange), "API request"
    )


def why(exchange: Exchange) -> str:
    """Explain why the request is made."""
    if proves_secret(exchange):
        return (
            "The server checks the secret before the code. This code is made up, so no tokens are used or "
            "issued. A second request, with a wrong secret, shows that the server notices the difference."
        )
    return _WHY.get(exchange.field("grant_type") or _resource(exchange), "This is an API request.")


def outcome(exchange: Exchange) -> str:
    """Explain the response."""
    if not exchange.sent:
        return "Not sent yet."
    if exchange.failure:
        return f"{exchange.failure} {_whether_acted(exchange)}"
    if exchange.good:
        return _success(exchange)
    text = "\n".join(exchange.body)
    if proves_secret(exchange) and '"invalid_grant"' in text:
        return "The server accepted the secret. It rejected only the made-up code."
    for error, explanation in _ERRORS.items():
        if f'"{error}"' in text:
            return explanation
    return _STATUSES.get(exchange.status, f"The server refused (status {exchange.status}).")


def proves_secret(exchange: Exchange) -> bool:
    """Return whether the request only proves a Client Secret, with a made-up code."""
    return exchange.field("code") == MADE_UP_CODE


def _success(exchange: Exchange) -> str:
    grant = exchange.field("grant_type")
    if grant == "authorization_code":
        return "Two tokens arrived: one for requests, one to refresh with. The code is used up."
    if grant == "refresh_token":
        return "New tokens arrived and were saved first. The old pair stops working."
    return "The server accepted the token."


def _whether_acted(exchange: Exchange) -> str:
    if not exchange.in_doubt:
        return "Nothing was sent. The code or token is still good."
    if not exchange.fields:
        return "The request only reads, so nothing was changed."
    return "The server may still have acted, so smily-tui sends the request again."


def _resource(exchange: Exchange) -> str:
    return exchange.path.partition("?")[0].rpartition("/")[2]


def transcript(link: str, exchanges: Sequence[Exchange], now: float) -> str:
    """Return the transcript: the browser's step if there was one, then each exchange that was sent."""
    return "\n".join(_lines(link, [exchange for exchange in exchanges if exchange.sent], now)) + "\n"


def file_name(now: float) -> str:
    """Return the default file name, with the day."""
    return f"smily-tui-transcript-{time.strftime('%Y-%m-%d', time.localtime(now))}.md"


def _lines(link: str, exchanges: Sequence[Exchange], now: float) -> Iterator[str]:
    yield "# Requests and responses"
    yield ""
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
    yield f"Written {written}. Secrets are shown as dots."
    if link:
        yield from ("", f"## {LINK_TITLE}", "", LINK_WHY, "")
        yield from _fenced([link.partition("?")[0]])
        yield from _explained(link_items(link))
    for number, exchange in enumerate(exchanges, 1):
        yield from _exchange(number, exchange)


def _exchange(number: int, exchange: Exchange) -> Iterator[str]:
    at = time.strftime("%H:%M:%S", time.localtime(exchange.at))
    yield from ("", f"## {number}. {title(exchange)}", "", why(exchange), "")
    yield from _fenced(
        [
            f"{exchange.method} {exchange.server}{exchange.path}",
            *(f"{h.name}: {h.value}" for h in exchange.headers),
        ]
    )
    yield from _explained(exchange.fields)
    yield from ("", f"Sent {at}, answered after {exchange.seconds * 1000:.0f} ms. {outcome(exchange)}", "")
    status = [f"{exchange.status}"] if exchange.status else ["(no answer)"]
    yield from _fenced([*status, *(f"{h.name}: {h.value}" for h in exchange.answer_headers), *exchange.body])
    yield from ("", "As a curl command:", "")
    yield from _fenced(curl(exchange).split("\n"), "sh")


def _explained(items: Sequence[Item]) -> Iterator[str]:
    if items:
        yield ""
        yield from (f"    {item.name} = {item.value}{_meaning(item)}" for item in items)


def _meaning(item: Item) -> str:
    explanation = meaning(item)
    return f"    ({explanation})" if explanation else ""


def _fenced(lines: Sequence[str], kind: str = "") -> Iterator[str]:
    """Yield a fenced code block; its fence is longer than any in it."""
    fence = "```" + "`" * max((len(line) for line in lines if set(line) == {"`"}), default=0)
    yield from (fence + kind, *lines, fence)
